"""Parses and validates GraphQL documents, and keeps the recently used ones."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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

from serving.graphql.limits.document_limits import DocumentLimits

MAX_CACHED_LENGTH = 16 * 1024
"""Longer documents are not cached, because a few of them would evict all others."""

CACHED_LENGTH = 256 * 1024
"""Characters of all cached documents together. Their parsed form takes about 80 times that much memory."""

MAX_ERRORS = 20

META_FIELDS = ("__schema", "__type")
"""The introspection fields."""


class RequestError(Exception):
    """The request can't be executed. No field was executed, and the response has no data."""

    def __init__(self, errors: Sequence[GraphQLError]) -> None:
        super().__init__("request error")
        self.errors = errors


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """An operation of a valid document, and all that was found out about it once.

    `conditions` are the variables that decide which fields are selected. `introspects`: some part of the document
    selects introspection fields. For variables of `accepted_sizes`, the cost is within the limit. `plans` belongs to
    `execution.plans.PlanCache`.
    """

    text: str
    document: DocumentNode
    definition: OperationDefinitionNode
    name: str | None
    signatures: Sequence[GraphQLVariableSignature]
    conditions: Sequence[str]
    introspects: bool
    accepted_sizes: set[Hashable] = field(default_factory=set)
    plans: dict[Hashable, Any] = field(default_factory=dict)

    @property
    def type(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.definition.operation


@dataclass(frozen=True, slots=True)
class _Document:
    """The errors of a document, or its operations: by name, and the only one by None too."""

    text: str
    errors: Sequence[GraphQLError]
    operations: Mapping[str | None, Operation]

    def operation(self, name: str | None) -> Operation:
        found = self.operations.get(name)
        if found is not None:
            return found
        if name is not None:
            raise _request_error("The document has no operation of the name in operationName.")
        raise _request_error(
            "Name the operation in operationName." if self.operations else "The document has no operation."
        )


class DocumentCache:
    """The documents for one schema.

    Without `introspection`, documents can't select introspection fields, and error messages suggest no names.
    """

    def __init__(self, schema: GraphQLSchema, *, limits: DocumentLimits, max_tokens: int, introspection: bool) -> None:
        self._schema = schema
        self._limits = limits
        self._max_tokens = max_tokens
        self._hide_suggestions = not introspection
        self._rules = specified_rules if introspection else (*specified_rules, NoSchemaIntrospectionCustomRule)
        self._documents: LRUCache[str, _Document] = LRUCache(
            CACHED_LENGTH, getsizeof=lambda document: len(document.text)
        )

    def operation(self, text: str, name: str | None) -> Operation:
        """The operation with that name, or the only one.

        Raises RequestError if there is none, and if the document can't be parsed, is too large or is not valid.
        """
        return self._document(text).operation(name)

    def operations(self, text: str) -> Iterable[Operation]:
        """All operations of a document. Raises RequestError if it can't be parsed, is too large or is not valid."""
        return set(self._document(text).operations.values())

    def _document(self, text: str) -> _Document:
        document = self._documents.get(text)
        if document is None:
            document = self._parse(text)
            if len(text) <= MAX_CACHED_LENGTH:
                self._documents[text] = document
        if document.errors:
            raise RequestError(document.errors)
        return document

    def _parse(self, text: str) -> _Document:
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
        return _Document(text, errors, {} if errors else _operations(self._schema, text, ast))


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


def _operations(schema: GraphQLSchema, text: str, ast: DocumentNode) -> Mapping[str | None, Operation]:
    inspected = _inspect(ast)
    found: dict[str | None, Operation] = {}
    for node in ast.definitions:
        if isinstance(node, OperationDefinitionNode):
            name = node.name.value if node.name is not None else None
            signatures: Any = [get_variable_signature(schema, one) for one in node.variable_definitions or ()]
            found[name] = Operation(text, ast, node, name, signatures, *inspected)
    return {**found, None: next(iter(found.values()))} if len(found) == 1 else found


def _request_error(message: str) -> RequestError:
    return RequestError([GraphQLError(message)])
