"""The part of the schema that the Node peers serve, and the payment methods that the upstream returns."""

from __future__ import annotations

import json

import pytest
from graphql import build_schema, parse, validate

from quality.benchmarks import bodies, peer_data, selection, type_bodies
from quality.benchmarks.operations import Operation, all_types, attach, listing, wallet
from schema.payment_methods.payment_method_type import KINDS


@pytest.mark.parametrize("operation", [attach(), listing(), wallet(), all_types()], ids=lambda one: one.document[:20])
def test_the_slice_has_all_that_the_operations_select(operation: Operation, tmp_path):
    peer_data.write(tmp_path)
    served = build_schema((tmp_path / "slice.graphql").read_text())
    assert validate(served, parse(operation.document)) == []


def test_the_slice_has_nothing_that_the_peers_do_not_serve(tmp_path):
    peer_data.write(tmp_path)
    served = build_schema((tmp_path / "slice.graphql").read_text())
    assert served.mutation_type is not None
    assert set(served.mutation_type.fields) == {"attachPaymentMethod"}
    assert "SetupIntent" not in served.type_map


def test_the_table_of_types_is_complete(tmp_path):
    peer_data.write(tmp_path)
    assert set(json.loads((tmp_path / "kinds.json").read_text())) == set(KINDS)


def test_the_upstream_has_each_type_once():
    assert [method["type"] for method in bodies.page_of_all_types()["data"]] == list(KINDS)


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.details and kind.value != "card"])
def test_each_member_of_a_type_has_a_value(kind):
    members = type_bodies.members(kind, 7)[kind.value]
    fields = selection.schema().type_map[kind.details.__name__].fields
    assert len(members) == len(fields)
    assert None not in members.values()
