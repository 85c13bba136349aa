"""Executes an operation: by its plan if it has one, else by graphql-core."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import strawberry
from graphql import ExecutionResult, GraphQLError

from execution import graphql_core
from execution.documents import DocumentCache, Operation, RequestError
from execution.introspection import IntrospectionCache
from execution.plans import Plan, PlanBailout, PlanCache, PlanCounts, PlanRun
from execution.prepared_operation import FieldCount, PreparedOperation, Rights, coerce, sizes_of
from serving.graphql.limits.document_limits import DocumentLimits

MAX_ACCEPTED_SIZES = 100
"""Sizes of variables for which one operation's cost is remembered as accepted."""


@dataclass(frozen=True, slots=True)
class EventSource:
    """A subscription, ready to execute for each of its events. Close `events` at the end."""

    operation: PreparedOperation
    events: AsyncGenerator[Any, None]


class Executor:
    """Executes operations against one schema."""

    def __init__(
        self, schema: strawberry.Schema, *, limits: DocumentLimits, max_tokens: int, plans: bool = True
    ) -> None:
        self._schema = schema._schema
        self._limits = limits
        self.counts = PlanCounts()
        self._plans = PlanCache(self.counts) if plans else None
        self._introspection = IntrospectionCache()
        self._documents, self._closed_documents = (
            DocumentCache(self._schema, limits=limits, max_tokens=max_tokens, introspection=introspection)
            for introspection in (True, False)
        )

    def find(self, text: str, name: str | None, rights: Rights) -> Operation:
        """The operation of a document, by its name or the only one. Raises RequestError.

        Without the right to introspection, the schema can neither be read nor guessed from suggestions.
        """
        return (self._documents if rights.introspection else self._closed_documents).operation(text, name)

    def prepare(
        self, operation: Operation, variables: Mapping[str, Any], rights: Rights, context: object
    ) -> PreparedOperation:
        """Coerce the variables and check the cost. Raises RequestError."""
        try:
            self._limits.check_variables(variables)
            coerced = coerce(self._schema, operation, variables, hide_suggestions=not rights.introspection)
            accepted, sizes = operation.accepted_sizes, sizes_of(coerced)
            if sizes not in accepted:
                self._limits.check_cost(self._schema, operation.document, operation.definition, coerced)
                if len(accepted) < MAX_ACCEPTED_SIZES and not operation.introspects:
                    accepted.add(sizes)
        except GraphQLError as error:
            raise RequestError([error]) from None
        return PreparedOperation(self._schema, self._limits, operation, variables, coerced, rights, context)

    async def execute(self, operation: PreparedOperation) -> ExecutionResult:
        """The result. Raises RequestError if no field could be executed, and ResponseTooLarge."""
        introspected = self._introspection.result(operation)
        if introspected is not None:
            return introspected
        plan = self._plans.get(operation) if self._plans is not None else None
        return await (graphql_core.execute(operation) if plan is None else self._execute(plan, operation))

    async def subscribe(self, operation: PreparedOperation) -> EventSource:
        """The source of a subscription's events. Raises RequestError."""
        # The context is that of one execution, and each event has its own.
        return EventSource(msgspec.structs.replace(operation, context=None), await graphql_core.subscribe(operation))

    async def execute_event(self, source: EventSource, event: object, context: object) -> ExecutionResult:
        """The result of a subscription for one event. Raises RequestError and ResponseTooLarge."""
        return await graphql_core.execute(msgspec.structs.replace(source.operation, context=context, event=event))

    def problems(self, text: str) -> list[str]:
        """Why a document can't be executed; empty if it can."""
        try:
            for operation in self._documents.operations(text):
                self._limits.check_cost(self._schema, operation.document, operation.definition, None)
        except RequestError as rejected:
            return [error.message for error in rejected.errors]
        except GraphQLError as error:
            return [error.message]
        return []

    async def _execute(self, plan: Plan, operation: PreparedOperation) -> ExecutionResult:
        run = PlanRun(operation, FieldCount(self._limits.max_fields))
        try:
            data = await plan.execute(run)
        except PlanBailout:
            self.counts.count_bailout(run.outcomes)
            try:
                return await graphql_core.execute(operation, run.outcomes)
            finally:
                # Recorded errors refer to the run by their tracebacks, and the run to them.
                run.outcomes.clear()
        self.counts.hits += 1
        return ExecutionResult(data, None)
