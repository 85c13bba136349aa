"""The processes that take part, which can be killed, asked to end, and looked into."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import resource
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from quality.harness import stores, wire
from quality.harness.processes import ROOT, environment, free_port
from quality.harness.wire import LOCALHOST

END_SECONDS = 20.0
"""What a process has for ending by itself."""


@dataclass(frozen=True)
class Held:
    """What a process holds at one moment."""

    files: int
    threads: int
    tasks: int
    bytes: int

    def __str__(self) -> str:
        return f"{self.files} descriptors, {self.threads} threads, {self.tasks} tasks, {self.bytes >> 20} MiB"


class Process:
    """A command that listens on a port of its own, which it keeps over restarts."""

    def __init__(self, command: Sequence[str], log: Path, *, ready: str | None, **variables: str) -> None:
        self.port = free_port()
        self.log = log
        self._command = [part.replace("PORT", str(self.port)) for part in command]
        self._ready = ready
        self._environment = environment(**variables)
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it, and wait until it is ready."""
        with self.log.open("a") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        for _ in range(1200):
            if await self._is_ready():
                return
            if self._process.returncode is not None:
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
        """Send the signal; the exit status, None when it had to be killed because it did not end in time."""
        process = self._process
        if process is None or process.returncode is not None:
            return process.returncode if process is not None else None
        process.send_signal(number)
        try:
            return await asyncio.wait_for(process.wait(), END_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
            return None

    def signal(self, number: int) -> None:
        """Send the signal and go on."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)

    def limit_descriptors(self, limit: int) -> None:
        """Change its limit of open files, at most to the one that it was started with; 0 leaves it none to open."""
        assert self._process is not None
        _, hard = resource.prlimit(self._process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(self._process.pid, resource.RLIMIT_NOFILE, (limit, hard))

    def connections(self) -> int:
        """How many clients are connected to its port."""
        return sum(local == self.port for local, _ in self._open_connections())

    def connections_to(self, port: int) -> int:
        """How many connections it has to a port."""
        return sum(remote == port for _, remote in self._open_connections())

    def _open_connections(self) -> list[tuple[int, int]]:
        assert self._process is not None
        found = psutil.Process(self._process.pid).net_connections("tcp")
        return [(one.laddr.port, one.raddr.port) for one in found if one.raddr]

    async def held(self) -> Held:
        """What it holds now; its tasks only where it was started by `observed`."""
        assert self._process is not None
        folder = Path(f"/proc/{self._process.pid}")
        status = (folder / "status").read_text()
        resident, threads = (int(re.findall(rf"{name}:\s+(\d+)", status)[0]) for name in ("VmRSS", "Threads"))
        tasks = await self._tasks()
        return Held(len(os.listdir(folder / "fd")), threads, tasks, resident * 1024)

    async def _tasks(self) -> int:
        before = len(self._counts())
        self.signal(signal.SIGUSR1)
        for _ in range(100):
            if len(counts := self._counts()) > before:
                return int(counts[-1])
            await asyncio.sleep(0.02)
        return -1

    def _counts(self) -> list[str]:
        return re.findall(r"^observed: (\d+) tasks$", self.log.read_text(), re.MULTILINE)


def sandbox(folder: Path) -> Process:
    """The sandbox, empty."""
    command = [sys.executable, "-m", "sandbox", "--no-seed", "--port", "PORT"]
    return Process(command, folder / "sandbox.log", ready="/_sandbox")


def service(
    folder: Path, name: str, settings: Mapping[str, str], *, planted: str | None, descriptors: int | None = None
) -> Process:
    """The service, observed, with a planted bug if one is named, and so many descriptors at most."""
    command = [sys.executable, "-m", "quality.faults.observed", planted or "nothing", "--port", "PORT"]
    if descriptors is not None:
        command = ["sh", "-c", f'ulimit -n {descriptors} && exec "$@"', "sh", *command]
    return Process(command, folder / f"{name}.log", ready="/readyz", **settings)


def store(folder: Path) -> Process:
    """A Valkey or Redis. Raises RuntimeError where none is installed."""
    if stores.SERVER is None:
        raise RuntimeError("needs valkey-server or redis-server")
    return Process(stores.command("PORT", folder), folder / "store.log", ready=None)


async def stop(processes: Sequence[Process]) -> None:
    """Kill them all."""
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            await process.end(signal.SIGKILL)
