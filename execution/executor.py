"""From a document and its variables to a result: by a plan where there is one, else by graphql-core."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import strawberry
from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode

from execution.counts import PlanCounts
from execution.documents import Document, Documents, Limits, OperationNotAllowed, RequestError, is_query, name_of
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
        self._planner = Planner(self._schema, self.counts) if plans else None
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
        """The result, its errors presented. Raises RequestError, presented too, when nothing could be executed.

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
            self._check_cost(document, operation, variables)
            request = Request(self._schema, document, operation, variables, context, hide_suggestions=not introspection)
            result = await self._run(request, hidden)
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
            self._documents.prepare(text)
        except RequestError as refused:
            return [error.message for error in refused.errors]
        return []

    def _check_cost(self, document: Document, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> None:
        declared = [definition.variable.name.value for definition in operation.variable_definitions or ()]
        sizes = (name_of(operation), *(_size(variables[name]) if name in variables else _LEFT_OUT for name in declared))
        if sizes in document.affordable:
            return
        try:
            self._limits.check_cost(document.ast, operation, variables)
        except GraphQLError as error:
            raise RequestError([error]) from None
        if len(document.affordable) < MAX_REMEMBERED_SIZES:
            document.affordable.add(sizes)

    async def _run(self, request: Request, hidden: frozenset[str]) -> ExecutionResult:
        if self._planner is None:
            return await request.execute()
        planned = self._planner.run(request, hidden)
        if planned is None:
            return await request.execute()
        plan, run = planned
        try:
            data = await plan.data(run)
        except Exception:
            # Whatever it was, the executor meets it again in the outcomes, and makes the errors of it.
            self.counts.handovers += 1
            return await request.execute(run.outcomes)
        self.counts.hits += 1
        return ExecutionResult(data, None)


_LEFT_OUT = "left out"


def _size(value: object) -> object:
    """All of a variable that the size of an answer can depend on."""
    if isinstance(value, list):
        return (len(value),)
    return value if isinstance(value, int) else None
