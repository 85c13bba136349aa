"""Starts a measured server on its core, waits until it is ready, and reads its CPU time and memory."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from quality.benchmarks.cores import on
from quality.harness import processes

MIB = 1024 * 1024

_SETTLED_SECONDS = 0.2
_SETTLE_SECONDS = 20.0
_READY_SECONDS = 30.0
# Prefixes of variables that would configure Node, TLS or a tracer.
_CONFIGURING = ("NODE_", "SSL_", "OTEL_")


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """This process's environment, without variables that configure a server, plus these variables."""
    kept = {name: value for name, value in processes.environment().items() if not name.startswith(_CONFIGURING)}
    return {**kept, **variables}


@dataclass(frozen=True)
class ServerProcess:
    """A started server. `began` is its start time, by `time.perf_counter`."""

    process: subprocess.Popen[bytes]
    log: Path
    began: float

    def tree(self) -> list[psutil.Process]:
        """The process and its descendants."""
        with contextlib.suppress(psutil.NoSuchProcess):
            parent = psutil.Process(self.process.pid)
            return [parent, *parent.children(recursive=True)]
        return []

    def cpu_seconds(self) -> float:
        """CPU time of all processes since the start, in user and system mode."""
        return sum(cpu_seconds(process) for process in self.tree())

    def resident_mib(self) -> float:
        """Resident memory of all processes, in MiB."""
        total = 0
        for process in self.tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
        return total / MIB

    def settle(self) -> None:
        """Wait until the server is idle after a load, so that it takes no CPU time from the next measurement."""
        end = time.perf_counter() + _SETTLE_SECONDS
        while time.perf_counter() < end:
            before = self.cpu_seconds()
            time.sleep(_SETTLED_SECONDS)
            if self.cpu_seconds() - before < _SETTLED_SECONDS / 10:
                return

    def stop(self) -> None:
        """Send SIGTERM, then kill all processes if they don't end."""
        tree = self.tree()
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            for process in tree:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            self.process.wait(5)


def cpu_seconds(process: psutil.Process) -> float:
    """CPU time of one process; 0 if it has ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


def start(
    command: Sequence[str], variables: Mapping[str, str], *, core: int | None, log: Path, folder: Path
) -> ServerProcess:
    """Start a server in a folder, on one core, or on all if `core` is None."""
    began = time.perf_counter()
    return ServerProcess(processes.start(on(core, command), environment(variables), log, folder=folder), log, began)


def wait_until_ready(running: ServerProcess, request: httpx.Request) -> float:
    """Seconds from the start until the request gets status 200. Raises RuntimeError with the log after a timeout."""
    with httpx.Client(trust_env=False, verify=False) as client:
        while time.perf_counter() - running.began < _READY_SECONDS and running.process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                if client.send(request).status_code == 200:
                    return time.perf_counter() - running.began
            time.sleep(0.002)
    raise RuntimeError(f"not ready:\n{running.log.read_text(errors='replace')[-4000:]}")
