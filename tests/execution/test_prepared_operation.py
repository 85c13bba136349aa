"""Variables are coerced as graphql-core coerces them, whatever a client sends."""

from typing import Any

import pytest
from graphql import GraphQLError, OperationDefinitionNode, get_variable_values, parse
from graphql.execution.get_variable_signature import get_variable_signature
from hypothesis import given
from hypothesis import strategies as st

from app import schema
from execution.documents import Operation, RequestError
from execution.prepared_operation import coerce

SCHEMA = schema._schema
TYPES: Any = SCHEMA.type_map

DOCUMENT = """
query Read($id: ID, $ids: [ID!]!, $first: Int = 3, $type: PaymentMethodType, $yes: Boolean!) { __typename }
mutation Attach($input: AttachPaymentMethodInput!, $update: UpdatePaymentMethodInput) { __typename }
"""
ENUMS = list(TYPES["PaymentMethodType"].values)
INPUTS = [*TYPES["AttachPaymentMethodInput"].fields, *TYPES["UpdatePaymentMethodInput"].fields]

scalars = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats() | st.sampled_from(["", "pm_1", *ENUMS])
inputs = st.dictionaries(st.sampled_from([*INPUTS, "unknown"]), scalars | st.lists(scalars, max_size=2), max_size=6)
anything = scalars | st.lists(scalars | inputs, max_size=3) | inputs
names = st.sampled_from(["id", "ids", "first", "type", "yes", "input", "update", "other"])


def operations():
    for node in parse(DOCUMENT).definitions:
        assert isinstance(node, OperationDefinitionNode)
        signatures = [get_variable_signature(SCHEMA, one) for one in node.variable_definitions]
        assert not any(isinstance(signature, GraphQLError) for signature in signatures)
        yield Operation("", parse("{ __typename }"), node, node.name.value, signatures, (), introspects=False)


def outcome(coerced):
    if isinstance(coerced, list):
        return [(error.message, error.locations) for error in coerced]
    sources = [(name, repr(one.value), str(one.signature.type)) for name, one in coerced.sources.items()]
    return repr(coerced.coerced), sources


@pytest.mark.parametrize("operation", list(operations()), ids=lambda operation: operation.name)
@given(raw=st.dictionaries(names, anything, max_size=7))
def test_variables_are_coerced_as_by_graphql_core(operation, raw):
    expected = get_variable_values(SCHEMA, operation.definition.variable_definitions, raw, max_errors=20)
    try:
        found = coerce(SCHEMA, operation, raw, hide_suggestions=False)
    except RequestError as error:
        found = error.errors
    assert outcome(found) == outcome(expected)


def test_given_and_valid_variables_are_coerced():
    read = next(operations())
    raw = {"id": "pm_1", "ids": ["a", "b"], "first": 5, "type": ENUMS[0], "yes": True}
    assert coerce(SCHEMA, read, raw, hide_suggestions=False).coerced["ids"] == ["a", "b"]
