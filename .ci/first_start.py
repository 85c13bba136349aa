"""Runs the README's commands that install uv and start the service, each on a fresh clone, until the service is ready.

It uses nothing but the standard library, because it runs before anything is installed. One command is for Debian's own
Python, where it also checks that the other command is refused, as the README says.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 300
"""Time that one start may take: it downloads packages, and Node where there is none."""

SYSTEM = "/usr/sbin:/usr/bin:/sbin:/bin"


def commands() -> tuple[str, str]:
    """The command for any Python, and the one for Debian's own."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    standard, debian = re.findall(r"^.*pip install uv.*server\.py.*$", readme, re.MULTILINE)
    if "venv" not in debian:
        sys.exit("The README has no command for Debian's own Python.")
    return standard, debian


def environment(path: str, port: int) -> dict[str, str]:
    """This process's environment with another PATH, and without a virtual environment."""
    kept = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "UV", "PYTHONHOME")}
    return {**kept, "PATH": path, "PORT": str(port)}


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def start(command: str, path: str) -> None:
    """Run the command on a fresh clone until the service is ready. Exits with its output if it isn't in time."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "--quiet", str(ROOT), f"{folder}/attache"], check=True)
        with Path(folder, "log").open("w+") as log:
            process = subprocess.Popen(
                ["sh", "-c", command],
                cwd=f"{folder}/attache",
                env=environment(path, port),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            began = time.monotonic()
            try:
                ready = wait_until_ready(process, port)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
                process.wait(60)
            log.seek(0)
            print(f"{'ready' if ready else 'NOT READY'} after {time.monotonic() - began:.0f} s: {command}")
            if not ready:
                sys.exit(log.read())


def wait_until_ready(process: subprocess.Popen[bytes], port: int) -> bool:
    """Whether the service is ready before the command ends and before the time is up."""
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return True
        time.sleep(0.5)
    return False


def expect_refusal(command: str, variables: Mapping[str, str]) -> None:
    """Debian's pip refuses the standard command, so that nothing is started."""
    install = command.partition("&&")[0]
    done = subprocess.run(["sh", "-c", install], env=dict(variables), capture_output=True, text=True, timeout=SECONDS)
    if done.returncode == 0 or "externally-managed-environment" not in done.stderr:
        sys.exit(f"not refused: {install}\n{done.stderr}")
    print(f"refused, as the README says: {install}")


def main() -> None:
    """Try both commands."""
    standard, debian = commands()
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        start(standard, f"{folder}/bin:{SYSTEM}")
    if not list(Path("/usr/lib").glob("python3*/EXTERNALLY-MANAGED")):
        print("no externally managed Python here: the command for Debian is not tried")
        return
    if shutil.which("pip", path=SYSTEM):
        expect_refusal(standard, environment(SYSTEM, free_port()))
    start(debian, SYSTEM)


if __name__ == "__main__":
    main()
