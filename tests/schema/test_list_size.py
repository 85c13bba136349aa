"""Each field whose size the client chooses declares it, so that the cost of an operation counts its entries."""

import pytest
from graphql import GraphQLObjectType, get_nullable_type, is_introspection_type, is_list_type

import app

SCHEMA = app.schema._schema


def sized():
    """The fields with arguments for a page size, or with a list as an argument."""
    for type_ in SCHEMA.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not is_introspection_type(type_):
            for name, field in type_.fields.items():
                sizes = {arg for arg, one in field.args.items() if is_list_type(get_nullable_type(one.type))}
                sizes |= {"first", "last"} & set(field.args)
                if sizes:
                    yield pytest.param(field, sizes, id=f"{type_.name}.{name}")


@pytest.mark.parametrize(("field", "sizes"), list(sized()))
def test_a_field_declares_the_arguments_for_its_size(field, sizes):
    declared = field.extensions["strawberry-definition"].metadata["list_size"]
    assert set(declared.arguments) == sizes
    assert 1 <= declared.default <= declared.maximum == 100


def test_three_fields_have_a_size():
    assert [param.id for param in sized()] == ["Customer.paymentMethods", "Query.nodes", "Query.paymentMethods"]
