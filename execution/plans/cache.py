"""Which operations have a plan: the repeated ones, as long as they are used."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from cachetools import LRUCache

from execution import graphql_core
from execution.plans.compiler import compile_plan
from execution.plans.plan import Plan
from execution.plans.resolver_call import CannotCompile
from execution.prepared_operation import PreparedOperation

MAX_PLANS = 200
"""Each takes about 70 kB."""

COMPILE_AFTER = 2
"""How often an operation must be sent before it is compiled: this takes milliseconds, and many are sent only once."""

MAX_SEEN = 2000
"""Operations whose requests are counted before they have a plan."""


@dataclass(slots=True)
class PlanCounts:
    """Operations that a plan answered (`hits`), that had no plan (`misses`), and plans that were compiled.

    A plan that bails out leaves its operation to graphql-core. `errors` counts the operations in which a resolver
    failed, `fallbacks` those with data that the plan can't convert: many fallbacks make the service slow.
    """

    hits: int = 0
    misses: int = 0
    compilations: int = 0
    fallbacks: int = 0
    errors: int = 0


class PlanCache:
    """Plans by document, operation, hidden data, and the variables that decide which fields are selected."""

    def __init__(self, counts: PlanCounts) -> None:
        self._counts = counts
        self._plans: LRUCache[Hashable, Plan | None] = LRUCache(MAX_PLANS)
        # Keyed by hash, so that unused documents are not retained.
        self._seen: LRUCache[int, int] = LRUCache(MAX_SEEN)

    def get(self, operation: PreparedOperation, hidden: frozenset[str]) -> Plan | None:
        """The operation's plan; None if it has none yet, or if it can't be compiled."""
        variables = operation.variables.coerced
        conditions = tuple(variables.get(name) for name in operation.document.conditions)
        key = (operation.document, operation.name, hidden, conditions)
        plan = self._plans[key] if key in self._plans else self._compile_repeated(key, operation, hidden)
        if plan is None:
            self._counts.misses += 1
        return plan

    def _compile_repeated(
        self, key: tuple[Hashable, ...], operation: PreparedOperation, hidden: frozenset[str]
    ) -> Plan | None:
        seen = hash((operation.document.text, *key[1:]))
        times = self._seen.pop(seen, 0) + 1
        if times < COMPILE_AFTER:
            self._seen[seen] = times
            return None
        plan = self._plans[key] = self._compile(operation, hidden)
        return plan

    def _compile(self, operation: PreparedOperation, hidden: frozenset[str]) -> Plan | None:
        self._counts.compilations += 1
        try:
            return compile_plan(graphql_core.build(operation), hidden)
        except CannotCompile:
            return None
