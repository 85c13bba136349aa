"""A Valkey or Redis of the tests' own."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time

import pytest

from tests.processes import free_port

SERVER = shutil.which("valkey-server") or shutil.which("redis-server")
needs_store = pytest.mark.skipif(SERVER is None, reason="needs valkey-server or redis-server")


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
