"""How many fields the response to an operation can have, from its arguments as GraphQL coerces them.

The cost is an upper bound: each selected field counts 1, and once more for every 50 letters of its name in the
response. What is below a page counts once for each entry that the client asks for. A JSON value counts as Stripe's
largest metadata. The fields of introspection are counted exactly, and have a limit of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_argument_values,
    get_introspection_query,
    get_named_type,
    get_operation_ast,
    is_list_type,
    parse,
)
from graphql.execution.values import VariableValues

from serving.graphql.error_codes import ErrorCode

UNDECLARED_LIST = 10
"""Entries of a list whose field declares no size."""

JSON_COST = 50
"""A JSON value: Stripe's metadata has at most 50 keys."""

LETTERS = 50
"""Letters of a response name that count as one field more."""


class ListSize(Protocol):
    """The size that a list field declares, as `schema.list_size.ListSize`."""

    @property
    def arguments(self) -> Sequence[str]: ...

    @property
    def maximum(self) -> int: ...

    @property
    def default(self) -> int: ...


class TooCostly(Exception):
    """The cost is above the limit."""


class TooMuchIntrospection(Exception):
    """The fields below `__schema` and `__type` are above their limit."""


class CostMeter:
    """Measures operations of one valid document. Without `variables` their sizes are taken for the default.

    `introspection_limit` is for the fields below `__schema` and `__type`, all together.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        variables: VariableValues | None,
        limit: int,
        *,
        introspection_limit: int,
    ) -> None:
        self._schema = schema
        self._variables = variables
        self._limit = limit
        self._fragments = _fragments(document)
        self._description = _Description(schema, self._fragments, variables, introspection_limit)
        self._measured: dict[tuple[str, bool], int] = {}

    def cost(self, operation: OperationDefinitionNode) -> int:
        """The cost. Raises TooCostly or TooMuchIntrospection, and GraphQLError for a page size out of range."""
        root = self._schema.get_root_type(operation.operation)
        assert root is not None
        cost = self._selections(root, operation.selection_set, in_page=False)
        if cost > self._limit:
            raise TooCostly
        return cost

    def _selections(self, parent: GraphQLNamedType, selections: SelectionSetNode, *, in_page: bool) -> int:
        cost = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                cost += self._field(parent, node, in_page=in_page)
            elif isinstance(node, FragmentSpreadNode):
                cost += self._fragment(node.name.value, in_page=in_page)
            else:
                condition = node.type_condition  # type: ignore[attr-defined]
                of = parent if condition is None else self._schema.type_map[condition.name.value]
                cost += self._selections(of, node.selection_set, in_page=in_page)  # type: ignore[attr-defined]
        return cost

    def _fragment(self, name: str, *, in_page: bool) -> int:
        key = (name, in_page)
        if key not in self._measured:
            fragment = self._fragments[name]
            of = self._schema.type_map[fragment.type_condition.name.value]
            self._measured[key] = self._selections(of, fragment.selection_set, in_page=in_page)
        return self._measured[key]

    def _field(self, parent: Any, node: FieldNode, *, in_page: bool) -> int:
        own, name = _own(node), node.name.value
        if name == "__schema":
            return own + self._description.cost("__Schema", self._schema, node)
        if name == "__type":
            described = self._schema.type_map.get(str(self._value(_argument(node, "name"))))
            return own + self._description.cost("__Type", described, node)
        definition = self._schema.get_field(parent, name)
        assert definition is not None
        named = get_named_type(definition.type)
        if node.selection_set is None:
            return own + (JSON_COST if named.name == "JSON" else 0)
        entries, is_page = self._entries(definition, node, in_page=in_page)
        return own + entries * self._selections(named, node.selection_set, in_page=is_page)

    def _entries(self, definition: GraphQLField, node: FieldNode, *, in_page: bool) -> tuple[int, bool]:
        """How many times what is below a field can be in the response, and whether that is a page's content."""
        is_list, declared = is_list_type(_nullable(definition.type)), _declared_size(definition)
        if declared is not None:
            sizes = (self._size(definition, node, name, declared.maximum) for name in declared.arguments)
            entries = max((size for size in sizes if size is not None), default=declared.default)
            # An empty page still has its own fields, such as pageInfo.
            return (entries, False) if is_list else (max(1, entries), True)
        return (UNDECLARED_LIST if is_list and not in_page else 1), False

    def _size(self, definition: GraphQLField, node: FieldNode, name: str, maximum: int) -> int | None:
        """The entries that an argument asks for: by a number, or by a list with one item per entry."""
        given, argument = self._value(_argument(node, name)), definition.args[name]
        if is_list_type(_nullable(argument.type)):
            length = len(given) if isinstance(given, list) else 1
            if length > maximum:
                raise _out_of_range(f"{name}: at most {maximum} at once.")
            return length
        size = argument.default_value if given is Undefined else given
        if not isinstance(size, int):
            return None
        if not 0 <= size <= maximum:
            raise _out_of_range(f"{name} is a number from 0 to {maximum}.")
        return size

    def _value(self, node: ValueNode | None) -> Any:
        """An argument as far as a size depends on it; Undefined where it is left out or not known."""
        if isinstance(node, VariableNode):
            known = self._variables.coerced if self._variables is not None else {}
            return known.get(node.name.value, Undefined)
        if isinstance(node, ListValueNode):
            return list(node.values)
        if isinstance(node, IntValueNode):
            return int(node.value)
        return None if isinstance(node, NullValueNode) else getattr(node, "value", Undefined)


class _Selected(NamedTuple):
    """A field that is selected of a part of the schema's description."""

    cost: int
    read: Callable[..., Any]
    arguments: Mapping[str, Any]
    type: GraphQLNamedType
    is_list: bool
    node: FieldNode


class _Description:
    """Counts fields of introspection by reading them, down from a limit."""

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
        # The only part of GraphQLResolveInfo that graphql-core's resolvers of introspection use.
        self._info = SimpleNamespace(schema=schema)
        self._left = limit
        self._selected: dict[int, list[_Selected]] = {}

    def cost(self, type_: str, source: Any, node: FieldNode) -> int:
        """The fields below `node`, whose value is `source`. Raises TooMuchIntrospection above the limit for all."""
        before = self._left
        self._count(source, self._schema.type_map[type_], node)
        return before - self._left

    def _count(self, source: Any, type_: GraphQLNamedType, node: FieldNode) -> None:
        if source is None:
            return
        for field in self._fields(type_, node):
            self._left -= field.cost
            if self._left < 0:
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
        type_, is_list = get_named_type(definition.type), is_list_type(_nullable(definition.type))
        return _Selected(_own(node), definition.resolve, arguments, type_, is_list, node)


@lru_cache
def introspection_limit(schema: GraphQLSchema) -> int:
    """Most fields of introspection in a response: 1.5 times those of the standard query with all its options."""
    document = parse(
        get_introspection_query(
            specified_by_url=True,
            directive_is_repeatable=True,
            schema_description=True,
            input_value_deprecation=True,
            one_of=True,
        )
    )
    operation = get_operation_ast(document)
    assert operation is not None
    standard = CostMeter(schema, document, None, _NO_LIMIT, introspection_limit=_NO_LIMIT).cost(operation)
    return standard * 3 // 2


_NO_LIMIT = 10**9


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}


def _flat(selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[FieldNode]:
    """The fields of a selection set, those of fragments among them, each fragment's once."""
    waiting, spread = [selections], set()
    while waiting:
        for node in waiting.pop().selections:
            if isinstance(node, FieldNode):
                yield node
            elif not isinstance(node, FragmentSpreadNode):
                waiting.append(node.selection_set)  # type: ignore[attr-defined]
            elif node.name.value not in spread:
                spread.add(node.name.value)
                waiting.append(fragments[node.name.value].selection_set)


def _declared_size(definition: GraphQLField) -> ListSize | None:
    declaration = definition.extensions.get("strawberry-definition")
    size: ListSize | None = declaration.metadata.get("list_size") if declaration is not None else None
    return size


def _own(node: FieldNode) -> int:
    name = node.name if node.alias is None else node.alias
    return 1 + len(name.value) // LETTERS


def _argument(node: FieldNode, name: str) -> ValueNode | None:
    return next((argument.value for argument in node.arguments or () if argument.name.value == name), None)


def _nullable(type_: Any) -> Any:
    return type_.of_type if isinstance(type_, GraphQLNonNull) else type_


def _out_of_range(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": ErrorCode.BAD_USER_INPUT})
