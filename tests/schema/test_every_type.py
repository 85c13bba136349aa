"""Every type of payment method in Stripe's OpenAPI document, filled with generated values, comes back whole."""

from __future__ import annotations

import json
from typing import Any

import anyio
import httpx
import pytest
from graphql import GraphQLEnumType, GraphQLNonNull, GraphQLObjectType, get_named_type
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strawberry.utils.str_converters import to_camel_case

from app import schema
from quality.harness import builders
from quality.harness.clients import Api, Recorder
from schema.payment_methods.payment_method_type import KINDS
from schema.reading import reading_of
from serving.settings.settings import Settings

CORE = schema._schema
WITHOUT_MEMBERS = ("amex_express_checkout", "apple_pay", "google_pay", "link", "samsung_pay")


@pytest.fixture(scope="module")
def openapi(shared):
    return json.loads((shared / "stripe/openapi-slice-2.json").read_text())["components"]["schemas"]


def values(part: dict[str, Any], openapi: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Whatever an OpenAPI schema allows."""
    strategy = _non_null(part, openapi)
    return st.none() | strategy if part.get("nullable") else strategy


def _non_null(part: dict[str, Any], openapi: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "$ref" in part:
        return values(openapi[part["$ref"].rpartition("/")[2]], openapi)
    if "anyOf" in part:
        return values(part["anyOf"][0], openapi)
    if "enum" in part:
        return st.sampled_from(part["enum"])
    kind = part.get("type")
    if kind == "object" or "properties" in part:
        return _objects(part, openapi)
    if kind == "array":
        return st.lists(values(part["items"], openapi), max_size=2)
    return SCALARS[kind]


SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    "string": st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(["visa", "union_pay"]),
    "integer": st.integers(0, 2**31 - 1),
    "boolean": st.booleans(),
}


def _objects(part: dict[str, Any], openapi: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "properties" not in part:
        return st.just({})
    required = part.get("required", ())
    members = {name: values(member, openapi) for name, member in part["properties"].items()}
    return st.fixed_dictionaries(
        {name: member for name, member in members.items() if name in required},
        optional={name: member for name, member in members.items() if name not in required},
    )


def selection(type_: Any) -> str:
    return " ".join(
        name + (f" {{ {selection(inner)} }}" if isinstance(inner, GraphQLObjectType) else "")
        for name, field in type_.fields.items()
        for inner in [get_named_type(field.type)]
    )


async def details_of(word: str, attributes: Any) -> dict[str, Any]:
    """The GraphQL response for a method with these details."""
    typename = KINDS[word].details.__name__ if KINDS[word].details else "OtherPaymentMethodDetails"
    fields = selection(CORE.get_type(typename))
    query = (
        f'{{ paymentMethod(id: "pm_1") {{ typeName displayLabel details {{ ... on {typename} {{ {fields} }} }} }} }}'
    )
    body = builders.payment_method(type=word, **{word: attributes})
    upstream = Recorder(httpx.MockTransport(lambda request: httpx.Response(200, content=json.dumps(body))))
    async with Api(Settings(), upstream) as api:
        return (await api.data(query))["paymentMethod"]


def names_of(type_: Any) -> dict[str, str]:
    """The name of the field that shows each member of Stripe's object."""
    fields = type_.extensions["strawberry-definition"].fields
    return {(reading_of(field).path or (field.python_name,))[0]: to_camel_case(field.python_name) for field in fields}


def same(found: Any, sent: Any, type_: Any) -> bool:
    """Whether GraphQL's value says all that Stripe's says."""
    name = getattr(get_named_type(type_), "name", "")
    if sent is None and isinstance(type_, GraphQLNonNull):
        return found == "UNKNOWN"
    if sent is None or found is None:
        return found is None and (sent is None or name == "")
    if name == "JSON":
        return found == sent
    if name == "ID":
        return found == (sent["id"] if isinstance(sent, dict) else sent)
    if isinstance(sent, dict):
        names, fields = names_of(get_named_type(type_)), get_named_type(type_).fields
        return all(
            member in WITHOUT_MEMBERS if name is None else same(found[name], value, fields[name].type)
            for member, value in sent.items()
            for name in [names.get(member)]
        )
    if isinstance(sent, list):
        return len(found) == len(sent) and all(same(*pair, type_) for pair in zip(found, sent, strict=True))
    if name == "DateTime":
        return found.endswith("Z")
    if isinstance(get_named_type(type_), GraphQLEnumType):
        words = get_named_type(type_).extensions["strawberry-definition"].wrapped_cls
        return found == words(sent).name and (
            found != "UNKNOWN" or sent == "unknown" or sent.upper() not in words.__members__
        )
    return found == sent


@pytest.mark.search
@pytest.mark.parametrize("word", KINDS)
def test_it_comes_back_whole(word, openapi):
    component = openapi.get(f"payment_method_{word}") or {"type": "object", "properties": {}}

    @settings(max_examples=15, suppress_health_check=list(HealthCheck))
    @given(values(component, openapi))
    def check(attributes: Any) -> None:
        method = anyio.run(details_of, word, attributes)
        assert method["typeName"] == word
        assert method["displayLabel"]
        kind = KINDS[word].details
        if kind is None:
            assert method["details"] == {"typeName": word, "attributes": attributes}
        else:
            assert same(method["details"], attributes, CORE.get_type(kind.__name__))

    check()
