"""The selection below a field, so that a field that is not selected costs no REST call."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Self, TypeVar, overload

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
from strawberry.utils.str_converters import to_camel_case

from schema.context import Info

T = TypeVar("T")
S = TypeVar("S", bound="Selection")


def memoized(function: Callable[[S], T]) -> Callable[[S], T]:
    """The function, computed once for each selection."""

    @functools.wraps(function)
    def remember(selection: S) -> T:
        key = (function, selection.type_name)
        if key not in selection.memo:
            selection.memo[key] = function(selection)
        found: T = selection.memo[key]
        return found

    return remember


class Below(Generic[S]):
    """A field of a selection class: what is selected below the GraphQL field that the attribute is named after.

    `kind` gives the class for the field's type, by a function because types refer to each other.
    """

    def __init__(self, kind: Callable[[], type[S]]) -> None:
        self._kind = kind
        self.name = ""

    def __set_name__(self, owner: type[Selection], name: str) -> None:
        self.name = to_camel_case(name)

    @overload
    def __get__(self, selection: None, owner: type[Selection]) -> Below[S]: ...

    @overload
    def __get__(self, selection: Selection, owner: type[Selection]) -> S: ...

    def __get__(self, selection: Selection | None, owner: type[Selection]) -> Below[S] | S:
        if selection is None:
            return self
        memo = selection.memo.setdefault((selection.type_name, self.name), {})
        nodes = selection.fields.get(self.name, [])
        return self._kind()(selection.schema, selection.fragments, selection.variables, nodes, memo)


@dataclass(frozen=True)
class Selection:
    """The selection of an operation below one field, under any of its aliases.

    A subclass names the fields of one object type that resolvers look ahead to: `PaymentMethodSelection.customer`.
    """

    type_name: ClassVar[str]
    EVERYTHING: ClassVar[frozenset[str]] = frozenset()
    """The `expand` paths of all that can be selected."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    field_nodes: Sequence[FieldNode]
    memo: dict[Any, Any] = field(default_factory=dict, compare=False)
    """Results for these nodes. A compiled operation keeps them for its next requests."""

    def __init_subclass__(cls, of: type) -> None:
        """`of` is the type's declaration in `schema/`, or the payload's."""
        cls.type_name = of.__strawberry_definition__.name  # type: ignore[attr-defined]

    @classmethod
    def of(cls, info: Info) -> Self:
        """The selection below the field that is being resolved."""
        raw: Any = info._raw_info
        nodes = raw.field_nodes
        return cls(raw.schema, raw.fragments, raw.variable_values, nodes, getattr(nodes, "memo", {}))

    @property
    def is_selected(self) -> bool:
        """Whether the field itself is selected."""
        return bool(self.field_nodes)

    @property
    def expand(self) -> frozenset[str]:
        """The `expand` paths of what is selected."""
        return frozenset()

    @property
    def fields(self) -> Mapping[str, list[FieldNode]]:
        """The selected fields by name. A field that is selected under several aliases has several nodes."""
        known: dict[str, list[FieldNode]] | None = self.memo.get(self.type_name)
        if known is None:
            known = self.memo[self.type_name] = {}
            for node in self._fields(self._type):
                known.setdefault(node.name.value, []).append(node)
        return known

    def selects(self, *fields: Below[Any]) -> bool:
        """Whether one of these fields is selected."""
        return any(one.name in self.fields for one in fields)

    def selects_more_than(self, *fields: Below[Any]) -> bool:
        """Whether a field other than these and `__typename` is selected."""
        return not {"__typename", *(one.name for one in fields)}.issuperset(self.fields)

    def arguments(self, field: Below[Any]) -> list[dict[str, Any]]:
        """The arguments of a field by their Python names, defaults included: one set for each alias."""
        definition = self._type.fields[field.name]
        values = VariableValues({}, dict(self.variables))
        return [
            {_python_name(name): value for name, value in get_argument_values(definition, node, values).items()}
            for node in self.fields.get(field.name, ())
        ]

    @property
    def _type(self) -> GraphQLObjectType:
        type_ = self.schema.get_type(self.type_name)
        assert isinstance(type_, GraphQLObjectType)
        return type_

    def _fields(self, type_: GraphQLObjectType) -> Iterator[FieldNode]:
        spread: set[str] = set()
        for node in self.field_nodes:
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


def _python_name(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)
