"""Parses and validates GraphQL documents, and keeps the recently used ones."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from cachetools import LRUCache
from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature

from execution.response_limits import Limits

MAX_CACHED_LENGTH = 16 * 1024
"""Longer documents are not cached, because a few of them would evict all others."""

CACHED_LENGTH = 256 * 1024
"""Characters of all cached documents together. Their parsed form takes about 80 times that much memory."""

MAX_ERRORS = 20

META_FIELDS = ("__schema", "__type")
"""The introspection fields."""


class RequestError(Exception):
    """The request can't be executed: no field was, and the response has no data."""

    def __init__(self, errors: Sequence[GraphQLError]) -> None:
        super().__init__("request error")
        self.errors = errors

    def presented(self, present: Callable[[GraphQLError], GraphQLError]) -> Self:
        """The same error with its errors as the client gets them."""
        return type(self)([present(error) for error in self.errors])


class OperationNotAllowed(RequestError):
    """The operation's type is not allowed for the HTTP method."""


class NotAStream(RequestError):
    """The operation is a subscription, but the response can't be a stream."""


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """An operation of a valid document. For variables of `accepted_sizes`, its cost is within the limit."""

    definition: OperationDefinitionNode
    name: str | None
    signatures: Sequence[GraphQLVariableSignature]
    accepted_sizes: set[Hashable] = field(default_factory=set)

    @property
    def type(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.definition.operation


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A parsed document. `errors` says why it is not valid."""

    text: str
    ast: DocumentNode
    errors: Sequence[GraphQLError]
    conditions: Sequence[str]
    """The variables that decide which fields are selected."""
    introspects: bool
    """Whether any part of it selects introspection fields."""

    operations: Sequence[Operation]
    """All operations of a valid document."""

    def operation(self, name: str | None) -> Operation:
        """The operation with that name, or the only one. Raises RequestError if there is no such operation."""
        found = [operation for operation in self.operations if name in (None, operation.name)]
        if len(found) == 1:
            return found[0]
        if name is not None:
            raise _request_error("The document has no operation of the name in operationName.")
        raise _request_error("Name the operation in operationName." if found else "The document has no operation.")


class DocumentCache:
    """The documents for one schema.

    Without `introspection`, documents can't select introspection fields, and error messages suggest no names.
    """

    def __init__(self, schema: GraphQLSchema, *, limits: Limits, max_tokens: int, introspection: bool) -> None:
        self._schema = schema
        self._limits = limits
        self._max_tokens = max_tokens
        self._hide_suggestions = not introspection
        self._rules = specified_rules if introspection else (*specified_rules, NoSchemaIntrospectionCustomRule)
        self._documents: LRUCache[str, Document] = LRUCache(
            CACHED_LENGTH, getsizeof=lambda document: len(document.text)
        )

    def get(self, text: str) -> Document:
        """The parsed document. Raises RequestError if it can't be parsed, is too large or is not valid."""
        document = self._documents.get(text)
        if document is None:
            document = self._parse(text)
            if len(text) <= MAX_CACHED_LENGTH:
                self._documents[text] = document
        if document.errors:
            raise RequestError(document.errors)
        return document

    def _parse(self, text: str) -> Document:
        try:
            self._limits.check_text(text)
            ast = parse(text, max_tokens=self._max_tokens)
            self._limits.check_document(ast)
            errors = validate(
                self._schema, ast, self._rules, max_errors=MAX_ERRORS, hide_suggestions=self._hide_suggestions
            )
        except GraphQLError as error:
            raise RequestError([error]) from None
        except RecursionError:
            raise _request_error("The document is nested too deeply.") from None
        conditions, introspects = ([], False) if errors else _inspect(ast)
        operations = [] if errors else list(_operations(self._schema, ast))
        return Document(text, ast, errors, conditions, introspects, operations)


def _inspect(ast: DocumentNode) -> tuple[Sequence[str], bool]:
    """The variables in directives, and whether introspection fields are selected."""
    found: dict[str, None] = {}
    names: set[str] = set()

    class Inspection(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
            values = [argument.value for argument in node.arguments or ()]
            found.update((value.name.value, None) for value in values if isinstance(value, VariableNode))

        def enter_field(self, node: FieldNode, *_: Any) -> None:
            names.add(node.name.value)

    visit(ast, Inspection())
    return list(found), not names.isdisjoint(META_FIELDS)


def _operations(schema: GraphQLSchema, ast: DocumentNode) -> Iterator[Operation]:
    for node in ast.definitions:
        if isinstance(node, OperationDefinitionNode):
            signatures: Any = [get_variable_signature(schema, one) for one in node.variable_definitions or ()]
            yield Operation(node, node.name.value if node.name is not None else None, signatures)


def _request_error(message: str) -> RequestError:
    return RequestError([GraphQLError(message)])
