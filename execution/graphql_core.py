"""Executes an operation with graphql-core."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import (
    ExecutionResult,
    GraphQLObjectType,
    GraphQLResolveInfo,
    MiddlewareManager,
    create_source_event_stream,
    is_introspection_type,
)
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from execution.documents import RequestError
from execution.prepared_operation import FieldCount, PreparedOperation, ResponseTooLarge

ResponsePath = tuple[str | int, ...]
"""The path of a value in the response."""

Outcomes = Mapping[ResponsePath, Any]
"""The results or exceptions of resolvers, by path."""


@dataclass(frozen=True, slots=True)
class Raised:
    """The outcome of a resolver that raised."""

    error: Exception


class CountingExecutor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's executor, which executes no more fields once the response has too many."""

    fields: FieldCount
    introspection: FieldCount

    @property
    def exceeds_limit(self) -> bool:
        """Whether the response has too many fields, or too many of introspection."""
        return self.fields.left < 0 or self.introspection.left < 0

    def execute_field(self, parent_type: GraphQLObjectType, *args: Any, **named: Any) -> Any:
        """The field's value; None above a limit, so that the execution ends in order and soon."""
        self.fields.left -= 1
        if is_introspection_type(parent_type):
            self.introspection.left -= 1
        return None if self.exceeds_limit else super().execute_field(parent_type, *args, **named)


async def execute(operation: PreparedOperation, outcomes: Outcomes | None = None) -> ExecutionResult:
    """Execute the operation. Resolvers with a recorded outcome are not called again.

    Raises RequestError if no field could be executed, and ResponseTooLarge.
    """
    executor = build(operation, outcomes)
    result: Any = executor.execute_operation()
    done: ExecutionResult = result if isinstance(result, ExecutionResult) else await result
    if executor.exceeds_limit:
        raise ResponseTooLarge
    if done.data is None and done.errors and all(error.path is None for error in done.errors):
        raise RequestError(done.errors)
    return done


async def subscribe(operation: PreparedOperation) -> AsyncGenerator[Any, None]:
    """The events of a subscription. Raises RequestError if its field can't be subscribed to."""
    found: Any = create_source_event_stream(build(operation))
    source = await found if isawaitable(found) else found
    if isinstance(source, ExecutionResult):
        raise RequestError(source.errors or ())
    return source  # type: ignore[no-any-return]


def build(operation: PreparedOperation, outcomes: Outcomes | None = None) -> CountingExecutor:
    """The executor of one operation. Raises RequestError."""
    built = CountingExecutor.build(
        operation.schema,
        operation.operation.document,
        root_value=operation.event,
        context_value=operation.context,
        raw_variable_values=dict(operation.raw_variables),
        operation_name=operation.operation.name,
        middleware=MiddlewareManager(_replay(outcomes)) if outcomes else None,
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]  # graphql-core asks for a type guard
        hide_suggestions=not operation.rights.introspection,
    )
    if isinstance(built, list):
        raise RequestError(built)
    assert isinstance(built, CountingExecutor)
    built.fields = FieldCount(operation.limits.max_fields)
    built.introspection = FieldCount(operation.limits.max_introspection(operation.schema))
    return built


def _replay(outcomes: Outcomes) -> Any:
    """Middleware that returns recorded outcomes instead of calling their resolvers."""

    def resolve(next_: Any, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        path = tuple(info.path.as_list())
        return _Replayed(outcomes[path]) if path in outcomes else next_(source, info, **arguments)

    return resolve


class _Replayed:
    """A recorded outcome to await. Not a coroutine, because graphql-core awaits none that an error made superfluous."""

    def __init__(self, outcome: Any) -> None:
        self._outcome = outcome

    def __await__(self) -> Generator[Any, None, Any]:
        if isinstance(self._outcome, Raised):
            raise self._outcome.error
        return self._outcome
        yield  # Makes this a generator.
