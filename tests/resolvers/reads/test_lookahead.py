"""The classes of the typed lookahead name fields that exist, and find what an operation selects."""

import pytest
from graphql import GraphQLObjectType, parse

import app
from resolvers.reads.lookahead import CustomerSelection, PaymentMethodSelection
from resolvers.reads.selection import Below, Selection

SCHEMA = app.schema._schema


def subclasses(cls):
    """Those of types in the schema. What two payloads have in common is not in it."""
    for one in cls.__subclasses__():
        if not one.__subclasses__():
            yield one
        yield from subclasses(one)


@pytest.mark.parametrize("cls", list(subclasses(Selection)), ids=lambda cls: f"{cls.__module__}.{cls.__name__}")
def test_each_attribute_is_a_field_of_the_type(cls):
    type_ = SCHEMA.get_type(cls.type_name)
    assert isinstance(type_, GraphQLObjectType)
    assert {one.name for one in vars(cls).values() if isinstance(one, Below)} <= set(type_.fields)


def select(text, **variables):
    """The selection below the only root field of an operation, as a customer."""
    document = parse(text)
    fragments = {one.name.value: one for one in document.definitions[1:]}
    nodes = document.definitions[0].selection_set.selections
    return CustomerSelection(SCHEMA, fragments, variables, nodes)


def test_an_unselected_field_is_not_selected():
    selection = select('{ customer(id: "cus_1") { id __typename } }')
    assert not selection.default_payment_method.is_selected
    assert not selection.selects_more_than(CustomerSelection.id)
    assert selection.selects(CustomerSelection.id)


def test_aliases_and_fragments_are_taken_together():
    selection = select(
        """{ customer(id: "cus_1") { a: defaultPaymentMethod { isDefault } ...F } }
        fragment F on Node { ... on Customer { defaultPaymentMethod { customer { id } } } }"""
    )
    method = selection.default_payment_method
    assert method.selects(PaymentMethodSelection.is_default)
    assert method.customer.id.is_selected


@pytest.mark.parametrize(("yes", "selected"), [(True, True), (False, False)])
def test_directives_decide(yes, selected):
    selection = select('{ customer(id: "cus_1") { defaultPaymentMethod @include(if: $yes) { id } } }', yes=yes)
    assert selection.default_payment_method.is_selected is selected


def test_arguments_have_their_python_names_one_set_for_each_alias():
    selection = select(
        '{ customer(id: "cus_1") { paymentMethods(first: 2) { nodes { id } } '
        "all: paymentMethods(allowRedisplay: ALWAYS) { nodes { id } } } }"
    )
    first, second = selection.arguments(CustomerSelection.payment_methods)
    assert first["first"] == 2
    assert second["allow_redisplay"].name == "ALWAYS"


def test_what_was_computed_for_a_selection_is_kept():
    selection = select('{ customer(id: "cus_1") { defaultPaymentMethod { id } } }')
    assert selection.fields is selection.fields
    assert selection.default_payment_method.memo is selection.default_payment_method.memo
