"""What an operation selects below a field, so that what is not selected costs nothing."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    SelectionNode,
    VariableNode,
    get_argument_values,
    is_abstract_type,
)
from graphql.execution.values import VariableValues

from schema.context import Info

T = TypeVar("T")

NO_CALL_FIELDS = frozenset({"id", "__typename"})
"""What a reference alone can answer."""


def remembered(of: Callable[[Selection], T]) -> Callable[[Selection], T]:
    """The function, computed but once for one selection."""

    @functools.wraps(of)
    def remember(selection: Selection) -> T:
        if of not in selection.memo:
            selection.memo[of] = of(selection)
        found: T = selection.memo[of]
        return found

    return remember


@dataclass(frozen=True)
class Selection:
    """The sub-selections of some fields, which are taken together."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    nodes: Sequence[FieldNode]
    memo: dict[Any, Any] = field(default_factory=dict, compare=False)
    """What was found out about these nodes. A compiled operation keeps it from request to request."""

    @classmethod
    def of(cls, info: Info) -> Selection:
        """What is selected below the field that is being resolved."""
        raw: Any = info._raw_info
        nodes = raw.field_nodes
        return cls(raw.schema, raw.fragments, raw.variable_values, nodes, getattr(nodes, "memo", {}))

    def fields(self, type_name: str) -> dict[str, list[FieldNode]]:
        """The selected fields of an object type, by name: one name has several nodes where it has several aliases."""
        known: dict[str, list[FieldNode]] | None = self.memo.get(type_name)
        if known is not None:
            return known
        type_ = self.schema.get_type(type_name)
        assert isinstance(type_, GraphQLObjectType)
        found: dict[str, list[FieldNode]] = {}
        for node in self._fields(type_):
            found.setdefault(node.name.value, []).append(node)
        self.memo[type_name] = found
        return found

    def below(self, type_name: str, name: str) -> Selection:
        """What is selected below that field of an object type, under any of its aliases."""
        nodes = self.fields(type_name).get(name, [])
        memo = self.memo.setdefault((type_name, name), {})
        return Selection(self.schema, self.fragments, self.variables, nodes, memo)

    def arguments(self, type_name: str, node: FieldNode) -> dict[str, Any]:
        """The values of a selected field's arguments, defaults included."""
        type_ = self.schema.get_type(type_name)
        assert isinstance(type_, GraphQLObjectType)
        return get_argument_values(type_.fields[node.name.value], node, VariableValues({}, dict(self.variables)))

    def _fields(self, type_: GraphQLObjectType) -> Iterator[FieldNode]:
        spread: set[str] = set()
        for node in self.nodes:
            if node.selection_set:
                yield from self._collect(node.selection_set.selections, type_, spread)

    def _collect(
        self, selections: Sequence[SelectionNode], type_: GraphQLObjectType, spread: set[str]
    ) -> Iterator[FieldNode]:
        for selection in selections:
            if not self._included(selection):
                continue
            if isinstance(selection, FieldNode):
                yield selection
                continue
            fragment: Any = selection
            if isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name in spread or name not in self.fragments:
                    continue
                spread.add(name)
                fragment = self.fragments[name]
            condition = fragment.type_condition
            if condition is None or self._matches(condition.name.value, type_):
                yield from self._collect(fragment.selection_set.selections, type_, spread)

    def _matches(self, condition: str, type_: GraphQLObjectType) -> bool:
        other = self.schema.get_type(condition)
        return other is type_ or (is_abstract_type(other) and self.schema.is_sub_type(other, type_))

    def _included(self, selection: SelectionNode) -> bool:
        for directive in selection.directives or ():
            name = directive.name.value
            if name in ("skip", "include") and self._condition(directive) is (name == "skip"):
                return False
        return True

    def _condition(self, directive: DirectiveNode) -> bool:
        value = next(argument.value for argument in directive.arguments or ())
        if isinstance(value, VariableNode):
            return self.variables.get(value.name.value) is True
        return isinstance(value, BooleanValueNode) and value.value
