"""GraphQL documents, parsed and validated once and kept while they are used."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

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
from graphql.execution.values import VariableValues

MAX_CACHED_LENGTH = 16 * 1024
"""A longer document is prepared anew each time: a few of them must not push out all others."""

CACHED_LENGTH = 256 * 1024
"""Characters of all kept documents together; their parsed form takes some 80 times that much memory."""

MAX_ERRORS = 20

META_FIELDS = ("__schema", "__type")
"""The fields of introspection."""


class Limits(Protocol):
    """How large a document and its response may be. Each method raises GraphQLError."""

    @property
    def max_fields(self) -> int: ...

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


class RequestError(Exception):
    """The request can't be executed at all: no field was, and the answer has no data."""

    def __init__(self, errors: Sequence[GraphQLError]) -> None:
        super().__init__("request error")
        self.errors = errors


class OperationNotAllowed(RequestError):
    """The operation's type is not allowed the way it came."""


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A document that was parsed; `errors` says why it is not valid."""

    text: str
    ast: DocumentNode
    errors: Sequence[GraphQLError]
    conditions: Sequence[str]
    """The variables that decide which fields are selected."""
    introspects: bool
    """Whether any part of it asks for the schema's description."""
    affordable: set[Hashable] = field(default_factory=set)
    """The sizes in variables for which the answer was found not too large."""

    @property
    def operations(self) -> list[OperationDefinitionNode]:
        """All operations of the document."""
        return [node for node in self.ast.definitions if isinstance(node, OperationDefinitionNode)]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation of that name, or the only one. Raises RequestError when that does not name exactly one."""
        operations = self.operations
        if name is None:
            if len(operations) == 1:
                return operations[0]
            raise _refused("Name the operation in operationName." if operations else "The document has no operation.")
        found = next((node for node in operations if name_of(node) == name), None)
        if found is None:
            raise _refused("The document has no operation of the name in operationName.")
        return found


class Documents:
    """Prepares documents for one schema. Without `introspection` none can ask for it or guess it from suggestions."""

    def __init__(self, schema: GraphQLSchema, *, limits: Limits, max_tokens: int, introspection: bool) -> None:
        self._schema = schema
        self._limits = limits
        self._max_tokens = max_tokens
        self._hide_suggestions = not introspection
        self._rules = specified_rules if introspection else (*specified_rules, NoSchemaIntrospectionCustomRule)
        self._cache: LRUCache[str, Document] = LRUCache(CACHED_LENGTH, getsizeof=lambda document: len(document.text))

    def prepare(self, text: str) -> Document:
        """The document. Raises RequestError when it can't be parsed, is too large or is not valid."""
        document = self._cache.get(text)
        if document is None:
            document = self._prepare(text)
            if len(text) <= MAX_CACHED_LENGTH:
                self._cache[text] = document
        if document.errors:
            raise RequestError(document.errors)
        return document

    def _prepare(self, text: str) -> Document:
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
            raise _refused("The document is nested too deeply.") from None
        conditions, introspects = ([], False) if errors else _inspect(ast)
        return Document(text, ast, errors, conditions, introspects)


def _inspect(ast: DocumentNode) -> tuple[Sequence[str], bool]:
    """The variables in directives, and whether there is introspection."""
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


def name_of(operation: OperationDefinitionNode) -> str | None:
    """The operation's name; None where it has none."""
    return operation.name.value if operation.name is not None else None


def is_query(operation: OperationDefinitionNode) -> bool:
    """Whether the operation only reads."""
    return operation.operation is OperationType.QUERY


def _refused(message: str) -> RequestError:
    return RequestError([GraphQLError(message)])
