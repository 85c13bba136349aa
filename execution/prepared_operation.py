"""One operation of a document, ready to execute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLSchema
from graphql.execution.values import VariableValues

from execution.documents import Document, Operation
from execution.response_limits import Limits


@dataclass(frozen=True, slots=True)
class PreparedOperation:
    """An operation with its variables, as sent and as coerced, and the context of its resolvers."""

    schema: GraphQLSchema
    document: Document
    operation: Operation
    raw_variables: Mapping[str, Any]
    variables: VariableValues
    context: object
    hide_suggestions: bool
    limits: Limits
    event: object = None
    """The event for which a subscription is executed: the value of its root field."""

    @property
    def name(self) -> str | None:
        """The operation's name; None if it has none."""
        return self.operation.name
