"""A compiled operation, and one run of it.

The generated code builds the response's objects at once, with gaps for values that a resolver returns later. A
coroutine in `pending` fills each of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from strawberry.execution import optimized_is_awaitable

from execution.graphql_core import Raised, ResponsePath
from execution.plans.resolver_call import Resolve, ResolverCall
from execution.prepared_operation import FieldCount, PreparedOperation

Pending = list[Coroutine[Any, Any, None]]
"""Coroutines that still have to run. Each stores its result itself, and none raises."""


async def gather(pending: Pending) -> None:
    """Run all of them concurrently. One alone is awaited without a task, which would cost more than most values."""
    if len(pending) > 1:
        await asyncio.gather(*pending)
    elif pending:
        await pending[0]


class PlanBailout(Exception):
    """The plan can't execute the operation. graphql-core executes it, with the outcomes so far."""


class SharedValue(NamedTuple):
    """The value of a reference, and how many fields it has."""

    value: Any
    fields: int


@dataclass(slots=True)
class PlanRun:
    """One execution of a plan. `failed` is set for data that only graphql-core can handle."""

    operation: PreparedOperation
    fields: FieldCount
    outcomes: dict[ResponsePath, Any] = field(default_factory=dict)
    resolvers: dict[ResolverCall, Resolve] = field(default_factory=dict)
    shared: dict[tuple[ResolvedField, str], SharedValue] = field(default_factory=dict)
    failed: bool = False


Complete = Callable[[Any, PlanRun, ResponsePath, Pending], Any]
"""From a value, at a path, to its form in the response. Raises any exception if that is not possible."""


Step = Callable[[None, PlanRun, ResponsePath, Pending, Any], None]
"""Puts fields of the operation into its data."""


class Plan:
    """A compiled operation. Its steps fill the data, one after the other."""

    def __init__(self, data: Callable[[], Any], steps: Sequence[Step]) -> None:
        self._new_data = data
        self._steps = steps

    async def execute(self, run: PlanRun) -> Any:
        """The operation's data, as msgspec encodes it. Raises PlanBailout, after all called resolvers have ended."""
        data = self._new_data()
        for step in self._steps:
            pending: Pending = []
            try:
                step(None, run, (), pending, data)
            except Exception:
                run.failed = True
            await gather(pending)
            if run.failed:
                raise PlanBailout
        return data


class ResolvedField:
    """A field whose value a resolver returns. Objects with the same id in `reference` share it, unless it came later.

    `reference` is the member of the JSON that the resolver follows; None if it depends on more.
    """

    def __init__(self, key: str, attribute: str, call: ResolverCall, reference: str | None, complete: Complete) -> None:
        self._key = key
        self._attribute = attribute
        self._call = call
        self._reference = reference
        self._complete = complete

    def resolve(self, source: Any, run: PlanRun, parent: ResponsePath, pending: Pending, response: Any) -> None:
        """Put the field into `response`: a shared value or the resolver's at once, or a coroutine's later."""
        id = source.json.get(self._reference) if self._reference is not None else None
        if type(id) is not str:
            self._resolve(source, run, parent, pending, response)
        elif (shared := run.shared.get((self, id))) is not None:
            run.fields.add(shared.fields)
            setattr(response, self._attribute, shared.value)
        else:
            left, waiting = run.fields.left, len(pending)
            self._resolve(source, run, parent, pending, response)
            if len(pending) == waiting and not run.failed:
                value = getattr(response, self._attribute)
                run.shared[self, id] = SharedValue(value, left - run.fields.left)

    def _resolve(self, source: Any, run: PlanRun, parent: ResponsePath, pending: Pending, response: Any) -> None:
        path = (*parent, self._key)
        try:
            resolver = run.resolvers.get(self._call)
            if resolver is None:
                resolver = run.resolvers[self._call] = self._call.bind(run.operation)
            outcome = resolver(source)
        except Exception as error:
            self._record_error(error, run, path)
            return
        if optimized_is_awaitable(outcome):
            pending.append(self._resolve_later(outcome, run, path, response))
        else:
            self._complete_outcome(outcome, run, path, pending, response)

    async def _resolve_later(self, awaitable: Awaitable[Any], run: PlanRun, path: ResponsePath, response: Any) -> None:
        try:
            outcome = await awaitable
        except Exception as error:
            self._record_error(error, run, path)
            return
        pending: Pending = []
        self._complete_outcome(outcome, run, path, pending, response)
        await gather(pending)

    def _complete_outcome(
        self, outcome: Any, run: PlanRun, path: ResponsePath, pending: Pending, response: Any
    ) -> None:
        run.outcomes[path] = outcome
        try:
            setattr(response, self._attribute, self._complete(outcome, run, path, pending))
        except Exception:
            run.failed = True

    @staticmethod
    def _record_error(error: Exception, run: PlanRun, path: ResponsePath) -> None:
        run.outcomes[path] = Raised(error)
        run.failed = True


def present(value: Any) -> Any:
    """The value of a non-null field."""
    if value is None:
        raise ValueError("null in a non-null field")
    return value


def complete_each(complete: Complete, value: Any, run: PlanRun, path: ResponsePath, pending: Pending) -> Any:
    """The value of a list field. All items are completed, so that their resolvers are called, even if one fails."""
    if not isinstance(value, list):
        raise ValueError("no list in a list field")
    completed = []
    for index, item in enumerate(value):
        try:
            completed.append(complete(item, run, (*path, index), pending))
        except Exception:
            run.failed = True
    return completed
