"""One request of an operation, ready to execute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLSchema
from graphql.execution.values import VariableValues

from execution.documents import Operation
from serving.graphql.limits.document_limits import DocumentLimits


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights of a caller. The fields of `hidden` are hidden. The schema is readable only with `introspection`."""

    hidden: frozenset[str] = frozenset()
    introspection: bool = True


@dataclass(frozen=True, slots=True)
class PreparedOperation:
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
