"""One request of an operation: its variables, the rights of its caller, and the size of its response."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from graphql import GraphQLSchema, Undefined, coerce_input_value
from graphql.execution.values import VariableValues, VariableValueSource, get_variable_values

from execution.documents import MAX_ERRORS, Operation, RequestError
from serving.graphql.limits.document_limits import DocumentLimits


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights of a caller. The fields of `hidden` are hidden. The schema is readable only with `introspection`."""

    hidden: frozenset[str] = frozenset()
    introspection: bool = True


class PreparedOperation(msgspec.Struct, frozen=True, eq=False):
    """An operation with its variables, as sent and as coerced, and the context of its resolvers."""

    schema: GraphQLSchema
    limits: DocumentLimits
    operation: Operation
    raw_variables: Mapping[str, Any]
    variables: VariableValues
    rights: Rights
    context: object
    event: object = None
    """The event for which a subscription is executed: the value of its root field."""


class ResponseTooLarge(Exception):
    """The response has more fields than the limit. Resolvers may have run, including writes."""


@dataclass(slots=True)
class FieldCount:
    """Counts down from the limit."""

    left: int

    def add(self, fields: int) -> None:
        """Count some fields. Raises ResponseTooLarge above the limit."""
        self.left -= fields
        if self.left < 0:
            raise ResponseTooLarge


def coerce(
    schema: GraphQLSchema, operation: Operation, raw: Mapping[str, Any], *, hide_suggestions: bool
) -> VariableValues:
    """The coerced variables. Raises RequestError."""
    coerced = _coerce_given(operation, raw) or get_variable_values(
        schema,
        operation.definition.variable_definitions or (),
        dict(raw),
        max_errors=MAX_ERRORS,
        hide_suggestions=hide_suggestions,
    )
    if isinstance(coerced, list):
        raise RequestError(coerced)
    return coerced


def _coerce_given(operation: Operation, raw: Mapping[str, Any]) -> VariableValues | None:
    """The same as graphql-core finds, with signatures found once. None if a variable is missing or invalid."""
    values = VariableValues({}, {})
    for signature in operation.signatures:
        name = signature.name
        value = raw.get(name, Undefined)
        try:
            coerced = Undefined if value is Undefined else coerce_input_value(value, signature.type)
        except RecursionError:
            return None
        if coerced is Undefined:
            return None
        values.sources[name] = VariableValueSource(signature, value)
        values.coerced[name] = coerced
    return values


def sizes_of(variables: VariableValues) -> Hashable:
    """The part of coerced variables on which the cost depends."""
    return tuple((name, _size(value)) for name, value in variables.coerced.items())


def _size(value: object) -> object:
    if isinstance(value, list):
        return (len(value),)
    return value if isinstance(value, int) else None
