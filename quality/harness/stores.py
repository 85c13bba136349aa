"""A Valkey or Redis server for tests and fault injection."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import subprocess
import time
from pathlib import Path

from quality.harness.processes import environment, free_port, start

SERVER = shutil.which("valkey-server") or shutil.which("redis-server")


def command(port: int | str, folder: Path) -> list[str]:
    """The command that starts a store without persistence on the port."""
    return [str(SERVER), "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(folder)]


def wait_until_up(port: int) -> None:
    """Wait until the store on the port responds. Raises RuntimeError after five seconds."""
    import redis

    with redis.Redis(port=port) as client:
        for _ in range(100):
            with contextlib.suppress(redis.ConnectionError):
                client.ping()
                return
            time.sleep(0.05)
    raise RuntimeError(f"{SERVER} doesn't respond on port {port}")


class Store:
    """A store process, which can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and wait until it responds."""
        self._process = start(command(self.port, self._folder), environment(), log=None)
        wait_until_up(self.port)

    def stop(self) -> None:
        """Kill the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """Suspend the process until `resume`, like a machine that hangs. The kernel still accepts data for it."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Continue the suspended process."""
        self._signal(signal.SIGCONT)

    def flush(self) -> None:
        """Delete all data."""
        import redis

        with redis.Redis(port=self.port) as client:
            client.flushall()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)


class SlowProxy:
    """A TCP proxy in front of a store that delays each piece of a request by `delay` seconds."""

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
        """Start listening. A second call listens on the same port."""
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and close all connections."""
        if self._server is not None:
            self._server.close()
        for task in self._copying:
            task.cancel()
        await asyncio.gather(*self._copying, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            store_reader, store_writer = await asyncio.open_connection("127.0.0.1", self._store)
        except OSError:
            writer.close()
            return
        self._copy(reader, store_writer, delayed=True)
        self._copy(store_reader, writer, delayed=False)

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
