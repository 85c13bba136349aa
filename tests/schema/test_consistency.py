"""One name means one thing in all of the schema: types, fields of several types, and enums in inputs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    Undefined,
    get_named_type,
    get_nullable_type,
    is_introspection_type,
    parse,
    validate,
)

from app import schema
from schema.open_enum import ONLY_IN_RESULTS, REFUSED, OpenEnum

CORE = schema._schema
TYPES = [type_ for type_ in CORE.type_map.values() if not is_introspection_type(type_)]


def is_open(type_: Any) -> bool:
    definition = (type_.extensions or {}).get("strawberry-definition")
    return isinstance(type_, GraphQLEnumType) and issubclass(getattr(definition, "wrapped_cls", object), OpenEnum)


def test_a_type_s_name_is_words_in_pascal_case():
    agreed = {"ID", "JSON", "ThreeDSecureUsage"}
    names = {type_.name for type_ in TYPES} - agreed
    assert not [name for name in names if not re.fullmatch("([A-Z][a-z0-9]+)+", name)]


def selection(type_: Any, above: tuple[str, ...] = ()) -> str:
    """All fields of an object, with those of the objects in it. Fields that have a page or lead back are left out."""
    fields = []
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        if field.args or inner.name in above:
            continue
        if not hasattr(inner, "fields"):
            fields.append("{}" if isinstance(inner, GraphQLUnionType) else name)
        else:
            fields.append(f"{name} {{ {selection(inner, (*above, type_.name))} }}")
    return " ".join(field for field in fields if field != "{}")


def everything(members: Any) -> str:
    return " ".join(f"... on {member.name} {{ {selection(member)} }}" for member in members)


def test_all_fields_of_all_details_can_be_selected_without_aliases():
    members = CORE.get_type("PaymentMethodDetails").types
    document = f'{{ paymentMethod(id: "pm_1") {{ details {{ {everything(members)} }} }} }}'
    assert not validate(CORE, parse(document))


def test_all_fields_of_all_errors_can_be_selected_without_aliases():
    members = CORE.get_possible_types(CORE.get_type("UserError"))
    errors = f"errors {{ {everything(members)} }}"
    document = f'mutation {{ attachPaymentMethod(input: {{paymentMethodId: "pm_1"}}) {{ {errors} }} }}'
    assert not validate(CORE, parse(document))


def test_the_default_page_size_is_visible_in_each_argument_for_a_size():
    pages = [
        field
        for type_ in TYPES
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
        for field in type_.fields.values()
        if get_named_type(field.type).name.endswith("Connection")
    ]
    assert len(pages) >= 2
    for field in pages:
        for size in ("first", "last"):
            assert "0 to 100; 10 if first and last are both omitted." in field.args[size].description


def inputs() -> Iterator[Any]:
    """The types of all arguments and input fields."""
    for type_ in TYPES:
        for field in getattr(type_, "fields", {}).values():
            if isinstance(type_, GraphQLInputObjectType):
                yield get_named_type(field.type)
            else:
                yield from (get_named_type(argument.type) for argument in field.args.values())


def test_the_description_of_each_open_enum_in_an_input_says_that_unknown_is_refused():
    found = {type_.name: type_ for type_ in inputs() if is_open(type_)}
    assert {"AllowRedisplay", "CardBrand", "PaymentMethodType", "SetupIntentUsage"} <= set(found)
    assert not [name for name, type_ in found.items() if ONLY_IN_RESULTS not in type_.description]


def paths(input: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths to each open enum in an input."""
    for name, field in input.fields.items():
        inner = get_named_type(field.type)
        if is_open(inner):
            yield (*above, name)
        elif isinstance(inner, GraphQLInputObjectType):
            yield from paths(inner, (*above, name))


def example(type_: Any, path: tuple[str, ...] | None = None) -> Any:
    """A value of an input type with its required fields only, and UNKNOWN at `path`."""
    type_ = get_nullable_type(type_)
    if path == ():
        return ["UNKNOWN"] if isinstance(type_, GraphQLList) else "UNKNOWN"
    if isinstance(type_, GraphQLInputObjectType):
        named = path[0] if path else None
        return {
            name: example(field.type, path[1:] if path and name == named else None)
            for name, field in type_.fields.items()
            if name == named or (isinstance(field.type, GraphQLNonNull) and field.default_value is Undefined)
        }
    if isinstance(type_, GraphQLList):
        return [example(type_.of_type, path)]
    return {"Int": 1, "Boolean": True}.get(type_.name, "pm_1")


OPEN_INPUTS = [
    pytest.param(name, path, id=".".join((name, *path)))
    for name, field in CORE.mutation_type.fields.items()
    for path in paths(get_named_type(field.args["input"].type))
]


@pytest.mark.parametrize(("mutation", "path"), OPEN_INPUTS)
async def test_unknown_in_an_input_is_refused_before_any_rest_call(api, stripe, mutation, path):
    input = CORE.mutation_type.fields[mutation].args["input"].type
    document = f"mutation($input: {input}) {{ {mutation}(input: $input) {{ errors {{ code path message }} }} }}"
    payload = (await api.data(document, input=example(input, path)))[mutation]
    assert payload["errors"] == [{"code": "INVALID_INPUT", "path": ["input", *path], "message": REFUSED}]
    assert stripe.calls == []


PLACES = {"Query": "{ found: %s }", "Customer": '{ customer(id: "cus_T4qv4Qn42jKZ9G") { found: %s } }'}
OPEN_ARGUMENTS = [
    pytest.param(type_.name, name, argument, id=f"{type_.name}.{name}({argument}:)")
    for type_ in TYPES
    if isinstance(type_, GraphQLObjectType)
    for name, field in type_.fields.items()
    for argument, declared in field.args.items()
    if is_open(get_named_type(declared.type))
]


@pytest.mark.parametrize(("type", "field", "argument"), OPEN_ARGUMENTS)
async def test_unknown_in_an_argument_is_refused(api, type, field, argument):
    arguments = CORE.get_type(type).fields[field].args
    required = "".join(f'{name}: "acct_1" ' for name, one in arguments.items() if isinstance(one.type, GraphQLNonNull))
    (error,) = (await api(PLACES[type] % f"{field}({required}{argument}: UNKNOWN) {{ __typename }}"))["errors"]
    assert error["message"] == f"{argument}: {REFUSED}"
    assert (error["extensions"]["code"], error["path"][-1]) == ("BAD_USER_INPUT", "found")
