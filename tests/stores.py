"""A Valkey or Redis of the tests' own."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import subprocess
import time

import pytest

from tests import missing
from tests.processes import free_port

SERVER = shutil.which("valkey-server") or shutil.which("redis-server")
needs_store = pytest.mark.skipif(SERVER is None, reason=missing.STORE)


def command(port, folder) -> list[str]:
    """What starts a store on that port, which keeps nothing."""
    return [str(SERVER), "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(folder)]


class Store:
    """A store as a process, which can be stopped and started again."""

    def __init__(self, folder):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process = None

    def start(self):
        self._process = subprocess.Popen(
            command(self.port, self._folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        import redis

        client = redis.Redis(port=self.port)
        for _ in range(100):
            with contextlib.suppress(redis.ConnectionError):
                client.ping()
                break
            time.sleep(0.05)
        client.close()

    def stop(self):
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self):
        """It does nothing until `resume`, as one whose machine hangs; what is sent to it is kept."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self):
        self._process.send_signal(signal.SIGCONT)

    def flush(self):
        """It loses all that it holds."""
        import redis

        with redis.Redis(port=self.port) as client:
            client.flushall()


class SlowWay:
    """A port from which all that is sent reaches a store `delay` seconds later."""

    def __init__(self, port: int, delay: float = 0.0) -> None:
        self.delay = delay
        self.port = 0
        self._store = port
        self._server: asyncio.Server | None = None
        self._copying: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    async def open(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no more, and close all connections."""
        if self._server is not None:
            self._server.close()
        for task in self._copying:
            task.cancel()
        await asyncio.gather(*self._copying, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            its_reader, its_writer = await asyncio.open_connection("127.0.0.1", self._store)
        except OSError:
            writer.close()
            return
        self._copy(reader, its_writer, delayed=True)
        self._copy(its_reader, writer, delayed=False)

    def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, delayed: bool) -> None:
        async def copy() -> None:
            try:
                while data := await reader.read(65536):
                    await asyncio.sleep(self.delay if delayed else 0)
                    writer.write(data)
            except OSError:
                pass
            finally:
                writer.close()

        task = asyncio.get_running_loop().create_task(copy())
        self._copying.add(task)
        task.add_done_callback(self._copying.discard)
