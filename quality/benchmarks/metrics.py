"""Reads the service's counters of compiled plans from /metrics."""

from __future__ import annotations

import re
from collections.abc import Mapping

import httpx

from quality.benchmarks.servers import RunningServer

HITS = ("attache_plan_hits_total",)
OTHERS = ("attache_plan_misses_total", "attache_plan_fallbacks_total")
"""The counters of operations that graphql-core executed, entirely or after a fallback."""

_SAMPLE = re.compile(r"^(\w+)(?:\{.*\})? (\S+)", re.MULTILINE)


def scrape(started: RunningServer) -> Mapping[str, float]:
    """The service's counters by name, summed over labels. Empty for other servers, or without an endpoint."""
    if not started.server.is_service:
        return {}
    response = httpx.get(f"http://127.0.0.1:{started.port}/metrics", trust_env=False, timeout=60)
    return read(response.text) if response.status_code == 200 else {}


def read(text: str) -> dict[str, float]:
    """Parse Prometheus's text format. Returns the samples by name, summed over labels."""
    totals: dict[str, float] = {}
    for name, value in _SAMPLE.findall(text):
        totals[name] = totals.get(name, 0.0) + float(value)
    return totals


def share_of_hits(before: Mapping[str, float], after: Mapping[str, float]) -> float | None:
    """The share of operations between two scrapes that a plan executed. None if there were no operations."""
    hits, others = (sum(after.get(name, 0.0) - before.get(name, 0.0) for name in names) for names in (HITS, OTHERS))
    return hits / (hits + others) if hits + others > 0 else None
