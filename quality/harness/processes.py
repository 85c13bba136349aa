"""Starts the service, the sandbox and other servers as processes, with the commands that users run."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from serving.settings.settings import Settings

ROOT = Path(__file__).parents[2]
# COMPILED_PLANS is passed on: it turns plans off for a whole test run.
_SETTINGS = {name.upper() for name in Settings.model_fields} - {"COMPILED_PLANS"}
# With this variable, each process would compile all modules again, which doubles its start-up time.
_SLOW = {"PYTHONDONTWRITEBYTECODE"}


@dataclass
class Running:
    """A process that listens on a port."""

    process: subprocess.Popen[bytes]
    base: str
    log: Path

    @property
    def port(self) -> str:
        """The port that it listens on."""
        return self.base.rpartition(":")[2]

    def output(self) -> str:
        """The process's output so far."""
        return self.log.read_text()

    def stop(self) -> int:
        """Send SIGTERM and return the exit status."""
        self.process.terminate()
        return self.process.wait(20)


_PORTS = range(20_000, 32_000)
"""Below the range for outgoing connections, so that none of them takes a port that was found free."""

_random = random.SystemRandom()
"""Not seeded, so that the workers of a test run choose different ports."""


def free_port() -> int:
    """A port without a listener."""
    while True:
        port = _random.choice(_PORTS)
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


def environment(**variables: str) -> dict[str, str]:
    """This process's environment, without settings of the service, plus the variables."""
    kept = {name: value for name, value in os.environ.items() if name not in _SETTINGS | _SLOW}
    return {**kept, "PYTHONUNBUFFERED": "1", **variables}


def start(
    command: Sequence[str], variables: Mapping[str, str], log: Path | None, *, folder: Path = ROOT
) -> subprocess.Popen[bytes]:
    """Start a command in a folder. `variables` is its whole environment; its output is appended to the log.

    Tests, benchmarks and fault injection start every server with this function.
    """
    with open(log or os.devnull, "ab") as output:
        return subprocess.Popen(
            command, cwd=folder, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )


def ended(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `server.py` as a command. Returns its exit status and output."""
    return completed("server.py", *arguments, **variables)


def completed(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a Python command. Returns its exit status and output."""
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
    """Run a Python command with `--port`. Yields the process when it is ready, and kills it at the end."""
    found = _listen(command, folder, port or str(free_port()), variables)
    try:
        if not _becomes_ready(found, ready) and port is None and "is in use on" in found.output():
            # Another process took the port after it was found free.
            found = _listen(command, folder, str(free_port()), variables)
            _becomes_ready(found, ready)
        assert found.process.poll() is None, f"ended too early:\n{found.output()}"
        yield found
    finally:
        if found.process.poll() is None:
            found.process.kill()
            found.process.wait(10)


def _listen(command: tuple[str, ...], folder: Path, port: str, variables: dict[str, str]) -> Running:
    log = folder / f"{port}.log"
    process = start([sys.executable, *command, "--port", port], environment(**variables), log)
    return Running(process, f"http://127.0.0.1:{port}", log)


def _becomes_ready(found: Running, path: str) -> bool:
    """Wait for a response. Returns False if the process has ended."""
    # Without TLS. Loading its certificates for each try would slow down the process that starts.
    with httpx.Client(verify=False) as client:
        for _ in range(1800):
            if found.process.poll() is not None:
                return False
            with contextlib.suppress(httpx.TransportError):
                if client.get(found.base + path).status_code < 500:
                    return True
            time.sleep(0.05)
    raise AssertionError(f"not ready in time:\n{found.output()}")
