"""GraphQL documents, parsed and validated once and kept while they are used."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from cachetools import LRUCache
from graphql import (
    DirectiveNode,
    DocumentNode,
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

MAX_CACHED_LENGTH = 16 * 1024
"""A longer document is prepared anew each time: a few of them must not push out all others."""

CACHED_LENGTH = 256 * 1024
"""Characters of all kept documents together; their parsed form takes some 80 times that much memory."""

MAX_ERRORS = 20


class Limits(Protocol):
    """How large a document may be. Each method raises GraphQLError."""

    def check_text(self, text: str) -> None: ...

    def check_document(self, document: DocumentNode) -> None: ...

    def check_cost(
        self, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
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
    affordable: set[Hashable] = field(default_factory=set)
    """The sizes in variables for which the answer was found not too large."""

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation of that name, or the only one. Raises RequestError when that does not name exactly one."""
        operations = [node for node in self.ast.definitions if isinstance(node, OperationDefinitionNode)]
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
        return Document(text, ast, errors, [] if errors else _conditions(ast))


def _conditions(ast: DocumentNode) -> list[str]:
    found: dict[str, None] = {}

    class Conditions(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
            values = [argument.value for argument in node.arguments or ()]
            found.update((value.name.value, None) for value in values if isinstance(value, VariableNode))

    visit(ast, Conditions())
    return list(found)


def name_of(operation: OperationDefinitionNode) -> str | None:
    """The operation's name; None where it has none."""
    return operation.name.value if operation.name is not None else None


def is_query(operation: OperationDefinitionNode) -> bool:
    """Whether the operation only reads."""
    return operation.operation is OperationType.QUERY


def _refused(message: str) -> RequestError:
    return RequestError([GraphQLError(message)])
