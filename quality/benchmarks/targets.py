"""The performance targets: ratios and bounds within one run on one machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from quality.benchmarks.comparison import Results
from quality.benchmarks.figures import ratio
from quality.benchmarks.servers import APOLLO, FLOOR, NODE_PEERS, SERVICE
from quality.benchmarks.upstream import DELAY_SECONDS


@dataclass(frozen=True)
class Target:
    """One of them, and what was found. `found` is None when it was not measured."""

    about: str
    bound: float
    at_least: bool
    found: float | None
    unit: str = "×"

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None if it was not measured."""
        if self.found is None:
            return None
        return self.found >= self.bound if self.at_least else self.found <= self.bound


def targets(results: Results, start_up: Mapping[str, list[float]]) -> list[Target]:
    """All of them, over callers who prove who they are, as operators run it."""
    seconds = start_up.get(SERVICE.name)
    pinned = (found for key, found in results.items() if not key.startswith("workers="))
    memory = [found[SERVICE.name].rss_mib for found in pinned if SERVICE.name in found]
    return [
        Target("W1 of the floor", 0.9, True, against(results, "W1+auth", FLOOR.name)),
        Target("W2 of the floor", 0.5, True, against(results, "W2+auth", FLOOR.name)),
        Target("W1 of Apollo Server", 2, True, against(results, "W1+auth", APOLLO.name)),
        Target("W2 of Apollo Server", 10, True, against(results, "W2+auth", APOLLO.name)),
        Target("W2 of the fastest Node peer", 2, True, against(results, "W2+auth", fastest(results, "W2+auth"))),
        Target("W1slow p99 of the upstream's delay", 5, False, _tail(results)),
        Target("most memory under any load", 80, False, max(memory, default=None), "MiB"),
        Target("start until ready", 0.6, False, median(seconds) if seconds else None, "s"),
    ]


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


def _tail(results: Results) -> float | None:
    ours = results.get("W1slow+auth", {}).get(SERVICE.name)
    return ours.p99_ms / (DELAY_SECONDS * 1000) if ours else None
