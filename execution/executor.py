"""From a document and its variables to a result: by a plan where there is one, else by graphql-core."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import strawberry
from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode
from graphql.execution.values import VariableValues, get_variable_values

from execution.counts import PlanCounts
from execution.documents import (
    MAX_ERRORS,
    Document,
    Documents,
    Limits,
    OperationNotAllowed,
    RequestError,
    is_query,
    name_of,
)
from execution.introspection import IntrospectionCache
from execution.planner import Planner
from execution.request import Request

MAX_REMEMBERED_SIZES = 100
"""For one document."""

Present = Callable[[GraphQLError], GraphQLError]


class Note(Protocol):
    """Whoever wants to know which operation is executed."""

    def chosen(self, operation: OperationDefinitionNode) -> None: ...


class Executor:
    """Executes operations against one schema. `present` makes each error fit for the client."""

    def __init__(
        self, schema: strawberry.Schema, *, present: Present, limits: Limits, max_tokens: int, plans: bool = True
    ) -> None:
        self._schema = schema._schema
        self._present = present
        self._limits = limits
        self.counts = PlanCounts()
        self._planner = Planner(self.counts) if plans else None
        self._introspection = IntrospectionCache()
        self._documents, self._closed_documents = (
            Documents(self._schema, limits=limits, max_tokens=max_tokens, introspection=introspection)
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
        note: Note | None = None,
    ) -> ExecutionResult:
        """The result, its errors presented. Raises RequestError, presented too, when nothing could be executed,
        and ResponseTooLarge when the execution was stopped.

        `hidden` is what `context` hides. Without `introspection` the schema can neither be asked for nor guessed from
        suggestions.
        """
        try:
            document = (self._documents if introspection else self._closed_documents).prepare(text)
            operation = document.operation(operation_name)
            if note is not None:
                note.chosen(operation)
            if queries_only and not is_query(operation):
                raise OperationNotAllowed([GraphQLError("Only queries may be sent by GET; send this one by POST.")])
            request = self._request(document, operation, variables, context, hide_suggestions=not introspection)
            result = await self._result(request, hidden)
            if result.data is None and result.errors and all(error.path is None for error in result.errors):
                raise RequestError(result.errors)
        except RequestError as refused:
            refused.errors = [self._present(error) for error in refused.errors]
            raise
        errors = [self._present(error) for error in result.errors] if result.errors else None
        return ExecutionResult(result.data, errors)

    def problems(self, text: str) -> list[str]:
        """Why a document can't be executed; nothing when it can."""
        try:
            document = self._documents.prepare(text)
            for operation in document.operations:
                self._check_cost(document, operation, None)
        except RequestError as refused:
            return [error.message for error in refused.errors]
        return []

    def _request(
        self,
        document: Document,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
        context: object,
        *,
        hide_suggestions: bool,
    ) -> Request:
        """The request, its variables coerced and its cost checked. Raises RequestError."""
        try:
            self._limits.check_variables(variables)
        except GraphQLError as error:
            raise RequestError([error]) from None
        coerced = get_variable_values(
            self._schema,
            operation.variable_definitions or (),
            dict(variables),
            max_errors=MAX_ERRORS,
            hide_suggestions=hide_suggestions,
        )
        if isinstance(coerced, list):
            raise RequestError(coerced)
        sizes = (name_of(operation), *((name, _size(value)) for name, value in coerced.coerced.items()))
        if sizes not in document.affordable:
            self._check_cost(document, operation, coerced)
            if len(document.affordable) < MAX_REMEMBERED_SIZES and not document.introspects:
                document.affordable.add(sizes)
        return Request(
            self._schema, document, operation, variables, coerced, context, hide_suggestions, self._limits.max_fields
        )

    def _check_cost(
        self, document: Document, operation: OperationDefinitionNode, variables: VariableValues | None
    ) -> None:
        try:
            self._limits.check_cost(self._schema, document.ast, operation, variables)
        except GraphQLError as error:
            raise RequestError([error]) from None

    async def _result(self, request: Request, hidden: frozenset[str]) -> ExecutionResult:
        introspected = self._introspection.result(request)
        return introspected if introspected is not None else await self._run(request, hidden)

    async def _run(self, request: Request, hidden: frozenset[str]) -> ExecutionResult:
        if self._planner is None:
            return await request.execute()
        planned = self._planner.run(request, hidden)
        if planned is None:
            return await request.execute()
        plan, run = planned
        try:
            data = await plan.data(run)
        except Exception as error:
            # Whatever it was, the executor meets it again in the outcomes, and makes the errors of it.
            traceback.clear_frames(error.__traceback__)
            self.counts.handovers += 1
            result = await request.execute(run.outcomes)
            run.outcomes.clear()
            return result
        self.counts.hits += 1
        return ExecutionResult(data, None)


def _size(value: object) -> object:
    """The part of a coerced variable on which the cost depends."""
    if isinstance(value, list):
        return (len(value),)
    return value if isinstance(value, int) else None
