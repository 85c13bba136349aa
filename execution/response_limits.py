"""Limits on documents and responses: what the executor asks for, and the count of a response's fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode
from graphql.execution.values import VariableValues


class Limits(Protocol):
    """How large a document and its response may be. Each method raises GraphQLError."""

    @property
    def max_fields(self) -> int: ...

    def max_introspection(self, schema: GraphQLSchema) -> int: ...

    def check_text(self, text: str) -> None: ...

    def check_document(self, document: DocumentNode) -> None: ...

    def check_variables(self, variables: Mapping[str, Any]) -> None: ...

    def check_cost(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: VariableValues | None,
    ) -> None: ...


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
