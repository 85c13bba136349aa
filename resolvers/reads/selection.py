"""The selection below a field, so that a field that is not selected costs no REST call."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Self, TypeVar, overload

from graphql import FieldNode, FragmentDefinitionNode, GraphQLObjectType, GraphQLSchema, get_argument_values
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_subfields
from graphql.execution.values import VariableValues
from strawberry.utils.str_converters import to_camel_case, to_snake_case

from schema.context import Info

T = TypeVar("T")
S = TypeVar("S", bound="Selection")

_python_name = functools.cache(to_snake_case)
"""The Python name of an argument of the schema."""


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
        self._attribute = self.name = ""

    def __set_name__(self, owner: type[Selection], name: str) -> None:
        self._attribute, self.name = name, to_camel_case(name)

    @overload
    def __get__(self, selection: None, owner: type[Selection]) -> Below[S]: ...

    @overload
    def __get__(self, selection: Selection, owner: type[Selection]) -> S: ...

    def __get__(self, selection: Selection | None, owner: type[Selection]) -> Below[S] | S:
        if selection is None:
            return self
        memo = selection.memo.setdefault((selection.type_name, self.name), {})
        nodes = selection.fields.get(self.name, [])
        below = self._kind()(selection.schema, selection.fragments, selection.variables, nodes, memo)
        # Found there next time, as with `cached_property`.
        vars(selection)[self._attribute] = below
        return below


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
            for node in self._collect():
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
        return [
            {_python_name(name): value for name, value in get_argument_values(definition, node, self._values).items()}
            for node in self.fields.get(field.name, ())
        ]

    @property
    def _type(self) -> GraphQLObjectType:
        type_ = self.schema.get_type(self.type_name)
        assert isinstance(type_, GraphQLObjectType)
        return type_

    @property
    def _values(self) -> VariableValues:
        return VariableValues({}, dict(self.variables))

    def _collect(self) -> Iterator[FieldNode]:
        fragments = {name: FragmentDetails(fragment) for name, fragment in self.fragments.items()}
        fields = [FieldDetails(node, None) for node in self.field_nodes]
        operation: Any = None  # It is not read.
        collected = collect_subfields(self.schema, fragments, self._values, operation, self._type, fields)
        return (one.node for details in collected.grouped_field_set.values() for one in details)
