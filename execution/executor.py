"""Executes an operation: by its plan if it has one, else by graphql-core."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import strawberry
from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode, OperationType
from graphql.execution.values import VariableValues

from execution import graphql_core
from execution.documents import Document, DocumentCache, NotAStream, Operation, OperationNotAllowed, RequestError
from execution.introspection import IntrospectionCache
from execution.plans import Plan, PlanBailout, PlanCache, PlanCounts, PlanRun
from execution.prepared_operation import PreparedOperation
from execution.response_limits import Limits
from execution.variables import coerce, sizes_of

MAX_ACCEPTED_SIZES = 100
"""Sizes of variables for which one operation's cost is remembered as accepted."""

SEND_AS_STREAM = "Send subscriptions with Accept: text/event-stream, or over a WebSocket."

Present = Callable[[GraphQLError], GraphQLError]


class Recorder(Protocol):
    """Receives the operation that is executed."""

    def select(self, operation: OperationDefinitionNode) -> None: ...


@dataclass(frozen=True, slots=True)
class EventSource:
    """A subscription, ready to execute for each of its events. Close `events` at the end."""

    operation: PreparedOperation
    events: AsyncGenerator[Any, None]


class Executor:
    """Executes operations against one schema. `present` converts each error to the one that the client gets."""

    def __init__(
        self, schema: strawberry.Schema, *, present: Present, limits: Limits, max_tokens: int, plans: bool = True
    ) -> None:
        self._schema = schema._schema
        self._present = present
        self._limits = limits
        self.counts = PlanCounts()
        self._plans = PlanCache(self.counts) if plans else None
        self._introspection = IntrospectionCache()
        self._documents, self._closed_documents = (
            DocumentCache(self._schema, limits=limits, max_tokens=max_tokens, introspection=introspection)
            for introspection in (True, False)
        )

    async def execute(
        self,
        text: str,
        *,
        variables: Mapping[str, Any],
        operation_name: str | None,
        context: object,
        hidden: frozenset[str] = frozenset(),
        introspection: bool = True,
        queries_only: bool = False,
        record: Recorder | None = None,
    ) -> ExecutionResult:
        """The result, with presented errors.

        Raises RequestError, with presented errors, if nothing could be executed, and ResponseTooLarge if the execution
        was stopped. `hidden` is what `context` hides. Without `introspection`, the schema can neither be read nor
        guessed from suggestions.
        """
        try:
            document = self._document(text, introspection=introspection)
            operation = document.operation(operation_name)
            if record is not None:
                record.select(operation.definition)
            if queries_only and operation.type is not OperationType.QUERY:
                raise OperationNotAllowed([GraphQLError("Only queries may be sent by GET; send this one by POST.")])
            if operation.type is OperationType.SUBSCRIPTION:
                raise NotAStream([GraphQLError(SEND_AS_STREAM)])
            prepared = self._prepare(document, operation, variables, context, hide_suggestions=not introspection)
            result = await self._result(prepared, hidden)
            if result.data is None and result.errors and all(error.path is None for error in result.errors):
                raise RequestError(result.errors)
        except RequestError as rejected:
            raise rejected.presented(self._present) from None
        return self._presented(result)

    def is_subscription(self, text: str, operation_name: str | None, *, introspection: bool) -> bool:
        """Whether the operation is a subscription. Raises RequestError, with presented errors."""
        try:
            operation = self._document(text, introspection=introspection).operation(operation_name)
            return operation.type is OperationType.SUBSCRIPTION
        except RequestError as rejected:
            raise rejected.presented(self._present) from None

    async def subscribe(
        self,
        text: str,
        *,
        variables: Mapping[str, Any],
        operation_name: str | None,
        context: object,
        introspection: bool,
        record: Recorder,
    ) -> EventSource:
        """The source of a subscription's events. Raises RequestError, with presented errors."""
        try:
            document = self._document(text, introspection=introspection)
            operation = document.operation(operation_name)
            record.select(operation.definition)
            prepared = self._prepare(document, operation, variables, context, hide_suggestions=not introspection)
            events = await graphql_core.subscribe(prepared)
        except RequestError as rejected:
            raise rejected.presented(self._present) from None
        # The context is that of one execution, and each event has its own.
        return EventSource(replace(prepared, context=None), events)

    async def execute_event(self, source: EventSource, event: object, context: object) -> ExecutionResult:
        """The result of a subscription for one event, with presented errors. Raises ResponseTooLarge."""
        return self._presented(await graphql_core.execute(replace(source.operation, context=context, event=event)))

    def _presented(self, result: ExecutionResult) -> ExecutionResult:
        errors = [self._present(error) for error in result.errors] if result.errors else None
        return ExecutionResult(result.data, errors)

    def _document(self, text: str, *, introspection: bool) -> Document:
        return (self._documents if introspection else self._closed_documents).get(text)

    def problems(self, text: str) -> list[str]:
        """Why a document can't be executed; empty if it can."""
        try:
            document = self._documents.get(text)
            for operation in document.operations:
                self._check_cost(document, operation, None)
        except RequestError as rejected:
            return [error.message for error in rejected.errors]
        return []

    def _prepare(
        self,
        document: Document,
        operation: Operation,
        raw_variables: Mapping[str, Any],
        context: object,
        *,
        hide_suggestions: bool,
    ) -> PreparedOperation:
        """Coerce the variables and check the cost. Raises RequestError."""
        try:
            self._limits.check_variables(raw_variables)
        except GraphQLError as error:
            raise RequestError([error]) from None
        coerced = coerce(self._schema, operation, raw_variables, hide_suggestions=hide_suggestions)
        accepted, sizes = operation.accepted_sizes, sizes_of(coerced)
        if sizes not in accepted:
            self._check_cost(document, operation, coerced)
            if len(accepted) < MAX_ACCEPTED_SIZES and not document.introspects:
                accepted.add(sizes)
        return PreparedOperation(
            self._schema, document, operation, raw_variables, coerced, context, hide_suggestions, self._limits
        )

    def _check_cost(self, document: Document, operation: Operation, coerced: VariableValues | None) -> None:
        try:
            self._limits.check_cost(self._schema, document.ast, operation.definition, coerced)
        except GraphQLError as error:
            raise RequestError([error]) from None

    async def _result(self, operation: PreparedOperation, hidden: frozenset[str]) -> ExecutionResult:
        introspected = self._introspection.result(operation)
        if introspected is not None:
            return introspected
        plan = self._plans.get(operation, hidden) if self._plans is not None else None
        return await (graphql_core.execute(operation) if plan is None else self._execute(plan, operation))

    async def _execute(self, plan: Plan, operation: PreparedOperation) -> ExecutionResult:
        run = plan.start(operation)
        try:
            data = await plan.execute(run)
        except PlanBailout:
            self._count_bailout(run)
            try:
                return await graphql_core.execute(operation, run.outcomes)
            finally:
                # Recorded errors refer to the run by their tracebacks, and the run to them.
                run.outcomes.clear()
        self.counts.hits += 1
        return ExecutionResult(data, None)

    def _count_bailout(self, run: PlanRun) -> None:
        failed = any(isinstance(outcome, graphql_core.Raised) for outcome in run.outcomes.values())
        self.counts.errors += failed
        self.counts.fallbacks += not failed
