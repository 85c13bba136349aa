"""Payment methods of all types, with a value for each member that the schema reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLEnumType, GraphQLList, GraphQLObjectType, get_named_type, get_nullable_type

from quality.benchmarks import selection
from quality.harness import builders
from schema.payment_methods.payment_method_type import KINDS, PaymentMethodKind


def _text(name: str, number: int) -> str:
    return f"{name}-{number}"


_LEAVES: Mapping[str, Callable[[str, int], Any]] = {
    "Int": lambda name, number: number % 12 + 1,
    "Boolean": lambda name, number: number % 2 == 0,
    "DateTime": lambda name, number: 1_760_000_000 + number,
    "JSON": lambda name, number: {"reference": f"{name}-{number}"},
}


ALL_KINDS = list(KINDS.values())


def members(kind: PaymentMethodKind, number: int) -> dict[str, Any]:
    """The members `type` and the one named after the type."""
    if kind.value == "card":
        attributes = builders.card()
    elif kind.details is None:
        attributes = {"reference": f"{kind.value}-{number}"}
    else:
        attributes = _object(kind.details.__name__, number)
    return {"type": kind.value, kind.value: attributes}


def _object(type_name: str, number: int) -> dict[str, Any]:
    type = selection.schema().type_map[type_name]
    assert isinstance(type, GraphQLObjectType)
    return {_stripe_name(name): _value(_stripe_name(name), field.type, number) for name, field in type.fields.items()}


def _value(name: str, type: Any, number: int) -> Any:
    if isinstance(get_nullable_type(type), GraphQLList):
        return [_value(f"{name}_{place}", get_named_type(type), number) for place in range(2)]
    named = get_named_type(type)
    if isinstance(named, GraphQLObjectType):
        return _object(named.name, number)
    if isinstance(named, GraphQLEnumType):
        return list(named.values)[number % len(named.values)].lower()
    return _LEAVES.get(named.name, _text)(name, number)


def _stripe_name(field: str) -> str:
    return re.sub(r"([A-Z])", lambda letter: f"_{letter[1].lower()}", field)
