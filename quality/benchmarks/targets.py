"""The performance targets: ratios and bounds within one run on one machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from quality.benchmarks.comparison import Results
from quality.benchmarks.figures import ratio
from quality.benchmarks.servers import APOLLO, FLOOR, MERCURIUS, NODE_PEERS, SERVICE, YOGA
from quality.benchmarks.upstream import DELAY_SECONDS


@dataclass(frozen=True)
class Target:
    """One of them, its bounds, and what was found. `found` is None when it was not measured."""

    about: str
    found: float | None
    least: float | None = None
    most: float | None = None
    unit: str = "×"

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None if it was not measured."""
        if self.found is None:
            return None
        return (self.least is None or self.found >= self.least) and (self.most is None or self.found <= self.most)

    @property
    def bounds(self) -> str:
        """The bounds in words: `≥ 1 × and ≤ 4 ×`."""
        shown = (("≥", self.least), ("≤", self.most))
        return " and ".join(f"{sign} {bound:g} {self.unit}" for sign, bound in shown if bound is not None)


def targets(results: Results, start_up: Mapping[str, list[float]]) -> list[Target]:
    """All of them. Requests a second are compared unless a target says otherwise."""
    seconds = start_up.get(SERVICE.name)
    return [
        *_throughput(results),
        Target("W1slow: p99 ÷ the upstream's delay", _tail(results), least=1, most=4),
        Target("memory under W1, W2, W3", _memory(results, "W1", "W2", "W3"), most=80, unit="MiB"),
        Target("memory under W1slow, 500 clients", _memory(results, "W1slow"), most=100, unit="MiB"),
        Target("memory with 10,000 documents", _memory(results, "documents=10000"), most=130, unit="MiB"),
        Target("start until ready", median(seconds) if seconds else None, most=0.5, unit="s"),
        Target("W3, warm cache in process ÷ Mercurius", against(results, "W3cached", MERCURIUS.name), least=2),
        Target("W3, warm cache in the store ÷ Mercurius", against(results, "W3stored", MERCURIUS.name), least=1),
    ]


def _throughput(results: Results) -> list[Target]:
    found = [
        Target(f"{workload} ÷ {other.title}", against(results, workload, other.name), least=least)
        for other, bounds in _BOUNDS.items()
        for workload, least in bounds.items()
    ]
    return [*found, Target("W2 ÷ the fastest Node peer", against(results, "W2", fastest(results, "W2")), least=1.6)]


_BOUNDS = {
    FLOOR: {"W1": 0.8, "W2": 0.4, "W3": 0.65},
    APOLLO: {"W1": 1.2, "W2": 7, "W3": 2},
    YOGA: {"W3": 0.8},
}


def against(results: Results, workload: str, other: str | None) -> float | None:
    """The service's requests in a second, as a multiple of the other's."""
    found = results.get(workload, {})
    if SERVICE.name not in found or other not in found:
        return None
    return ratio(found[SERVICE.name].per_second, found[other].per_second)


def fastest(results: Results, workload: str) -> str | None:
    """The name of the peer of Node that answers most; None when none was asked."""
    found = results.get(workload, {})
    peers = [peer.name for peer in NODE_PEERS if peer.name in found]
    return max(peers, key=lambda name: found[name].per_second, default=None)


def _memory(results: Results, *workloads: str) -> float | None:
    """The service's most under any of the workloads; None unless all were measured."""
    found = [results.get(workload, {}).get(SERVICE.name) for workload in workloads]
    known = [one.rss_mib for one in found if one is not None]
    return max(known) if len(known) == len(found) else None


def _tail(results: Results) -> float | None:
    ours = results.get("W1slow", {}).get(SERVICE.name)
    return ours.p99_ms / (DELAY_SECONDS * 1000) if ours else None
