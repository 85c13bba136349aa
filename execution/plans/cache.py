"""Which operations have a plan: the repeated ones, as long as they are used."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from execution import graphql_core
from execution.plans.compiler import compile_plan
from execution.plans.plan import Plan
from execution.plans.resolver_call import CannotCompile
from execution.prepared_operation import PreparedOperation

MAX_PLANS = 200
"""Each takes about 70 kB."""

COMPILE_AFTER = 2
"""How often an operation must be sent before it is compiled: this takes milliseconds, and many are sent only once."""

MAX_VARIANTS = 16
"""Combinations of conditions and hidden fields that are counted for one operation."""


@dataclass(slots=True)
class PlanCounts:
    """Operations that a plan executed (`hits`), that had no plan (`misses`), and plans that were compiled.

    A plan that bails out leaves its operation to graphql-core. `errors` counts the operations in which a resolver
    failed, `fallbacks` those with data that the plan can't convert: many fallbacks make the service slow.
    """

    hits: int = 0
    misses: int = 0
    compilations: int = 0
    fallbacks: int = 0
    errors: int = 0

    def count_bailout(self, outcomes: Mapping[Any, Any]) -> None:
        """Count a plan that bailed out after these outcomes of its resolvers."""
        failed = any(isinstance(outcome, graphql_core.Raised) for outcome in outcomes.values())
        self.errors += failed
        self.fallbacks += not failed


class PlanCache:
    """Keeps plans with their operation: for each combination of hidden fields and of the variables in conditions.

    Until there is a plan, how often the combination was sent is kept in its place. The oldest plans are dropped.
    """

    def __init__(self, counts: PlanCounts) -> None:
        self._counts = counts
        self._compiled: deque[tuple[dict[Hashable, Any], Hashable]] = deque()

    def get(self, operation: PreparedOperation) -> Plan | None:
        """The operation's plan; None if it has none yet, or if it can't be compiled."""
        static, variables = operation.operation, operation.variables.coerced
        key = (operation.rights.hidden, *map(variables.get, static.conditions))
        found: Plan | int | None = static.plans.get(key, 0)
        if isinstance(found, int):
            found = self._count(static.plans, key, found + 1, operation)
        if found is None:
            self._counts.misses += 1
        return found

    def _count(
        self, plans: dict[Hashable, Any], key: Hashable, times: int, operation: PreparedOperation
    ) -> Plan | None:
        if times < COMPILE_AFTER:
            if len(plans) < MAX_VARIANTS:
                plans[key] = times
            return None
        self._compiled.append((plans, key))
        if len(self._compiled) > MAX_PLANS:
            oldest, its_key = self._compiled.popleft()
            oldest.pop(its_key, None)
        self._counts.compilations += 1
        try:
            plans[key] = compile_plan(graphql_core.build(operation), operation.rights.hidden)
        except CannotCompile:
            plans[key] = None
        found: Plan | None = plans[key]
        return found
