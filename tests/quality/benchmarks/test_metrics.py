"""The share of operations that compiled plans executed."""

from __future__ import annotations

from quality.benchmarks.metrics import read, share_of_hits

BEFORE = 'attache_plan_hits_total{worker="1"} 5.0\nattache_plan_hits_total{worker="2"} 5.0\n'
AFTER = """\
# HELP attache_plan_hits_total Operations that a compiled plan answered.
# TYPE attache_plan_hits_total counter
attache_plan_hits_total{worker="1"} 50.0
attache_plan_hits_total{worker="2"} 50.0
attache_plan_misses_total 7.0
attache_plan_fallbacks_total 3.0
"""


def test_misses_and_fallbacks_are_no_hits():
    assert share_of_hits(read(BEFORE), read(AFTER)) == 0.9


def test_nothing_counted_is_no_share():
    assert share_of_hits({}, {}) is None
    assert share_of_hits(read(AFTER), read(AFTER)) is None
