"""Nothing that Stripe could send breaks the service, and an odd member costs no field but its own."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, get_named_type
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import schema
from quality.harness import builders
from quality.harness.clients import Api, Recorder
from serving.settings.settings import Settings
from stripe_api.rate_limiting.guard import UpstreamGuard

CORE = schema._schema
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**20, 10**21)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4)
    | st.sampled_from(["moonbank", "", "pm_1", "cus_1"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
MISSING = object()

CUSTOMER = builders.customer(
    address={"city": "Paris", "country": "FR", "line1": "1 rue", "line2": None, "postal_code": "75001", "state": None},
    invoice_settings={"default_payment_method": "pm_1"},
)
METHOD = builders.payment_method(
    customer=CUSTOMER,
    customer_account="acct_1",
    metadata={"order": "1"},
    billing_details={
        "address": {"city": "Paris", "country": "FR", "line1": "1", "line2": "2", "postal_code": "3", "state": "4"},
        "email": "jenny@example.com",
        "name": "Jenny",
        "phone": "1",
        "tax_id": "2",
    },
    card=builders.card(
        wallet={"type": "apple_pay", "dynamic_last4": "1111", "apple_pay": {}},
        generated_from={"charge": "ch_1", "setup_attempt": "setatt_1", "payment_method_details": {"type": "card"}},
        networks={"available": ["cartes_bancaires", "visa"], "preferred": "visa"},
    ),
)


def selection(type_: Any, seen: tuple[str, ...] = ()) -> str:
    """Every field of a type, and of the types below it, each type once on the way down."""
    parts = []
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        if not isinstance(inner, GraphQLObjectType):
            parts.append(name if not hasattr(inner, "types") else f"{name} {{ __typename }}")
        elif inner.name not in seen and name != "paymentMethods":
            parts.append(f"{name} {{ {selection(inner, (*seen, type_.name))} }}")
    return " ".join(parts)


QUERY = f'{{ paymentMethod(id: "pm_1") {{ {selection(CORE.get_type("PaymentMethod"), ("PaymentMethod",))} }} }}'


def paths(json_value: Any, at: tuple[str, ...] = ()):
    """Where a member can be replaced."""
    for name, value in json_value.items():
        yield (*at, name)
        if isinstance(value, dict) and name != "metadata":
            yield from paths(value, (*at, name))


PATHS = list(paths(METHOD))


def with_odd(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """The method with one member replaced or taken out."""
    body = json.loads(json.dumps(METHOD))
    place = body
    for step in path[:-1]:
        place = place[step]
    if value is MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return body


class World:
    """A service on one event loop, over an upstream with fixed responses."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._api = Api(Settings(), Recorder(httpx.MockTransport(self._respond)))
        self._responses: dict[str, Any] = {}

    def ask(self, query: str, responses: dict[str, Any]) -> dict[str, Any]:
        """The answer. `responses` are Stripe's, by the beginning of the path; the first that fits is sent."""
        self._responses = responses
        self._api.service.stripe.guard = UpstreamGuard()
        return self._runner.run(self._api(query))

    def method(self, body: Any) -> dict[str, Any]:
        return self.ask(QUERY, {"/v1/customers/": CUSTOMER, "/": body})

    def _respond(self, request: httpx.Request) -> httpx.Response:
        body = next(body for path, body in self._responses.items() if request.url.path.startswith(path))
        return httpx.Response(200, content=json.dumps(body))


@pytest.fixture(scope="module")
def world():
    with asyncio.Runner() as runner:
        yield World(runner)


@pytest.fixture(scope="module")
def whole(world):
    answer = world.method(METHOD)
    assert "errors" not in answer
    return answer["data"]["paymentMethod"]


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(path=st.sampled_from(PATHS), value=ODD | st.just(MISSING))
def test_an_odd_member_costs_only_its_own_field(world, whole, path, value):
    answer = world.method(with_odd(path, value))
    assert set(answer) <= {"data", "errors"}
    for error in answer.get("errors", ()):
        assert error["extensions"]["code"] == "INTERNAL"
        assert error["path"][0] == "paymentMethod"
        assert null_at(answer["data"], error["path"], CORE.query_type, alone=len(answer["errors"]) == 1), error
    unchanged(answer["data"]["paymentMethod"], whole, path, answer.get("errors", ()))


def null_at(value: Any, path: list[Any], type_: Any, *, alone: bool) -> bool:
    """Whether the nearest nullable place on the way to the error is null, and nothing above it for this error."""
    place = 0
    for index, step in enumerate(path):
        if isinstance(step, str):
            field = type_.fields[step]
            place = index if not isinstance(field.type, GraphQLNonNull) else place
            type_ = get_named_type(field.type)
            if isinstance(type_, GraphQLList):
                type_ = type_.of_type
    for step in path[: place + 1]:
        if value is None:
            return not alone
        value = value[step]
    return value is None


def unchanged(found: Any, whole: Any, odd: tuple[str, ...], errors: Any) -> None:
    """All top-level fields but those that read the odd member are as they would be."""
    if found is None:
        assert odd[0] in ("id", "object", "type", "billing_details", "created", "livemode", "card", "customer"), odd
        return
    readers = READERS.get(odd[0], {odd[0]})
    camel = {_camel(name) for name in readers}
    for name, value in whole.items():
        if name not in camel:
            assert found[name] == value, name


READERS = {
    "type": {"type", "type_name", "details", "display_label"},
    "card": {"card", "details", "display_label", "is_expired"},
    "customer": {"customer", "is_default"},
    "id": {"id", "is_default"},
}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(ODD)
def test_whatever_comes_in_place_of_the_object_is_no_crash(world, body):
    answer = world.method(body)
    for error in answer.get("errors", ()):
        assert error["extensions"]["code"] in ("INTERNAL", "UPSTREAM_UNAVAILABLE")


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(ODD, ODD, ODD)
def test_whatever_comes_in_a_list_is_no_crash(world, data, has_more, entry):
    for body in ({"data": data, "has_more": has_more}, {"data": [METHOD, entry], "has_more": has_more}):
        answer = world.ask(LIST, {"/": body})
        for error in answer.get("errors", ()):
            assert error["extensions"]["code"] in ("INTERNAL", "UPSTREAM_UNAVAILABLE")


LIST = """{ customer(id: "cus_1") { id paymentMethods {
  edges { cursor node { id type displayLabel details { __typename } } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
} } }"""
