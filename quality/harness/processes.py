"""The service and the sandbox as processes of their own, started as their users start them."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from serving.settings.settings import Settings

ROOT = Path(__file__).parents[2]
# Plans can be turned off for a whole run of the tests.
_SETTINGS = {name.upper() for name in Settings.model_fields} - {"COMPILED_PLANS"}
# Where it is set, each start of a process would compile all modules anew, for as long as the rest of the start takes.
_SLOW = {"PYTHONDONTWRITEBYTECODE"}


@dataclass
class Running:
    """A process that listens."""

    process: subprocess.Popen[str]
    base: str
    log: Path

    @property
    def port(self) -> str:
        """The port that it listens on."""
        return self.base.rpartition(":")[2]

    def output(self) -> str:
        """All that it has written."""
        return self.log.read_text()

    def stop(self) -> int:
        """Ask it to end, as an operator does; its exit status."""
        self.process.terminate()
        return self.process.wait(20)


_PORTS = range(20_000, 32_000)
"""Below the ports that the system gives to outgoing connections, so that none of them takes a port that was free."""

_random = random.SystemRandom()
"""Not seeded, so that the workers of a test run draw different ports."""


def free_port() -> int:
    """A port that nobody listens on just now."""
    while True:
        port = _random.choice(_PORTS)
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without the service's own settings, and with these."""
    kept = {name: value for name, value in os.environ.items() if name not in _SETTINGS | _SLOW}
    return {**kept, "PYTHONUNBUFFERED": "1", **variables}


def ended(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`server.py` as a command that ends, and its output."""
    return completed("server.py", *arguments, **variables)


def completed(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command of Python that ends, and its output."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextlib.contextmanager
def running(
    *command: str, folder: Path, ready: str = "/readyz", port: str | None = None, **variables: str
) -> Iterator[Running]:
    """The command with `--port` and a free one added, until it is ready; it is stopped in the end."""
    found = _start(command, folder, port or str(free_port()), variables)
    try:
        if not _becomes_ready(found, ready) and port is None and "is in use on" in found.output():
            # Another process took the port after it was found free.
            found = _start(command, folder, str(free_port()), variables)
            _becomes_ready(found, ready)
        assert found.process.poll() is None, f"ended too early:\n{found.output()}"
        yield found
    finally:
        if found.process.poll() is None:
            found.process.kill()
            found.process.wait(10)


def _start(command: tuple[str, ...], folder: Path, port: str, variables: dict[str, str]) -> Running:
    log = folder / f"{port}.log"
    with log.open("a") as output:
        process = subprocess.Popen(
            [sys.executable, *command, "--port", port],
            cwd=ROOT,
            env=environment(**variables),
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    return Running(process, f"http://127.0.0.1:{port}", log)


def _becomes_ready(found: Running, path: str) -> bool:
    """Wait until it answers; False when it has ended."""
    for _ in range(1800):
        if found.process.poll() is not None:
            return False
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(found.base + path).status_code < 500:
                return True
        time.sleep(0.05)
    raise AssertionError(f"not ready in time:\n{found.output()}")
