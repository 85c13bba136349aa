"""One operation with its variables, as graphql-core executes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import ExecutionResult, GraphQLResolveInfo, GraphQLSchema, MiddlewareManager, OperationDefinitionNode
from graphql.execution.values import VariableValues
from strawberry.execution import optimized_is_awaitable

from execution.documents import Document, RequestError, name_of
from execution.field_count import CountingExecutor, FieldCount, ResponseTooLarge

Keys = tuple[str | int, ...]
"""Where a value stands in the answer."""

Outcomes = Mapping[Keys, Any]
"""What resolvers gave or raised, by where they stand."""


@dataclass(frozen=True, slots=True)
class Request:
    """An operation of a document, with its variables as sent and as coerced, and the context of its resolvers."""

    schema: GraphQLSchema
    document: Document
    operation: OperationDefinitionNode
    variables: Mapping[str, Any]
    coerced: VariableValues
    context: object
    hide_suggestions: bool
    max_fields: int

    def new_count(self) -> FieldCount:
        """A count of the response's fields that starts at the limit."""
        return FieldCount(self.max_fields)

    def executor(self, outcomes: Outcomes | None = None) -> CountingExecutor:
        """graphql-core's executor, which asks no resolver whose outcome is there. Raises RequestError."""
        built = CountingExecutor.build(
            self.schema,
            self.document.ast,
            context_value=self.context,
            raw_variable_values=dict(self.variables),
            operation_name=name_of(self.operation),
            middleware=MiddlewareManager(_replay(outcomes)) if outcomes else None,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]  # it is the guard that is asked for
            hide_suggestions=self.hide_suggestions,
        )
        if isinstance(built, list):
            raise RequestError(built)
        assert isinstance(built, CountingExecutor)
        built.fields = self.new_count()
        return built

    async def execute(self, outcomes: Outcomes | None = None) -> ExecutionResult:
        """The result. Raises RequestError when no field could be executed, and ResponseTooLarge."""
        executor = self.executor(outcomes)
        result: Any = executor.execute_operation()
        done: ExecutionResult = result if isinstance(result, ExecutionResult) else await result
        if executor.fields.left < 0:
            raise ResponseTooLarge
        return done


def _replay(outcomes: Outcomes) -> Any:
    def resolve(next_: Any, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        place = tuple(info.path.as_list())
        return again(outcomes[place]) if place in outcomes else next_(source, info, **arguments)

    async def again(outcome: Any) -> Any:
        if isinstance(outcome, Raised):
            raise outcome.error
        return outcome

    return resolve


@dataclass(frozen=True, slots=True)
class Raised:
    """The outcome of a resolver that raised."""

    error: Exception
