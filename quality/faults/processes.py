"""The processes of a scenario: start, signal, restart and inspect them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from quality.harness import processes, stores, wire
from quality.harness.processes import environment, free_port
from quality.harness.wire import LOCALHOST

END_SECONDS = 20.0
"""Timeout for the end of a process after a signal."""

POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Usage:
    """The resources in use by a process."""

    files: int
    threads: int
    tasks: int
    bytes: int

    def __str__(self) -> str:
        return f"{self.files} descriptors, {self.threads} threads, {self.tasks} tasks, {self.bytes >> 20} MiB"


class Process:
    """A command that listens on its own port, which stays the same after a restart."""

    def __init__(self, command: Sequence[str], log: Path, *, ready: str | None, **variables: str) -> None:
        self.port = free_port()
        self.log = log
        self._command = [part.replace("PORT", str(self.port)) for part in command]
        self._ready = ready
        self._environment = environment(**variables)
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start the process and wait until it is ready."""
        self._process = processes.start(self._command, self._environment, self.log)
        for _ in range(1200):
            if await self._is_ready():
                return
            if self._process.poll() is not None:
                break
            await asyncio.sleep(0.05)
        raise RuntimeError(f"{self._command} did not start:\n{self.log.read_text()[-2000:]}")

    async def _is_ready(self) -> bool:
        if self._ready is not None:
            return await wire.exchange(self.port, wire.request("GET", self._ready)) is not None
        try:
            _, writer = await asyncio.open_connection(LOCALHOST, self.port)
        except OSError:
            return False
        writer.close()
        return True

    async def end(self, number: int = signal.SIGTERM) -> int | None:
        """Send the signal and wait. Returns the exit status, or None if the process was killed after a timeout."""
        process = self._process
        if process is None:
            return None
        process.send_signal(number)
        for _ in range(round(END_SECONDS / POLL_SECONDS)):
            if process.poll() is not None:
                break
            await asyncio.sleep(POLL_SECONDS)
        if (status := process.poll()) is None:
            process.kill()
            process.wait()
        return status

    def signal(self, number: int) -> None:
        """Send the signal without waiting."""
        if self._process is not None:
            self._process.send_signal(number)

    def limit_descriptors(self, limit: int) -> None:
        """Change the limit of open files, up to the limit at the start. With 0, the process can open none."""
        assert self._process is not None
        _, hard = resource.prlimit(self._process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(self._process.pid, resource.RLIMIT_NOFILE, (limit, hard))

    def connections(self) -> int:
        """The number of clients connected to the port."""
        return sum(local == self.port for local, _ in self._open_connections())

    def connections_to(self, port: int) -> int:
        """The number of connections from this process to a port."""
        return sum(remote == port for _, remote in self._open_connections())

    def is_connected_from(self, port: int) -> bool:
        """Whether the process has a connection with this local port."""
        return any(local == port for local, _ in self._open_connections())

    def _open_connections(self) -> list[tuple[int, int]]:
        assert self._process is not None
        connections = psutil.Process(self._process.pid).net_connections("tcp")
        return [(one.laddr.port, one.raddr.port) for one in connections if one.raddr]

    async def usage(self) -> Usage:
        """The current usage. `tasks` is -1 unless the process is an `instrumented_server`."""
        assert self._process is not None
        folder = Path(f"/proc/{self._process.pid}")
        status = (folder / "status").read_text()
        resident, threads = (int(re.findall(rf"{name}:\s+(\d+)", status)[0]) for name in ("VmRSS", "Threads"))
        tasks = await self._tasks()
        return Usage(len(os.listdir(folder / "fd")), threads, tasks, resident * 1024)

    async def _tasks(self) -> int:
        before = len(self._counts())
        self.signal(signal.SIGUSR1)
        for _ in range(100):
            if len(counts := self._counts()) > before:
                return int(counts[-1])
            await asyncio.sleep(0.02)
        return -1

    def _counts(self) -> list[str]:
        return re.findall(r"^tasks: (\d+)$", self.log.read_text(), re.MULTILINE)


def sandbox(folder: Path, *, forward_to: str | None = None, secret: str | None = None) -> Process:
    """An empty sandbox that sends signed events to an address."""
    command = [sys.executable, "-m", "sandbox", "--no-seed", "--port", "PORT"]
    if forward_to is not None and secret is not None:
        command += ["--forward-to", forward_to, "--webhook-secret", secret]
    return Process(command, folder / "sandbox.log", ready="/_sandbox")


def service(
    folder: Path, name: str, settings: Mapping[str, str], *, planted: str | None, descriptors: int | None = None
) -> Process:
    """An `instrumented_server` with an optional planted bug and an optional limit of descriptors."""
    command = [sys.executable, "-m", "quality.faults.instrumented_server", planted or "no-bug", "--port", "PORT"]
    if descriptors is not None:
        command = ["sh", "-c", f'ulimit -n {descriptors} && exec "$@"', "sh", *command]
    return Process(command, folder / f"{name}.log", ready="/readyz", **settings)


def store(folder: Path) -> Process:
    """A Valkey or Redis server. Raises RuntimeError if neither is installed."""
    if stores.SERVER is None:
        raise RuntimeError("needs valkey-server or redis-server")
    return Process(stores.command("PORT", folder), folder / "store.log", ready=None)


async def stop(running: Sequence[Process]) -> None:
    """Kill the processes."""
    for process in running:
        with contextlib.suppress(ProcessLookupError):
            await process.end(signal.SIGKILL)
