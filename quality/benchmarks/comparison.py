"""Compares servers in one run over one upstream, in alternating rounds."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from quality.benchmarks import servers
from quality.benchmarks.agreement import agree
from quality.benchmarks.figures import Summary, summary
from quality.benchmarks.measurement import MOST_FOREIGN, Measurement, measure, put_load
from quality.benchmarks.servers import PLAIN, SERVICE, Server, Setting, Started, Surroundings
from quality.benchmarks.workloads import W1, Curve, Workload

Say = Callable[[str], None]
Results = dict[str, dict[str, Summary]]
"""Figures by workload's key and server's name."""


@dataclass(frozen=True)
class Schedule:
    """How long to measure: each server is warmed up once, and measured in each round; all in whole seconds.

    A measurement that other programs disturbed is repeated, up to `tries` times.
    """

    rounds: int = 3
    seconds: int = 3
    warm_seconds: int = 1
    tries: int = 3


CURVE = Schedule(rounds=1, seconds=2)
BRIEF = Schedule(rounds=1, seconds=1, warm_seconds=0, tries=1)
_BRIEF_CONNECTIONS = 2


@dataclass(frozen=True)
class Comparison:
    """The surroundings of one run's servers, and the function that prints progress.

    After `repeat_until`, by `time.perf_counter`, disturbed measurements are no longer repeated, so that a run ends in
    time on a busy machine.
    """

    surroundings: Surroundings
    say: Say
    repeat_until: float

    def workload(self, workload: Workload, chosen: Sequence[Server], schedule: Schedule) -> Results:
        """These servers, started for it alone. Raises Disagreement before anything is measured."""
        asked = [server for server in chosen if server.name in workload.servers]
        with self._running(asked, workload.setting) as started:
            return {workload.key: self._measured(workload, started, schedule)}

    def curve(self, curve: Curve, chosen: Sequence[Server], schedule: Schedule) -> Results:
        """All points of a curve, from the least; servers live on from one to the next that has the same setting."""
        found: Results = {}
        asked = [server for server in chosen if server.name in curve.servers]
        for setting, workloads in itertools.groupby(curve.workloads(), lambda one: one.setting):
            with self._running(asked, setting) as started:
                found.update({one.key: self._measured(one, started, schedule) for one in workloads})
        return found

    def proof(self, workloads: Sequence[Workload], chosen: Sequence[Server]) -> Results:
        """Whether all answer these workloads of one setting alike, and a moment's load on the service.

        For W1, its peers get a load too. They stay away from what is the same for them but slower, and where the
        service alone is measured.
        """
        found: Results = {}
        setting = workloads[0].setting
        alone = setting.upstream.startswith("slow") or not setting.pinned
        with self._running([SERVICE] if alone else chosen, setting) as started:
            for one in workloads:
                brief = replace(one, connections=min(one.connections, _BRIEF_CONNECTIONS), stretch=1)
                asked = [each for each in started if each.server.name in one.servers]
                found[one.key] = self._measured(brief, asked, BRIEF, all_of=one is W1)
        return found

    def start_up(self, chosen: Sequence[Server], *, runs: int) -> dict[str, list[float]]:
        """Seconds from a process's start until it takes operations, several times, by the server's name."""
        found: dict[str, list[float]] = {server.name: [] for server in chosen}
        for _ in range(runs):
            for server in chosen:
                with self._running([server], PLAIN) as started:
                    found[server.name].append(round(started[0].seconds, 3))
        for name, seconds in found.items():
            self.say(f"start-up           {name:12} {', '.join(f'{one:.2f}' for one in seconds)} s")
        return found

    @contextlib.contextmanager
    def _running(self, chosen: Sequence[Server], setting: Setting) -> Iterator[Sequence[Started]]:
        """These servers, started and ready; stopped in the end."""
        with contextlib.ExitStack() as stack:
            started = []
            for server in chosen:
                started.append(servers.start(server, setting, self.surroundings))
                stack.callback(started[-1].running.stop)
            yield started

    def _measured(
        self, workload: Workload, started: Sequence[Started], schedule: Schedule, *, all_of: bool = True
    ) -> dict[str, Summary]:
        answers = agree(started, workload, self.surroundings.upstream)
        asked = [one for one in started if all_of or one.server is SERVICE]
        for one in asked if schedule.warm_seconds else ():
            put_load(one, workload, schedule.warm_seconds)
            one.running.settle()
        found: dict[str, list[Measurement]] = {one.server.name: [] for one in asked}
        for number in range(schedule.rounds):
            for one in asked:
                name = one.server.name
                found[name].append(self._undisturbed(one, workload, answers[name], schedule))
                self.say(_line(workload, name, number + 1, found[name][-1]))
        return {name: summary(rounds) for name, rounds in found.items()}

    def _undisturbed(self, one: Started, workload: Workload, answer: bytes, schedule: Schedule) -> Measurement:
        """The measurement that other programs disturbed least, of as few as need be."""
        tries = [measure(one, workload, answer, seconds=schedule.seconds * workload.stretch)]
        while all(done.foreign > MOST_FOREIGN for done in tries) and self._may_repeat(len(tries), schedule):
            tries.append(measure(one, workload, answer, seconds=schedule.seconds * workload.stretch))
        return min(tries, key=lambda done: done.foreign)

    def _may_repeat(self, tries: int, schedule: Schedule) -> bool:
        return tries < schedule.tries and time.perf_counter() < self.repeat_until


def _line(workload: Workload, name: str, number: int, done: Measurement) -> str:
    disturbed = f"   others took {done.foreign:.0%} of the core" if done.foreign > MOST_FOREIGN else ""
    faults = f"   FAULTS: {'; '.join(done.faults)}" if done.faults else ""
    return (
        f"{workload.key:18} {name:12} {number} {done.per_second:8.0f}/s {done.cpu_us:8.0f} µs "
        f"p50 {done.p50_ms:7.1f} p99 {done.p99_ms:7.1f} ms {done.rss_mib:6.0f} MiB{disturbed}{faults}"
    )
