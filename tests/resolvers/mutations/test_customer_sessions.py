"""createCustomerSession: the components' features, the operator's limit for customers, and one REST call."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from quality.harness.clients import Api
from quality.harness.tokens import bearer
from quality.harness.wallets import ACCOUNT, AMARA, JENNY
from sandbox import Fault
from serving.settings.settings import Settings

CREATE = """mutation($input: CreateCustomerSessionInput!) { createCustomerSession(input: $input) {
  customerSession { clientSecret expiresAt customer { id name defaultPaymentMethod { id } } }
  errors { __typename code path message } } }"""
CALL = "POST /v1/customer_sessions"
ELEMENTS = {"paymentElement": "payment_element", "mobilePaymentElement": "mobile_payment_element"}


@pytest.fixture
def create(stripe):
    """Sends the mutation to a service with those settings. Returns the response."""

    async def create(components, *, customer=None, settings=None, **input):
        settings = settings or Settings()
        headers = bearer(settings, customer=customer) if customer else bearer(settings, service=True)
        request = {"query": CREATE, "variables": {"input": {"components": components, **input}}}
        stripe.clear()
        async with Api(settings, stripe) as api:
            return (await api.http.post("/graphql", json=request, headers=headers)).json()

    return create


def session(response):
    payload = response["data"]["createCustomerSession"]
    assert payload["errors"] == []
    return payload["customerSession"]


def error(response):
    (found,) = response["data"]["createCustomerSession"]["errors"]
    return found


def features(form):
    """The features that were sent, by component."""
    found = {}
    for name, value in form.items():
        if match := re.fullmatch(r"components\[(\w+)\]\[features\]\[payment_method_(\w+)\](\[\d\])?", name):
            found.setdefault(match[1], {}).setdefault(match[2], []).append(value)
    return found


class TestFeatures:
    @pytest.mark.parametrize("component", ELEMENTS)
    async def test_an_element_has_all_by_default(self, create, stripe, component):
        made = session(await create({component: {}}, customerId=AMARA))
        assert made["clientSecret"].startswith("cuss_secret_")
        assert made["customer"]["name"] == "Amara Okafor"
        assert stripe.calls == [CALL]
        on = {name: ["enabled"] for name in ("redisplay", "remove", "save")}
        assert features(stripe.form()) == {ELEMENTS[component]: on}
        assert stripe.form()[f"components[{ELEMENTS[component]}][enabled]"] == "true"

    async def test_a_sheet_has_two(self, create, stripe):
        given = {"redisplay": False, "save": False, "allowRedisplayFilters": ["ALWAYS", "UNSPECIFIED"]}
        session(await create({"customerSheet": given}, customerId=AMARA))
        assert features(stripe.form()) == {
            "customer_sheet": {"remove": ["enabled"], "allow_redisplay_filters": ["always", "unspecified"]}
        }

    async def test_each_is_sent(self, create, stripe):
        element = {"redisplay": False, "remove": False, "save": False}
        session(await create({"paymentElement": element, "customerSheet": {"remove": False}}, customerId=AMARA))
        off = {name: ["disabled"] for name in element}
        assert features(stripe.form()) == {"payment_element": off, "customer_sheet": {"remove": ["disabled"]}}

    @pytest.mark.parametrize(
        ("components", "path"),
        [
            ({}, "components"),
            ({"paymentElement": None}, "components"),
            ({"paymentElement": {"setAsDefault": True}}, "components.paymentElement.setAsDefault"),
            ({"customerSheet": {"setAsDefault": True}}, "components.customerSheet.setAsDefault"),
            ({"customerSheet": {"allowRedisplayFilters": []}}, "components.customerSheet.allowRedisplayFilters"),
            (
                {"customerSheet": {"allowRedisplayFilters": ["ALWAYS", "UNKNOWN"]}},
                "components.customerSheet.allowRedisplayFilters",
            ),
        ],
    )
    async def test_not_accepted(self, create, stripe, components, path):
        found = error(await create(components, customerId=AMARA))
        assert (found["code"], found["path"]) == ("INVALID_INPUT", ["input", *path.split(".")])
        assert stripe.calls == []


class TestLimit:
    """CUSTOMER_SESSION_FEATURES, for customers."""

    NO_REMOVAL = Settings(customer_session_features=("redisplay", "save"))
    NOTHING = Settings(customer_session_features=("none",))

    async def test_by_default_the_defaults_are_allowed(self, create, stripe):
        everything = {name: {} for name in (*ELEMENTS, "customerSheet")}
        made = session(await create(everything, customer=AMARA))
        assert made["customer"]["id"] == AMARA
        assert stripe.calls == [CALL]

    @pytest.mark.parametrize("component", [*ELEMENTS, "customerSheet"])
    async def test_what_is_not_allowed_is_named(self, create, stripe, component):
        response = await create({component: {}}, customer=AMARA, settings=self.NO_REMOVAL)
        (found,) = response["errors"]
        assert found["extensions"]["code"] == "FORBIDDEN"
        expected = f"The feature remove of {component} is not allowed for customers here. Send remove: false."
        assert found["message"] == expected
        assert stripe.calls == []
        session(await create({component: {"remove": False}}, customer=AMARA, settings=self.NO_REMOVAL))

    async def test_nothing_but_the_component(self, create):
        off = {"redisplay": False, "remove": False, "save": False}
        session(await create({"paymentElement": off}, customer=AMARA, settings=self.NOTHING))
        response = await create({"customerSheet": off}, customer=AMARA, settings=self.NOTHING)
        assert "redisplay of customerSheet" in response["errors"][0]["message"]

    async def test_services_have_no_limit(self, create):
        session(await create({"paymentElement": {}, "customerSheet": {}}, customerId=AMARA, settings=self.NOTHING))


class TestOwner:
    async def test_an_account(self, create, stripe):
        session(await create({"customerSheet": {}}, customerAccountId=ACCOUNT))
        assert (stripe.form()["customer_account"], stripe.form().get("customer")) == (ACCOUNT, None)
        assert stripe.calls == [CALL]

    async def test_an_account_of_its_own(self, create, stripe):
        made = session(await create({"customerSheet": {}}, customer=ACCOUNT))
        assert made["customer"]["name"]
        assert stripe.form()["customer_account"] == ACCOUNT
        assert stripe.calls == [CALL]

    async def test_both(self, create, stripe):
        found = error(await create({"customerSheet": {}}, customerId=AMARA, customerAccountId=ACCOUNT))
        assert found["path"] == ["input", "customerAccountId"]

    async def test_unknown_account(self, create):
        found = error(await create({"customerSheet": {}}, customerAccountId="acct_none"))
        assert (found["code"], found["path"]) == ("NOT_FOUND", ["input", "customerAccountId"])


@pytest.mark.parametrize("customer", [None, AMARA], ids=["service", "customer"])
@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "unavailable"])
async def test_a_lost_attempt_is_repeated_with_the_same_key(create, stripe, sandbox, quick, fault, customer):
    sandbox.faults.add(Fault(fault, path="/v1/customer_sessions", times=1))
    owner = {} if customer else {"customerId": AMARA}
    session(await create({"customerSheet": {}}, customer=customer, **owner))
    assert sandbox.ledger.operations() == ["customer_session.created"]
    assert len({request.headers["idempotency-key"] for request in stripe.requests}) == 1


async def test_the_same_key_has_the_same_secret(create, sandbox):
    first, second, other = [
        session(await create({"customerSheet": {}}, customerId=AMARA, idempotencyKey=key)) for key in ("a", "a", "b")
    ]
    assert first == second != other
    assert sandbox.ledger.operations() == ["customer_session.created"] * 2


async def test_the_secret_works_as_the_session_says(create, sandbox):
    made = session(await create({"customerSheet": {"allowRedisplayFilters": ["UNSPECIFIED"]}}, customer=JENNY))
    headers = {"authorization": f"Bearer {made['clientSecret']}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox), base_url="http://sandbox") as device:
        listed = await device.get(f"/v1/customers/{JENNY}/payment_methods", headers=headers)
        assert {method["allow_redisplay"] for method in listed.json()["data"]} == {"unspecified"}
        assert (await device.get(f"/v1/customers/{AMARA}/payment_methods", headers=headers)).status_code == 403


async def test_a_refusal_is_at_the_components(create, monkeypatch, stripe):
    body = {"error": {"type": "invalid_request_error", "param": "components[customer_sheet][features]", "message": "x"}}
    refused = httpx.MockTransport(lambda _: httpx.Response(400, content=json.dumps(body)))
    monkeypatch.setattr(stripe, "_inner", refused)
    found = error(await create({"customerSheet": {}}, customerId=AMARA))
    assert (found["code"], found["path"]) == ("INVALID_INPUT", ["input", "components"])
