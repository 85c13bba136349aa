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
    """A performance target. `measured` is None if it was not measured."""

    about: str
    measured: float | None
    minimum: float | None = None
    maximum: float | None = None
    unit: str = "×"

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None if it was not measured."""
        if self.measured is None:
            return None
        return (self.minimum is None or self.measured >= self.minimum) and (
            self.maximum is None or self.measured <= self.maximum
        )

    @property
    def bounds(self) -> str:
        """The bounds in words: `≥ 1 × and ≤ 4 ×`."""
        shown = (("≥", self.minimum), ("≤", self.maximum))
        return " and ".join(f"{sign} {bound:g} {self.unit}" for sign, bound in shown if bound is not None)


def targets(results: Results, start_up: Mapping[str, list[float]]) -> list[Target]:
    """All performance targets. Ratios compare requests per second unless a target names another figure."""
    seconds = start_up.get(SERVICE.name)
    return [
        *_throughput(results),
        Target("W1slow: p99 ÷ the upstream's delay", _tail(results), minimum=1, maximum=4),
        Target("memory under W1, W2, W3", _memory(results, "W1", "W2", "W3"), maximum=80, unit="MiB"),
        Target("memory under W1slow, 500 clients", _memory(results, "W1slow"), maximum=100, unit="MiB"),
        Target("memory with 10,000 documents", _memory(results, "documents=10000"), maximum=130, unit="MiB"),
        Target("start until ready", median(seconds) if seconds else None, maximum=0.5, unit="s"),
        Target("W3, warm cache in process ÷ Mercurius", ratio_to(results, "W3cached", MERCURIUS.name), minimum=2),
        Target("W3, warm cache in the store ÷ Mercurius", ratio_to(results, "W3stored", MERCURIUS.name), minimum=1),
    ]


def _throughput(results: Results) -> list[Target]:
    found = [
        Target(f"{workload} ÷ {other.title}", ratio_to(results, workload, other.name), minimum=minimum)
        for other, bounds in _BOUNDS.items()
        for workload, minimum in bounds.items()
    ]
    return [
        *found,
        Target("W2 ÷ the fastest Node peer", ratio_to(results, "W2", fastest_node_peer(results, "W2")), minimum=1.6),
    ]


_BOUNDS = {
    FLOOR: {"W1": 0.8, "W2": 0.4, "W3": 0.65},
    APOLLO: {"W1": 1.2, "W2": 7, "W3": 2},
    YOGA: {"W3": 0.8},
}


def ratio_to(results: Results, workload: str, other: str | None) -> float | None:
    """The service's requests per second divided by the other server's."""
    found = results.get(workload, {})
    if SERVICE.name not in found or other not in found:
        return None
    return ratio(found[SERVICE.name].per_second, found[other].per_second)


def fastest_node_peer(results: Results, workload: str) -> str | None:
    """The name of the Node peer with the highest throughput, or None if none was measured."""
    found = results.get(workload, {})
    peers = [peer.name for peer in NODE_PEERS if peer.name in found]
    return max(peers, key=lambda name: found[name].per_second, default=None)


def _memory(results: Results, *workloads: str) -> float | None:
    """The service's highest memory under the workloads, or None unless all were measured."""
    found = [results.get(workload, {}).get(SERVICE.name) for workload in workloads]
    known = [one.rss_mib for one in found if one is not None]
    return max(known) if len(known) == len(found) else None


def _tail(results: Results) -> float | None:
    ours = results.get("W1slow", {}).get(SERVICE.name)
    return ours.p99_ms / (DELAY_SECONDS * 1000) if ours else None
