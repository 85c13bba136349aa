"""The declarations against Stripe's own: its OpenAPI document, and the classes of its Python package."""

from __future__ import annotations

import json
import typing

import pytest
import stripe
from strawberry.types.base import StrawberryOptional, has_object_definition

from schema.customer import Customer
from schema.payment_methods.details import OtherPaymentMethodDetails
from schema.payment_methods.payment_method import PaymentMethod
from schema.payment_methods.payment_method_type import KINDS
from schema.reading import View, reading_of
from tests.sandbox.sdk_types import _annotations
from tests.schema.members import LEFT_OUT, WALLETS_WITHOUT_MEMBERS, covered, views_within


@pytest.fixture(scope="module")
def openapi(shared):
    return json.loads((shared / "stripe/openapi-slice-2.json").read_text())["components"]["schemas"]


@pytest.fixture(scope="module")
def added(shared):
    return json.loads((shared / "stripe/sdk-delta.json").read_text())["added_fields"]


def pairs(view: type[View], schema: dict, openapi: dict, path: str):
    """Each view with the OpenAPI object that it reads, and the path to it."""
    yield view, schema, path
    for name, inner in views_within(view).items():
        part = schema["properties"].get(name, {})
        reference = part.get("$ref") or next((one["$ref"] for one in part.get("anyOf", ()) if "$ref" in one), None)
        if reference and inner is not OtherPaymentMethodDetails:
            yield from pairs(inner, openapi[reference.rpartition("/")[2]], openapi, f"{path}.{name}")


def all_pairs(openapi):
    yield from pairs(PaymentMethod, openapi["payment_method"], openapi, "payment_method")
    yield from pairs(Customer, openapi["customer"], openapi, "customer")


def left_out(view):
    wallets = WALLETS_WITHOUT_MEMBERS if view.__name__ == "CardWallet" else set()
    return set(LEFT_OUT.get(view, ())) | wallets


def test_every_member_is_in_the_schema_or_left_out_with_a_reason(openapi):
    for view, schema, path in all_pairs(openapi):
        missing = set(schema["properties"]) - covered(view) - left_out(view)
        assert not missing, f"{path} has members that the schema does not show: {sorted(missing)}"


def test_no_member_is_declared_that_stripe_does_not_have(openapi, added):
    for view, schema, path in all_pairs(openapi):
        newer = {name.rpartition(".")[2] for name in added if name.rpartition(".")[0] == path}
        unknown = covered(view) - set(schema["properties"]) - newer
        assert not unknown, f"{path} has no {sorted(unknown)}"


def test_what_is_left_out_exists(openapi):
    for view in LEFT_OUT:
        schema = openapi["payment_method" if view is PaymentMethod else "customer"]
        assert set(LEFT_OUT[view]) - {"deleted"} <= set(schema["properties"])


def test_only_what_stripe_always_sends_is_non_null(openapi):
    for view, schema, path in all_pairs(openapi):
        for field in view.__strawberry_definition__.fields:
            reading = reading_of(field)
            if reading is None or reading.compute or isinstance(field.type, StrawberryOptional):
                continue
            name = (reading.path or (field.python_name,))[0]
            always = name in schema.get("required", ()) and not schema["properties"][name].get("nullable")
            assert always or reading.absent is not None, f"{path}.{name} may be missing or null"


JSON_TYPES = {"string": {"str", "ID", "datetime", "enum"}, "integer": {"int", "datetime"}, "boolean": {"bool"}}


def test_every_member_is_read_as_what_it_is(openapi):
    for view, schema, path in all_pairs(openapi):
        for field in view.__strawberry_definition__.fields:
            reading = reading_of(field)
            if reading is None or reading.compute:
                continue
            name = (reading.path or (field.python_name,))[0]
            part = schema["properties"].get(name, {})
            kinds = JSON_TYPES.get(part.get("type", ""))
            if kinds:
                assert kind_of(field.type) in kinds, f"{path}.{name} is {part['type']}"
            if part.get("format") == "unix-time":
                assert kind_of(field.type) == "datetime", f"{path}.{name} is a time"


def kind_of(type_):
    if isinstance(type_, StrawberryOptional):
        type_ = type_.of_type
    if hasattr(type_, "wrapped_cls") or hasattr(type_, "__members__"):
        return "enum"
    return "view" if has_object_definition(type_) else type_.__name__


def test_every_type_of_payment_method_is_known(openapi):
    words = openapi["payment_method"]["properties"]["type"]["enum"]
    assert set(words) <= set(KINDS)
    assert set(KINDS) - set(words) <= {"alipay", "paypay", "sequra"}


class TestStripePackage:
    """The same against the official package, which needs only the checkout."""

    @staticmethod
    def pairs(view, cls, path):
        yield view, cls, path
        hints = _annotations(cls)
        for name, inner in views_within(view).items():
            nested = next((arg for arg in _arguments(hints.get(name)) if isinstance(arg, type)), None)
            if nested and issubclass(nested, stripe.StripeObject) and inner is not OtherPaymentMethodDetails:
                yield from TestStripePackage.pairs(inner, nested, f"{path}.{name}")

    @pytest.mark.parametrize(("view", "cls"), [(PaymentMethod, stripe.PaymentMethod), (Customer, stripe.Customer)])
    def test_every_member_is_in_the_schema_or_left_out_with_a_reason(self, view, cls):
        for inner, nested, path in self.pairs(view, cls, cls.__name__):
            missing = _members(nested) - covered(inner) - left_out(inner)
            assert not missing, f"{path} has members that the schema does not show: {sorted(missing)}"

    @pytest.mark.parametrize(("view", "cls"), [(PaymentMethod, stripe.PaymentMethod), (Customer, stripe.Customer)])
    def test_no_member_is_declared_that_stripe_does_not_have(self, view, cls):
        for inner, nested, path in self.pairs(view, cls, cls.__name__):
            assert not covered(inner) - _members(nested), path

    def test_every_type_of_payment_method_is_known(self):
        words = {word for word in _arguments(_annotations(stripe.PaymentMethod)["type"]) if isinstance(word, str)}
        assert set(KINDS) == words


def _arguments(hint):
    arguments = typing.get_args(hint)
    return [one for argument in arguments for one in _arguments(argument)] if arguments else [hint]


def _members(cls):
    return set(_annotations(cls)) - {"OBJECT_NAME"}
