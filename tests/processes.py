"""The service and the sandbox as processes of their own, started as their users start them."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from serving.settings.service_settings import Settings

ROOT = Path(__file__).parent.parent
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

    def output(self) -> str:
        """All that it has written."""
        return self.log.read_text()

    def stop(self) -> int:
        """Ask it to end, as an operator does; its exit status."""
        self.process.terminate()
        return self.process.wait(20)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without the service's own settings, and with these."""
    kept = {name: value for name, value in os.environ.items() if name not in _SETTINGS | _SLOW}
    return {**kept, "PYTHONUNBUFFERED": "1", **variables}


def ended(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`server.py` as a command that ends by itself, and what it said."""
    return subprocess.run(
        [sys.executable, "server.py", *arguments],
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
    port = port or str(free_port())
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
    found = Running(process, f"http://127.0.0.1:{port}", log)
    try:
        _wait_until_ready(found, ready)
        yield found
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(10)


def _wait_until_ready(found: Running, path: str) -> None:
    for _ in range(1800):
        if found.process.poll() is not None:
            raise AssertionError(f"ended too early:\n{found.output()}")
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(found.base + path).status_code < 500:
                return
        time.sleep(0.05)
    raise AssertionError(f"not ready in time:\n{found.output()}")
