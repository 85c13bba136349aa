"""The cost of an operation: the maximum number of fields in its response, from its coerced arguments.

The cost is an upper bound. Each selected field counts 1, plus 1 for each 50 letters of its response name. Fields
below a page count once per requested entry. A JSON value counts like Stripe's largest metadata. Introspection is
counted exactly, and has a separate limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_introspection_query,
    get_named_type,
    get_operation_ast,
    is_list_type,
    parse,
)
from graphql.execution.values import VariableValues

from serving.graphql.error_codes import ErrorCode
from serving.graphql.limits.introspection_cost import IntrospectionMeter, field_cost, nullable

UNDECLARED_LIST = 10
"""Assumed entries of a list whose field declares no size."""

JSON_COST = 50
"""A JSON value: Stripe's metadata has at most 50 keys."""


class ListSize(Protocol):
    """The declared size of a list field: `schema.list_size.ListSize`."""

    @property
    def arguments(self) -> Sequence[str]: ...

    @property
    def maximum(self) -> int: ...

    @property
    def default(self) -> int: ...


class TooCostly(Exception):
    """The cost is above the limit."""


class CostMeter:
    """Computes the cost of operations in one valid document. Without `variables`, page sizes have their defaults.

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
        self._fragments = fragments_of(document)
        self._introspection = IntrospectionMeter(schema, self._fragments, variables, introspection_limit)
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
                type_ = parent if condition is None else self._schema.type_map[condition.name.value]
                cost += self._selections(type_, node.selection_set, in_page=in_page)  # type: ignore[attr-defined]
        return cost

    def _fragment(self, name: str, *, in_page: bool) -> int:
        key = (name, in_page)
        if key not in self._measured:
            fragment = self._fragments[name]
            type_ = self._schema.type_map[fragment.type_condition.name.value]
            self._measured[key] = self._selections(type_, fragment.selection_set, in_page=in_page)
        return self._measured[key]

    def _field(self, parent: Any, node: FieldNode, *, in_page: bool) -> int:
        own, name = field_cost(node), node.name.value
        if name == "__schema":
            return own + self._introspection.cost("__Schema", self._schema, node)
        if name == "__type":
            described = self._schema.type_map.get(str(self._value(_argument(node, "name"))))
            return own + self._introspection.cost("__Type", described, node)
        definition = self._schema.get_field(parent, name)
        assert definition is not None
        named = get_named_type(definition.type)
        if node.selection_set is None:
            return own + (JSON_COST if named.name == "JSON" else 0)
        entries, is_page = self._entries(definition, node, in_page=in_page)
        return own + entries * self._selections(named, node.selection_set, in_page=is_page)

    def _entries(self, definition: GraphQLField, node: FieldNode, *, in_page: bool) -> tuple[int, bool]:
        """How often the selections of a field can occur in the response, and whether they belong to a page."""
        is_list, declared = is_list_type(nullable(definition.type)), _declared_size(definition)
        if declared is not None:
            sizes = (self._size(definition, node, name, declared.maximum) for name in declared.arguments)
            entries = max((size for size in sizes if size is not None), default=declared.default)
            # An empty page still has its own fields, such as pageInfo.
            return (entries, False) if is_list else (max(1, entries), True)
        return (UNDECLARED_LIST if is_list and not in_page else 1), False

    def _size(self, definition: GraphQLField, node: FieldNode, name: str, maximum: int) -> int | None:
        """The number of entries that an argument requests: a number, or a list with one item per entry."""
        given, argument = self._value(_argument(node, name)), definition.args[name]
        if is_list_type(nullable(argument.type)):
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
        """The value of an argument, as far as a size depends on it. Undefined if it is omitted or unknown."""
        if isinstance(node, VariableNode):
            known = self._variables.coerced if self._variables is not None else {}
            return known.get(node.name.value, Undefined)
        if isinstance(node, ListValueNode):
            return list(node.values)
        if isinstance(node, IntValueNode):
            return int(node.value)
        return None if isinstance(node, NullValueNode) else getattr(node, "value", Undefined)


@lru_cache
def introspection_limit(schema: GraphQLSchema) -> int:
    """The limit of introspection: 1.5 times the fields of the standard query with all its options."""
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


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The fragments of a document, by name."""
    return {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}


def _declared_size(definition: GraphQLField) -> ListSize | None:
    declaration = definition.extensions.get("strawberry-definition")
    size: ListSize | None = declaration.metadata.get("list_size") if declaration is not None else None
    return size


def _argument(node: FieldNode, name: str) -> ValueNode | None:
    return next((argument.value for argument in node.arguments or () if argument.name.value == name), None)


def _out_of_range(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": ErrorCode.BAD_USER_INPUT})
