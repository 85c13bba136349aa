"""Summaries of single measurements: medians, spreads, ratios."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from quality.benchmarks.measurement import Measurement


@dataclass(frozen=True)
class Summary(Measurement):
    """A server under a workload: medians over the rounds.

    `lowest` and `highest` are requests in a second, `rss_mib` is the most of any round, and so are the shares of a core
    that `foreign` programs took from the server's and that `rest`, the upstream and the load, took of the other.
    """

    lowest: float = field(kw_only=True)
    highest: float = field(kw_only=True)


def summary(rounds: Sequence[Measurement]) -> Summary:
    """The rounds of one server under one workload."""
    rates = [one.per_second for one in rounds]
    hits = [one.plan_hits for one in rounds if one.plan_hits is not None]
    return Summary(
        per_second=significant(median(rates)),
        lowest=significant(min(rates)),
        highest=significant(max(rates)),
        cpu_us=significant(median(one.cpu_us for one in rounds)),
        p50_ms=significant(median(one.p50_ms for one in rounds)),
        p99_ms=significant(median(one.p99_ms for one in rounds)),
        rss_mib=significant(max(one.rss_mib for one in rounds)),
        foreign=significant(max(one.foreign for one in rounds)),
        rest=significant(max(one.rest for one in rounds)),
        plan_hits=significant(median(hits)) if hits else None,
        faults=tuple(fault for one in rounds for fault in one.faults),
    )


def significant(value: float, digits: int = 4) -> float:
    """The value, rounded to significant digits, so that results differ only in what was measured."""
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def ratio(part: float, whole: float) -> float | None:
    """How many times the one is the other; None where that is nothing."""
    return part / whole if whole else None
