"""How large a document may be. Each fragment is measured once, and its measure added wherever it is spread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValueNode,
    VariableNode,
)

from serving.settings import Settings

DEFAULT_PAGE = 10
INTROSPECTION = ("__schema", "__type")
"""Measured by a rule of its own: GraphiQL's question is deeper than any wallet."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a selection is: levels of fields, aliased or repeated fields, fields in the answer."""

    depth: int = 0
    aliases: int = 0
    cost: int = 0


class DocumentLimits:
    """The limits of the settings. Each method raises GraphQLError, which names the limit and its value."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def check_text(self, text: str) -> None:
        """Before a document is parsed; its tokens are counted by the parser."""
        if len(text) > self._settings.max_document_bytes or len(text.encode()) > self._settings.max_document_bytes:
            raise _exceeded("max_document_bytes", self._settings.max_document_bytes, "The document is too long")

    def check_document(self, document: DocumentNode) -> None:
        """Before a document is validated: all that does not depend on variables."""
        meter = _Meter(document, {})
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                self._check_root(node, meter.root_fields(node))
                size = meter.size(node.selection_set)
                self._check("max_depth", size.depth, "The document is nested too deeply")
                self._check("max_aliases", size.aliases, "The document has too many aliased or repeated fields")
                self._check("max_cost", size.cost, "The answer would have too many fields")

    def check_cost(
        self, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
    ) -> None:
        """Before an operation is executed: the fields of its answer, by the list sizes that it asks for."""
        cost = _Meter(document, {**_defaults(operation), **variables}).size(operation.selection_set).cost
        self._check("max_cost", cost, "The answer would have too many fields")

    def _check_root(self, operation: OperationDefinitionNode, fields: int) -> None:
        if operation.operation is OperationType.MUTATION:
            self._check("max_mutations", fields, "The document has too many mutations")
        self._check("max_root_fields", fields, "The document has too many root fields")

    def _check(self, name: str, measured: int, message: str) -> None:
        limit: int = getattr(self._settings, name)
        if measured > limit:
            raise _exceeded(name, limit, message)


class _Meter:
    """Measures selections of one document."""

    def __init__(self, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._measured: dict[str, Size | None] = {}
        self._roots: dict[str, int] = {}

    def root_fields(self, operation: OperationDefinitionNode) -> int:
        """The fields at the root, those of fragments included."""
        return self._count(operation.selection_set)

    def _count(self, selections: SelectionSetNode) -> int:
        total = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                total += 1
            elif isinstance(node, FragmentSpreadNode):
                name = node.name.value
                if name not in self._roots:
                    self._roots[name] = 0
                    fragment = self._fragments.get(name)
                    self._roots[name] = self._count(fragment.selection_set) if fragment else 0
                total += self._roots[name]
            elif isinstance(node, InlineFragmentNode):
                total += self._count(node.selection_set)
        return total

    def size(self, selections: SelectionSetNode) -> Size:
        """The measure of a selection set."""
        depth = aliases = cost = 0
        seen: set[str] = set()
        for node in selections.selections:
            if isinstance(node, FieldNode):
                part = self._field(node)
                key = node.alias.value if node.alias is not None else node.name.value
            elif isinstance(node, FragmentSpreadNode):
                part = self._fragment(node.name.value)
                key = f"...{node.name.value}"
            else:
                assert isinstance(node, InlineFragmentNode)
                part = self.size(node.selection_set)
                key = ""
            depth = max(depth, part.depth)
            aliases += part.aliases + (key in seen)
            cost += part.cost
            if key:
                seen.add(key)
        return Size(depth, aliases, cost)

    def _field(self, node: FieldNode) -> Size:
        alias = 1 if node.alias is not None else 0
        if node.selection_set is None or node.name.value in INTROSPECTION:
            return Size(1, alias, 1)
        inner = self.size(node.selection_set)
        return Size(1 + inner.depth, alias + inner.aliases, 1 + self._list_size(node) * inner.cost)

    def _fragment(self, name: str) -> Size:
        if name not in self._measured:
            fragment = self._fragments.get(name)
            self._measured[name] = None
            self._measured[name] = self.size(fragment.selection_set) if fragment else Size()
        size = self._measured[name]
        if size is None:
            raise GraphQLError(f"The fragment {name} spreads itself.", extensions={"code": "BAD_USER_INPUT"})
        return size

    def _list_size(self, node: FieldNode) -> int:
        """How many times what is below a field may be answered: a page's size, the number of ids, else once."""
        arguments = {argument.name.value: argument.value for argument in node.arguments or ()}
        if node.name.value == "paymentMethods":
            sizes = [self._value(arguments[name]) for name in ("first", "last") if name in arguments]
            return max((size for size in sizes if isinstance(size, int)), default=DEFAULT_PAGE)
        if node.name.value == "nodes" and "ids" in arguments:
            ids = self._value(arguments["ids"])
            return len(ids) if isinstance(ids, list) else 1
        return 1

    def _value(self, node: ValueNode) -> Any:
        """A list's size as far as it is known: an integer, or a list of so many."""
        return self._variables.get(node.name.value) if isinstance(node, VariableNode) else _size(node)


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    """What variables are when they are left out, as far as a size can depend on it."""
    return {node.variable.name.value: _size(node.default_value) for node in operation.variable_definitions or ()}


def _size(node: ValueNode | None) -> Any:
    if isinstance(node, IntValueNode):
        return int(node.value) if len(node.value) <= 9 else 10**9
    return [None] * len(node.values) if isinstance(node, ListValueNode) else None


def _exceeded(name: str, limit: int, message: str) -> GraphQLError:
    return GraphQLError(
        f"{message}: at most {limit} ({name.upper()}).",
        extensions={"code": "BAD_USER_INPUT", "limit": name.upper(), "value": limit},
    )
