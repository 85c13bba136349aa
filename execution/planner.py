"""Which operations have a plan: those that came before, as long as they keep coming."""

from __future__ import annotations

from collections.abc import Hashable

from cachetools import LRUCache

from execution.calls import Unplannable
from execution.counts import PlanCounts
from execution.documents import name_of
from execution.plans import Plan, Run
from execution.request import Request

MAX_PLANS = 200
"""Each takes some 70 kB."""

MAX_SEEN = 2000
SIGHTINGS = 2
"""When a plan is made: it takes some milliseconds, and many a document comes but once."""


class Planner:
    """Plans by document, operation, what is hidden, and the variables on which fields depend."""

    def __init__(self, counts: PlanCounts) -> None:
        self._counts = counts
        self._plans: LRUCache[Hashable, Plan | None] = LRUCache(MAX_PLANS)
        # By hashes, lest documents be kept that nobody asks for again.
        self._seen: LRUCache[int, int] = LRUCache(MAX_SEEN)

    def run(self, request: Request, hidden: frozenset[str]) -> tuple[Plan, Run] | None:
        """A plan and a run of it; None where the ordinary executor shall do it."""
        conditions = tuple(request.coerced.coerced.get(name) for name in request.document.conditions)
        plan = self._plan(request, hidden, conditions)
        if plan is None:
            self._counts.misses += 1
            return None
        return plan, plan.start(request)

    def _plan(self, request: Request, hidden: frozenset[str], conditions: Hashable) -> Plan | None:
        key = (request.document, name_of(request.operation), hidden, conditions)
        if key in self._plans:
            return self._plans[key]
        seen = hash((request.document.text, *key[1:]))
        sightings = self._seen.pop(seen, 0) + 1
        if sightings < SIGHTINGS:
            self._seen[seen] = sightings
            return None
        self._counts.compilations += 1
        try:
            plan: Plan | None = Plan(request.executor(), hidden)
        except Unplannable:
            plan = None
        self._plans[key] = plan
        return plan
