"""Selects all fields of the schema that need no further REST call. All other fields are listed with a reason.

A selection is a list of paths to leaf fields. A segment of a path is a field, or a fragment such as `... on Card`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_leaf_type,
)

from quality.harness.processes import ROOT

Path = tuple[str, ...]

READS_CUSTOMER = "It reads the customer, a further REST call."
LISTS_SUBSCRIPTIONS = "It lists subscriptions, a further REST call."
SAME_CARD = "It is the same object as PaymentMethod.card, of which all fields are selected."
NOT_A_CARD = "The payment methods of these workloads are cards. W5 selects it."
SAME_NODES = "It has the same objects as nodes, which is selected."

_CUSTOMER = (
    *("name", "email", "phone", "description", "address", "created", "currency", "customerAccount", "delinquent"),
    *("preferredLocales", "shipping", "taxExempt", "livemode", "metadata"),
)

FURTHER_CALLS: Mapping[str, str] = {
    "PaymentMethod.isDefault": READS_CUSTOMER,
    "PaymentMethod.subscriptions": LISTS_SUBSCRIPTIONS,
    **{f"Customer.{name}": READS_CUSTOMER for name in (*_CUSTOMER, "defaultPaymentMethod", "paymentMethods")},
}
"""The fields that W1, W2 and W5 omit, with reasons."""

WALLET: Mapping[str, str] = {
    "PaymentMethod.subscriptions": LISTS_SUBSCRIPTIONS,
    "PaymentMethodConnection.edges": SAME_NODES,
}
"""The fields that W3 omits, with reasons. W3 reads the customer, so the customer's fields need no further call."""


@functools.cache
def schema() -> GraphQLSchema:
    """The schema that clients see, from schema.graphql."""
    return build_schema((ROOT / "schema.graphql").read_text())


def _details(name: str) -> str:
    return f"PaymentMethodDetails.{name}"


def _cards_only() -> Mapping[str, str]:
    union = schema().type_map["PaymentMethodDetails"]
    assert isinstance(union, GraphQLUnionType)
    names = [member.name for member in union.types]
    return {_details(name): SAME_CARD if name == "Card" else NOT_A_CARD for name in names}


CARDS_ONLY = _cards_only()
"""The types of the union of which W1, W2 and W3 select `__typename` only, with reasons."""


def payment_method(left_out: Mapping[str, str], *, all_types: bool = False) -> list[Path]:
    """The fields of a payment method. `all_types`: select all fields of the union, and not only `__typename`."""
    return list(_leaves(_object("PaymentMethod"), left_out, all_types))


def customer() -> list[Path]:
    """A customer's own fields, without lists and payment methods."""
    return [path for field in _CUSTOMER for path in _field_leaves("Customer", field)]


def page_info() -> list[Path]:
    """The fields of PageInfo."""
    return list(_leaves(_object("PageInfo"), {}, False))


def selection_set(paths: Sequence[Path]) -> str:
    """The selection set of paths, such as `{ id card { brand } }`."""
    tree: dict[str, Any] = {}
    for path in paths:
        node = tree
        for segment in path:
            node = node.setdefault(segment, {})
    return _selection_set(tree)


def _selection_set(tree: Mapping[str, Any]) -> str:
    parts = (f"{segment} {_selection_set(within)}" if within else segment for segment, within in tree.items())
    return f"{{ {' '.join(parts)} }}"


def _object(name: str) -> GraphQLObjectType:
    object_type = schema().type_map[name]
    assert isinstance(object_type, GraphQLObjectType)
    return object_type


def _field_leaves(type_name: str, name: str) -> Iterator[Path]:
    type = _object(type_name)
    yield from _within(name, type.fields[name], {}, False)


def _leaves(type: GraphQLObjectType, left_out: Mapping[str, str], all_types: bool) -> Iterator[Path]:
    for name, field in type.fields.items():
        if f"{type.name}.{name}" not in left_out:
            yield from _within(name, field, left_out, all_types)


def _within(segment: str, field: GraphQLField, left_out: Mapping[str, str], all_types: bool) -> Iterator[Path]:
    type = get_named_type(field.type)
    if is_leaf_type(type):
        yield (segment,)
    elif isinstance(type, GraphQLUnionType):
        yield (segment, "__typename")
        yield from ((segment, *path) for path in (_members(type, left_out) if all_types else ()))
    elif type.name == "Customer":
        # Stripe's payment method contains the customer's id. Other fields need a further call.
        yield (segment, "id")
    else:
        assert isinstance(type, GraphQLObjectType)
        yield from ((segment, *path) for path in _leaves(type, left_out, all_types))


def _members(union: GraphQLUnionType, left_out: Mapping[str, str]) -> Iterator[Path]:
    for member in union.types:
        for name, field in member.fields.items():
            segment = f"{member.name[0].lower()}{member.name[1:]}_{name}: {name}" if _differs(union, name) else name
            yield from ((f"... on {member.name}", *path) for path in _within(segment, field, left_out, True))


def _differs(union: GraphQLUnionType, name: str) -> bool:
    """Whether members of the union declare the field with different types, so that GraphQL requires an alias."""
    return len({str(member.fields[name].type) for member in union.types if name in member.fields}) > 1
