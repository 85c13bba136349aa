"""From a document and its variables to a result, by graphql-core over Strawberry's resolvers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import graphql
import strawberry
from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from execution.counts import PlanCounts
from execution.documents import Document, Documents, Limits, OperationNotAllowed, RequestError, is_query

Present = Callable[[GraphQLError], GraphQLError]


class Note(Protocol):
    """Whoever wants to know which operation is executed."""

    def chosen(self, operation: OperationDefinitionNode) -> None: ...


class Executor:
    """Executes operations against one schema. `present` makes each error fit for the client."""

    def __init__(self, schema: strawberry.Schema, *, present: Present, limits: Limits, max_tokens: int) -> None:
        self._schema = schema._schema
        self._present = present
        self._limits = limits
        self.counts = PlanCounts()
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
        introspection: bool = True,
        queries_only: bool = False,
        note: Note | None = None,
    ) -> ExecutionResult:
        """The result, its errors presented. Raises RequestError, presented too, when nothing could be executed.

        Without `introspection` the schema can neither be asked for nor guessed from suggestions.
        """
        try:
            document = (self._documents if introspection else self._closed_documents).prepare(text)
            operation = document.operation(operation_name)
            if note is not None:
                note.chosen(operation)
            if queries_only and not is_query(operation):
                raise OperationNotAllowed([GraphQLError("Only queries may be sent by GET; send this one by POST.")])
            result = await self._run(document, operation, variables, context, introspection)
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

    async def _run(
        self,
        document: Document,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
        context: object,
        introspection: bool,
    ) -> ExecutionResult:
        try:
            self._limits.check_cost(document.ast, operation, variables)
        except GraphQLError as error:
            raise RequestError([error]) from None
        result = graphql.execute(
            self._schema,
            document.ast,
            context_value=context,
            variable_values=dict(variables),
            operation_name=operation.name.value if operation.name else None,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]  # it is the guard that is asked for
            executor_class=StrawberryGraphQLCoreExecutionContext,
            hide_suggestions=not introspection,
        )
        done = result if isinstance(result, ExecutionResult) else await result
        if done.data is None and done.errors and all(error.path is None for error in done.errors):
            raise RequestError(done.errors)
        return done
