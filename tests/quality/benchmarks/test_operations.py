"""The benchmark's operations select every field that costs no REST call, and each exception has a reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from graphql import (
    GraphQLObjectType,
    GraphQLUnionType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    validate,
    visit,
)

from quality.benchmarks import selection
from quality.benchmarks.operations import Operation, all_types, attach, listing, wallet
from quality.benchmarks.selection import CARDS_ONLY, FURTHER_CALLS, WALLET, schema

OPERATIONS = [
    pytest.param(attach(), {**FURTHER_CALLS, **CARDS_ONLY}, id="W1"),
    pytest.param(listing(), {**FURTHER_CALLS, **CARDS_ONLY}, id="W2"),
    pytest.param(wallet(), {**WALLET, **CARDS_ONLY}, id="W3"),
    pytest.param(all_types(), FURTHER_CALLS, id="W5"),
]


@pytest.mark.parametrize(("operation", "reasons"), OPERATIONS)
def test_every_field_is_selected_or_left_out_with_a_reason(operation: Operation, reasons: Mapping[str, str]):
    reachable = set(_reachable(reasons))
    assert reachable - _selected(operation) <= set(reasons)
    assert set(reasons) <= reachable


@pytest.mark.parametrize(("operation", "reasons"), OPERATIONS)
def test_operations_are_valid(operation: Operation, reasons: Mapping[str, str]):
    assert validate(schema(), parse(operation.document)) == []


def test_a_field_that_is_not_selected_is_found():
    operation = listing(paths=[path for path in selection.payment_method(FURTHER_CALLS) if path != ("metadata",)])
    assert "PaymentMethod.metadata" in set(_reachable(FURTHER_CALLS)) - _selected(operation)


def _reachable(reasons: Mapping[str, str]) -> Iterator[str]:
    """`Type.field` of each field that a payment method leads to, and of the customer and the page around it."""
    seen: set[str] = set()
    waiting = ["PaymentMethod"]
    while waiting:
        name = waiting.pop()
        type: Any = schema().type_map[name]
        if name in seen:
            continue
        seen.add(name)
        if isinstance(type, GraphQLUnionType):
            yield from (f"{name}.{member.name}" for member in type.types)
            waiting += [member.name for member in type.types if f"{name}.{member.name}" not in reasons]
        elif isinstance(type, GraphQLObjectType):
            yield from (f"{name}.{field}" for field in type.fields)
            # What lies beyond a field that is left out is not reached.
            followed = [field for field in type.fields if f"{name}.{field}" not in reasons]
            waiting += [get_named_type(type.fields[field].type).name for field in followed]


def _selected(operation: Operation) -> set[str]:
    info = TypeInfo(schema())
    selected_fields = _Selected(info)
    visit(parse(operation.document), TypeInfoVisitor(info, selected_fields))
    return selected_fields.fields


class _Selected(Visitor):
    """Collects `Type.field` of all fields, and `Union.Type` of all fragments."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self._info = info
        self.fields: set[str] = set()

    def enter_field(self, node: Any, *_: Any) -> None:
        parent = self._info.get_parent_type()
        assert parent is not None
        self.fields.add(f"{parent.name}.{node.name.value}")

    def enter_inline_fragment(self, node: Any, *_: Any) -> None:
        self.fields.add(f"PaymentMethodDetails.{node.type_condition.name.value}")
