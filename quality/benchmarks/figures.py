"""Summaries of measurements: medians, ranges and ratios."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from quality.benchmarks.measurement import Measurement


@dataclass(frozen=True)
class Summary(Measurement):
    """The rounds of a server under a workload: medians, but maxima of `rss_mib`, `interference` and `load_core`.

    `lowest` and `highest` are the range of requests per second.
    """

    lowest: float = field(kw_only=True)
    highest: float = field(kw_only=True)


def summary(rounds: Sequence[Measurement]) -> Summary:
    """Summarize the rounds of a server under a workload."""
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
        interference=significant(max(one.interference for one in rounds)),
        load_core=significant(max(one.load_core for one in rounds)),
        plan_hits=significant(median(hits)) if hits else None,
        faults=tuple(fault for one in rounds for fault in one.faults),
    )


def significant(value: float, digits: int = 4) -> float:
    """The value rounded to significant digits."""
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def ratio(part: float, whole: float) -> float | None:
    """The quotient, or None if `whole` is zero."""
    return part / whole if whole else None
