"""The cost of introspection: the exact number of fields in the response, down to a limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    SelectionSetNode,
    get_argument_values,
    get_named_type,
    is_list_type,
)
from graphql.execution.values import VariableValues

LETTERS = 50
"""A response name counts one more field for each 50 letters."""


class TooMuchIntrospection(Exception):
    """There are more fields below `__schema` and `__type` than allowed."""


class _Selected(NamedTuple):
    """A selected field of introspection."""

    cost: int
    read: Callable[..., Any]
    arguments: Mapping[str, Any]
    type: GraphQLNamedType
    is_list: bool
    node: FieldNode


class IntrospectionMeter:
    """Counts the fields of introspection by resolving them. All counts of a meter share its limit."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues | None,
        limit: int,
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables or VariableValues({}, {})
        # graphql-core's resolvers for introspection use only this part of GraphQLResolveInfo.
        self._info = SimpleNamespace(schema=schema)
        self._remaining = limit
        self._selected: dict[int, list[_Selected]] = {}

    def cost(self, type_: str, source: Any, node: FieldNode) -> int:
        """The fields below `node`, whose value is `source`. Raises TooMuchIntrospection above the limit."""
        before = self._remaining
        self._count(source, self._schema.type_map[type_], node)
        return before - self._remaining

    def _count(self, source: Any, type_: GraphQLNamedType, node: FieldNode) -> None:
        if source is None:
            return
        for field in self._fields(type_, node):
            self._remaining -= field.cost
            if self._remaining < 0:
                raise TooMuchIntrospection
            if field.node.selection_set is not None:
                found = field.read(source, self._info, **field.arguments)
                for one in found or () if field.is_list else (found,):
                    self._count(one, field.type, field.node)

    def _fields(self, type_: GraphQLNamedType, node: FieldNode) -> list[_Selected]:
        found = self._selected.get(id(node))
        if found is None:
            assert node.selection_set is not None
            fields = _flat(node.selection_set, self._fragments)
            found = self._selected[id(node)] = [self._field(type_, field) for field in fields]
        return found

    def _field(self, type_: Any, node: FieldNode) -> _Selected:
        definition = self._schema.get_field(type_, node.name.value)
        assert definition is not None
        assert definition.resolve is not None
        arguments = get_argument_values(definition, node, self._variables)
        type_, is_list = get_named_type(definition.type), is_list_type(nullable(definition.type))
        return _Selected(field_cost(node), definition.resolve, arguments, type_, is_list, node)


def _flat(selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[FieldNode]:
    """The fields of a selection set and its fragments. Each fragment is read once."""
    pending, spread = [selections], set()
    while pending:
        for node in pending.pop().selections:
            if isinstance(node, FieldNode):
                yield node
            elif not isinstance(node, FragmentSpreadNode):
                pending.append(node.selection_set)  # type: ignore[attr-defined]
            elif node.name.value not in spread:
                spread.add(node.name.value)
                pending.append(fragments[node.name.value].selection_set)


def field_cost(node: FieldNode) -> int:
    """The cost of the field without its selections."""
    name = node.name if node.alias is None else node.alias
    return 1 + len(name.value) // LETTERS


def nullable(type_: Any) -> Any:
    """The type without a non-null wrapper."""
    return type_.of_type if isinstance(type_, GraphQLNonNull) else type_
