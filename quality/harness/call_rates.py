"""Computes the number of calls in the busiest second, as an upstream measures it."""

from __future__ import annotations

from collections.abc import Iterable


def busiest_second(times: Iterable[float]) -> int:
    """The number of calls in the busiest second, both ends included."""
    times = sorted(times)
    first, most = 0, 0
    for last, time in enumerate(times):
        while time - times[first] > 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most
