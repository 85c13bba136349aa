"""A server's processes, seen from outside: started on their core, waited for, and what they use."""

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
from quality.harness import processes as tests
from quality.harness.processes import ROOT

MIB = 1024 * 1024

_SETTLED_SECONDS = 0.2
_SETTLE_SECONDS = 20.0
_READY_SECONDS = 30.0
# What the environment may hold besides for a Node or a tracer that runs otherwise.
_OTHERS = ("NODE_", "SSL_", "OTEL_")


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without what could set a server up, and with these."""
    kept = {name: value for name, value in tests.environment().items() if not name.startswith(_OTHERS)}
    return {**kept, **variables}


@dataclass(frozen=True)
class Running:
    """A started server. Its log has all that it wrote; `began` is when it was started, by `time.perf_counter`."""

    process: subprocess.Popen[bytes]
    log: Path
    began: float

    def tree(self) -> list[psutil.Process]:
        """It and all its children."""
        with contextlib.suppress(psutil.NoSuchProcess):
            parent = psutil.Process(self.process.pid)
            return [parent, *parent.children(recursive=True)]
        return []

    def cpu_seconds(self) -> float:
        """Processor time of the whole tree, in user and system mode, since it was started."""
        return sum(cpu_seconds(process) for process in self.tree())

    def resident_mib(self) -> float:
        """Resident memory of the whole tree, in MiB."""
        total = 0
        for process in self.tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
        return total / MIB

    def settle(self) -> None:
        """Wait until it has done what is left of a load: it would take the core from the next that is measured."""
        end = time.perf_counter() + _SETTLE_SECONDS
        while time.perf_counter() < end:
            before = self.cpu_seconds()
            time.sleep(_SETTLED_SECONDS)
            if self.cpu_seconds() - before < _SETTLED_SECONDS / 10:
                return

    def stop(self) -> None:
        """Ask it to end, and make it."""
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
    """Processor time of one process so far; 0 when it is gone."""
    with contextlib.suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


def start(command: Sequence[str], variables: Mapping[str, str], *, core: int | None, log: Path) -> Running:
    """Start a server; `core` None lets it use all."""
    began = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            on(core, command),
            cwd=ROOT,
            env=environment(variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return Running(process, log, began)


def wait_until_ready(running: Running, request: httpx.Request) -> float:
    """Seconds from its start until the request gets status 200. Raises RuntimeError with the log when it never does."""
    with httpx.Client(trust_env=False, verify=False) as client:
        while time.perf_counter() - running.began < _READY_SECONDS and running.process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                if client.send(request).status_code == 200:
                    return time.perf_counter() - running.began
            time.sleep(0.002)
    raise RuntimeError(f"not ready:\n{running.log.read_text(errors='replace')[-4000:]}")
