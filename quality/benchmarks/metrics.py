"""The service's own counters of its compiled plans, read at /metrics where it exports any."""

from __future__ import annotations

import re
from collections.abc import Mapping

import httpx

from quality.benchmarks.servers import Started

HITS = ("attache_plan_hits_total",)
OTHERS = ("attache_plan_misses_total", "attache_plan_fallbacks_total")
"""Operations that a plan answered from start to end, and those that the ordinary executor had to answer."""

_SAMPLE = re.compile(r"^(\w+)(?:\{.*\})? (\S+)", re.MULTILINE)


def scrape(started: Started) -> Mapping[str, float]:
    """All counters by name, their labels added up; none of another server, or where nothing is exported."""
    if not started.server.is_service:
        return {}
    response = httpx.get(f"http://127.0.0.1:{started.port}/metrics", trust_env=False, timeout=60)
    return read(response.text) if response.status_code == 200 else {}


def read(text: str) -> dict[str, float]:
    """The samples of Prometheus's text format, by name, their labels added up."""
    found: dict[str, float] = {}
    for name, value in _SAMPLE.findall(text):
        found[name] = found.get(name, 0.0) + float(value)
    return found


def share_of_hits(before: Mapping[str, float], after: Mapping[str, float]) -> float | None:
    """Of the operations between two scrapes, the share that a plan answered. None when none was counted."""
    hits, others = (sum(after.get(name, 0.0) - before.get(name, 0.0) for name in names) for names in (HITS, OTHERS))
    return hits / (hits + others) if hits + others > 0 else None
