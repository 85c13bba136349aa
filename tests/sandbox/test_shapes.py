"""The two validators: Stripe's OpenAPI document, and the annotations of its Python SDK."""

import re
from copy import deepcopy

import pytest
from jsonschema import ValidationError  # type: ignore[import-untyped]

from sandbox.endpoints.routes import ENDPOINTS
from sandbox.fixtures import load
from tests.sandbox import openapi, sdk_types

PM = next(row["object"] for row in load("payment_methods") if row["object"]["type"] == "card")
PATH = "/v1/payment_methods/pm_x"


def broken(place: str, value: object) -> dict:
    body = deepcopy(PM)
    *steps, last = place.split(".")
    inside = body
    for step in steps:
        inside = inside[step]
    inside[last] = value
    return body


BROKEN = [
    ("unknown_member", 1),
    ("card.unknown_member", 1),
    ("created", "yesterday"),
    ("livemode", None),
    ("card.exp_month", "8"),
    ("card.checks.cvc_check", False),
    ("card.networks.available", "visa"),
    ("metadata", {"a": 1}),
    ("customer", {"id": "cus_x"}),
]


@pytest.mark.parametrize(("place", "value"), BROKEN)
def test_sdk_rejects(place, value):
    assert sdk_types.problems(PM) == []
    assert len(sdk_types.problems(broken(place, value))) >= 1


def test_sdk_rejects_a_missing_member():
    body = deepcopy(PM)
    del body["type"]
    assert sdk_types.problems(body) == ["payment_method: type is missing"]


@pytest.mark.skipif(not openapi.available(), reason=openapi.MISSING)
@pytest.mark.parametrize(("place", "value"), BROKEN)
def test_document_rejects(place, value):
    openapi.validate("GET", PATH, 200, PM)
    with pytest.raises(ValidationError):
        openapi.validate("GET", PATH, 200, broken(place, value))


@pytest.mark.skipif(not openapi.available(), reason=openapi.MISSING)
def test_document_validates_errors():
    openapi.validate("GET", PATH, 404, {"error": {"type": "invalid_request_error"}})
    for wrong in ({"type": "authentication_error"}, {"message": "Sorry"}, {"type": "api_error", "param": None}):
        with pytest.raises(ValidationError):
            openapi.validate("GET", PATH, 404, {"error": wrong})


@pytest.mark.skipif(not openapi.available(), reason=openapi.MISSING)
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_the_bodies_of_every_endpoint_are_validated(endpoint):
    path = re.sub(r"\{\w+\}", "x", endpoint.path)
    with pytest.raises(ValidationError):
        openapi.validate(endpoint.method, path, 200, {"object": "confirmation_token"})
