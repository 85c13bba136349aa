"""Measures a server under a load: throughput, latency, CPU time and memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from quality.benchmarks import cores, load, metrics
from quality.benchmarks.equal_responses import headers
from quality.benchmarks.load import Sampler
from quality.benchmarks.processes import ServerProcess
from quality.benchmarks.servers import RunningServer
from quality.benchmarks.workloads import Workload

MAX_INTERFERENCE = 0.05
"""The share of the server's core that other programs may use before a measurement is repeated."""

_MEMORY_SECONDS = 0.1


@dataclass(frozen=True)
class Measurement:
    """One measurement. `interference` is the share of the server's core that other programs used.

    `load_core` is the utilization of the core of the load generator and the upstream.
    """

    per_second: float
    cpu_us: float
    p50_ms: float
    p99_ms: float
    rss_mib: float
    interference: float
    load_core: float
    plan_hits: float | None
    faults: tuple[str, ...] = ()


def measure(started: RunningServer, workload: Workload, response: bytes, *, seconds: int) -> Measurement:
    """Apply the load once and measure. `response` is the expected response body."""
    sent = headers()
    counted = metrics.scrape(started)
    before = _Reading.of(started)
    with _peak_memory(started.running) as peak, Sampler(started.url, workload.sample(), sent, response) as sampler:
        run = apply_load(started, workload, seconds)
        after = _Reading.of(started)
    started.running.settle()
    elapsed, server = after.at - before.at, after.server - before.server
    return Measurement(
        per_second=run.per_second,
        cpu_us=server / max(1, run.requests) * 1e6,
        p50_ms=run.p50_ms,
        p99_ms=run.p99_ms,
        rss_mib=peak[0],
        interference=max(0.0, (after.core - before.core - server) / elapsed) if workload.setting.pinned else 0.0,
        load_core=(after.load_core - before.load_core) / elapsed,
        plan_hits=metrics.share_of_hits(counted, metrics.scrape(started)),
        faults=tuple(load.faults(run, sampler, response_bytes=len(response), connections=workload.connections)),
    )


def apply_load(started: RunningServer, workload: Workload, seconds: int) -> load.Load:
    """Send the workload's requests for some seconds."""
    return load.run(
        started.url,
        workload.operation.body(),
        connections=workload.connections,
        seconds=seconds,
        authorization=headers()["Authorization"],
        distinct=workload.distinct,
    )


@dataclass(frozen=True)
class _Reading:
    """CPU seconds at one time: of the server, of all programs on its core, and of the other core."""

    at: float
    server: float
    core: float
    load_core: float

    @classmethod
    def of(cls, started: RunningServer) -> _Reading:
        return cls(
            time.perf_counter(),
            started.running.cpu_seconds(),
            _program_seconds(cores.SERVER),
            _busy_seconds(cores.LOAD_CORE),
        )


def _program_seconds(core: int) -> float:
    # Without interrupts, which are mostly network traffic of the server itself.
    times = psutil.cpu_times(percpu=True)[core]
    return float(times.user + times.nice + times.system + times.steal)


def _busy_seconds(core: int) -> float:
    times = psutil.cpu_times(percpu=True)[core]
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)


@contextmanager
def _peak_memory(running: ServerProcess) -> Iterator[list[float]]:
    """Samples resident memory. Yields a list with one number, which is the peak in MiB at the end."""
    peak = [running.resident_mib()]
    end = threading.Event()

    def watch() -> None:
        while not end.wait(_MEMORY_SECONDS):
            peak[0] = max(peak[0], running.resident_mib())

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        end.set()
        thread.join()
