"""Compares servers in one run over one upstream, in alternating rounds."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from quality.benchmarks import servers
from quality.benchmarks.equal_responses import check_responses
from quality.benchmarks.figures import Summary, summary
from quality.benchmarks.measurement import MAX_INTERFERENCE, Measurement, apply_load, measure
from quality.benchmarks.servers import PLAIN, SERVICE, Backends, RunningServer, Server, Setting
from quality.benchmarks.workloads import W1, Curve, Workload

PrintProgress = Callable[[str], None]
Results = dict[str, dict[str, Summary]]
"""Summaries by workload key and server name."""


@dataclass(frozen=True)
class Schedule:
    """The rounds of a measurement, with durations in whole seconds. Each server is warmed up once.

    If other programs use the server's core, the measurement is repeated, with at most `tries` measurements.
    """

    rounds: int = 3
    seconds: int = 3
    warm_seconds: int = 1
    tries: int = 3


CURVE = Schedule(rounds=1, seconds=2)
QUICK = Schedule(rounds=1, seconds=1, warm_seconds=0, tries=1)
_QUICK_CONNECTIONS = 2


@dataclass(frozen=True)
class Comparison:
    """Measures the servers of one run, over the same backends.

    After `repeat_until`, by `time.perf_counter`, measurements are no longer repeated, so that a run ends in time on a
    busy machine.
    """

    backends: Backends
    print_progress: PrintProgress
    repeat_until: float

    def workload(self, workload: Workload, chosen: Sequence[Server], schedule: Schedule) -> Results:
        """Start the servers and measure them under the workload. Raises ResponseMismatch before measuring."""
        selected = [server for server in chosen if server.name in workload.servers]
        with self._running(selected, workload.setting) as started:
            return {workload.key: self._measure(workload, started, schedule)}

    def curve(self, curve: Curve, chosen: Sequence[Server], schedule: Schedule) -> Results:
        """Measure the points of a curve in order. Servers keep running while the setting stays the same."""
        results: Results = {}
        selected = [server for server in chosen if server.name in curve.servers]
        for setting, workloads in itertools.groupby(curve.workloads(), lambda one: one.setting):
            with self._running(selected, setting) as started:
                results.update({one.key: self._measure(one, started, schedule) for one in workloads})
        return results

    def smoke_test(self, workloads: Sequence[Workload], chosen: Sequence[Server]) -> Results:
        """Compare the responses of all servers to workloads with the same setting, under a short load on the service.

        The peers get a load for W1 only. They are not started for slow upstreams and unpinned processes.
        """
        results: Results = {}
        setting = workloads[0].setting
        alone = setting.upstream.startswith("slow") or not setting.pinned
        with self._running([SERVICE] if alone else chosen, setting) as started:
            for one in workloads:
                quick = replace(one, connections=min(one.connections, _QUICK_CONNECTIONS), duration_factor=1)
                selected = [each for each in started if each.server.name in one.servers]
                results[one.key] = self._measure(quick, selected, QUICK, all_of=one is W1)
        return results

    def start_up(self, chosen: Sequence[Server], *, runs: int) -> dict[str, list[float]]:
        """Start each server several times. Returns the seconds until it is ready, by server name."""
        results: dict[str, list[float]] = {server.name: [] for server in chosen}
        for _ in range(runs):
            for server in chosen:
                with self._running([server], PLAIN) as started:
                    results[server.name].append(round(started[0].seconds, 3))
        for name, seconds in results.items():
            self.print_progress(f"start-up           {name:12} {', '.join(f'{one:.2f}' for one in seconds)} s")
        return results

    @contextlib.contextmanager
    def _running(self, chosen: Sequence[Server], setting: Setting) -> Iterator[Sequence[RunningServer]]:
        """Start the servers, and stop them at the end."""
        with contextlib.ExitStack() as stack:
            started = []
            for server in chosen:
                started.append(servers.start(server, setting, self.backends))
                stack.callback(started[-1].running.stop)
            yield started

    def _measure(
        self, workload: Workload, started: Sequence[RunningServer], schedule: Schedule, *, all_of: bool = True
    ) -> dict[str, Summary]:
        responses = check_responses(started, workload, self.backends.upstream)
        selected = [one for one in started if all_of or one.server is SERVICE]
        for one in selected if schedule.warm_seconds else ():
            apply_load(one, workload, schedule.warm_seconds)
            one.running.settle()
        results: dict[str, list[Measurement]] = {one.server.name: [] for one in selected}
        for number in range(schedule.rounds):
            for one in selected:
                name = one.server.name
                results[name].append(self._measure_with_retries(one, workload, responses[name], schedule))
                self.print_progress(_line(workload, name, number + 1, results[name][-1]))
        return {name: summary(rounds) for name, rounds in results.items()}

    def _measure_with_retries(
        self, one: RunningServer, workload: Workload, response: bytes, schedule: Schedule
    ) -> Measurement:
        """Measure, and repeat if other programs interfered. Returns the measurement with the least interference."""
        tries = [measure(one, workload, response, seconds=schedule.seconds * workload.duration_factor)]
        while all(done.interference > MAX_INTERFERENCE for done in tries) and self._may_repeat(len(tries), schedule):
            tries.append(measure(one, workload, response, seconds=schedule.seconds * workload.duration_factor))
        return min(tries, key=lambda done: done.interference)

    def _may_repeat(self, tries: int, schedule: Schedule) -> bool:
        return tries < schedule.tries and time.perf_counter() < self.repeat_until


def _line(workload: Workload, name: str, number: int, done: Measurement) -> str:
    disturbed = (
        f"   other programs used {done.interference:.0%} of the core" if done.interference > MAX_INTERFERENCE else ""
    )
    faults = f"   FAULTS: {'; '.join(done.faults)}" if done.faults else ""
    return (
        f"{workload.key:18} {name:12} {number} {done.per_second:8.0f}/s {done.cpu_us:8.0f} µs "
        f"p50 {done.p50_ms:7.1f} p99 {done.p99_ms:7.1f} ms {done.rss_mib:6.0f} MiB{disturbed}{faults}"
    )
