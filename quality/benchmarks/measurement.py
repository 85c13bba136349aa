"""One server under one load, once: what it answers in a second, and what that takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from quality.benchmarks import cores, load, metrics
from quality.benchmarks.agreement import headers
from quality.benchmarks.load import Sampler
from quality.benchmarks.processes import Measured
from quality.benchmarks.servers import Started
from quality.benchmarks.workloads import Workload

MOST_FOREIGN = 0.05
"""Share of the server's core that others may have used before a measurement counts as disturbed."""

_MEMORY_SECONDS = 0.1


@dataclass(frozen=True)
class Measurement:
    """One measurement. Other programs used `foreign` of the server's core; `rest` is the use of the other core."""

    per_second: float
    cpu_us: float
    p50_ms: float
    p99_ms: float
    rss_mib: float
    foreign: float
    rest: float
    plan_hits: float | None
    faults: tuple[str, ...] = ()


def measure(started: Started, workload: Workload, answer: bytes, *, seconds: int) -> Measurement:
    """One run of so many seconds; `answer` is what was agreed on."""
    sent = headers()
    counted = metrics.scrape(started)
    before = _Reading.of(started)
    with _peak_memory(started.running) as peak, Sampler(started.url, workload.sample(), sent, answer) as sampler:
        run = put_load(started, workload, seconds)
        after = _Reading.of(started)
    started.running.settle()
    elapsed, server = after.at - before.at, after.server - before.server
    return Measurement(
        per_second=run.per_second,
        cpu_us=server / max(1, run.requests) * 1e6,
        p50_ms=run.p50_ms,
        p99_ms=run.p99_ms,
        rss_mib=peak[0],
        foreign=max(0.0, (after.core - before.core - server) / elapsed) if workload.setting.pinned else 0.0,
        rest=(after.rest - before.rest) / elapsed,
        plan_hits=metrics.share_of_hits(counted, metrics.scrape(started)),
        faults=tuple(load.faults(run, sampler, answer_bytes=len(answer), connections=workload.connections)),
    )


def put_load(started: Started, workload: Workload, seconds: int) -> load.Load:
    """The workload's requests, for so many seconds."""
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
    """All clocks at one time: seconds that programs took of the server's core, and of the other in all."""

    at: float
    server: float
    core: float
    rest: float

    @classmethod
    def of(cls, started: Started) -> _Reading:
        return cls(time.perf_counter(), started.running.cpu_seconds(), _taken(cores.SERVER), _busy(cores.REST))


def _taken(core: int) -> float:
    # Without interrupts, which are the network's part of the server's own work.
    times = psutil.cpu_times(percpu=True)[core]
    return float(times.user + times.nice + times.system + times.steal)


def _busy(core: int) -> float:
    times = psutil.cpu_times(percpu=True)[core]
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)


@contextmanager
def _peak_memory(running: Measured) -> Iterator[list[float]]:
    """The most that was resident within, in MiB; one number, complete at the end."""
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
