"""From a document and its variables to a result, by graphql-core over Strawberry's resolvers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import graphql
import strawberry
from graphql import ExecutionResult, GraphQLError
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from execution.documents import Documents, OperationNotAllowed, RequestError, is_query

Present = Callable[[GraphQLError], GraphQLError]


class Executor:
    """Executes operations against one schema. `present` makes each error fit for the client."""

    def __init__(self, schema: strawberry.Schema, *, present: Present, max_tokens: int) -> None:
        self._schema = schema._schema
        self._present = present
        self._documents = Documents(self._schema, max_tokens=max_tokens)

    async def execute(
        self,
        text: str,
        *,
        variables: Mapping[str, Any],
        operation_name: str | None,
        context: object,
        queries_only: bool = False,
    ) -> ExecutionResult:
        """The result, its errors presented. Raises RequestError, presented too, when nothing could be executed."""
        try:
            document = self._documents.prepare(text)
            operation = document.operation(operation_name)
            if queries_only and not is_query(operation):
                raise OperationNotAllowed([GraphQLError("Only queries may be sent by GET; send this one by POST.")])
            result = graphql.execute(
                self._schema,
                document.ast,
                context_value=context,
                variable_values=dict(variables),
                operation_name=operation_name,
                is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]  # it is the guard that is asked for
                executor_class=StrawberryGraphQLCoreExecutionContext,
            )
            done = result if isinstance(result, ExecutionResult) else await result
            if done.data is None and done.errors and all(error.path is None for error in done.errors):
                raise RequestError(done.errors)
        except RequestError as refused:
            refused.errors = [self._present(error) for error in refused.errors]
            raise
        errors = [self._present(error) for error in done.errors] if done.errors else None
        return ExecutionResult(done.data, errors)
