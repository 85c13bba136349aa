"""createEphemeralKey: the SDK's version, Stripe's response as it is, and who may have one."""

from __future__ import annotations

import httpx
import pytest

from quality.harness.clients import Api
from quality.harness.tokens import bearer
from quality.harness.wallets import ACCOUNT, AMARA, JENNY
from sandbox import Fault
from serving.settings.settings import Settings

CREATE = """mutation($input: CreateEphemeralKeyInput!) { createEphemeralKey(input: $input) {
  ephemeralKey { id secret created expiresAt json } errors { __typename code path message } } }"""
CALL = "POST /v1/ephemeral_keys"
READ = "GET /v1/customers/:acct"
VERSION = "2020-08-27"


@pytest.fixture
def create(stripe):
    """Sends the mutation to a service with those settings. Returns the response."""

    async def create(*, customer=None, settings=None, stripeVersion=VERSION, **input):
        settings = settings or Settings()
        headers = bearer(settings, customer=customer) if customer else bearer(settings, service=True)
        request = {"query": CREATE, "variables": {"input": {"stripeVersion": stripeVersion, **input}}}
        stripe.clear()
        async with Api(settings, stripe) as api:
            return (await api.http.post("/graphql", json=request, headers=headers)).json()

    return create


def key(response):
    payload = response["data"]["createEphemeralKey"]
    assert payload["errors"] == []
    return payload["ephemeralKey"]


def error(response):
    (found,) = response["data"]["createEphemeralKey"]["errors"]
    return found


async def test_it_is_passed_on_as_it_is(create, stripe):
    made = key(await create(customer=AMARA))
    assert made["json"]["associated_objects"] == [{"type": "customer", "id": AMARA}]
    assert (made["json"]["id"], made["json"]["secret"]) == (made["id"], made["secret"])
    assert made["secret"].startswith("ek_test_")
    assert stripe.calls == [CALL]
    assert stripe.form() == {"customer": AMARA}


async def test_only_its_own_call_has_the_version(create, stripe):
    key(await create(customerAccountId=ACCOUNT))
    versions = [request.headers.get_list("stripe-version") for request in stripe.requests]
    assert versions == [[Settings().stripe_api_version], [VERSION]]


@pytest.mark.parametrize("version", [VERSION, "2025-10-29.clover"])
async def test_versions(create, stripe, version):
    key(await create(customer=AMARA, stripeVersion=version))
    assert stripe.requests[-1].headers["stripe-version"] == version


@pytest.mark.parametrize(
    "version",
    ["", "latest", "2020-08-27, 2019-05-16", "2020-08-27;a=v1", "2020-8-27", "2020-08-27\r\nX: y", "٢٠٢٠-08-27", " "],
)
async def test_not_one_version(create, stripe, version):
    found = error(await create(customer=AMARA, stripeVersion=version))
    assert (found["code"], found["path"]) == ("INVALID_INPUT", ["input", "stripeVersion"])
    assert stripe.calls == []


async def test_a_version_that_stripe_does_not_have(create, stripe, monkeypatch):
    body = {"error": {"type": "invalid_request_error", "message": "Invalid Stripe API version: 2001-01-01"}}
    refused = httpx.MockTransport(lambda _: httpx.Response(400, json=body))
    monkeypatch.setattr(stripe, "_inner", refused)
    found = error(await create(customerId=AMARA, stripeVersion="2001-01-01"))
    assert (found["code"], found["path"]) == ("INVALID_INPUT", ["input", "stripeVersion"])


class TestOwner:
    @pytest.mark.parametrize("customer", [None, ACCOUNT], ids=["service", "customer"])
    async def test_an_account_costs_a_read(self, create, stripe, customer):
        owner = {} if customer else {"customerAccountId": ACCOUNT}
        made = key(await create(customer=customer, **owner))
        assert made["json"]["associated_objects"][0]["id"] == "cus_TCFLqRqKHBr1NO"
        assert stripe.calls == [READ, CALL]

    async def test_an_unknown_account(self, create, stripe):
        found = error(await create(customerAccountId="acct_none"))
        assert (found["code"], found["path"]) == ("NOT_FOUND", ["input", "customerAccountId"])
        assert stripe.calls == [READ]


class TestLimit:
    """An ephemeral key allows every feature, so that a limit on one refuses customers the key."""

    @pytest.mark.parametrize("missing", ["redisplay", "remove", "save"])
    async def test_customers(self, create, stripe, missing):
        allowed = tuple({"redisplay", "remove", "save"} - {missing})
        response = await create(customer=AMARA, settings=Settings(customer_session_features=allowed))
        (found,) = response["errors"]
        assert found["extensions"]["code"] == "FORBIDDEN"
        assert f"{missing} is not allowed for customers here" in found["message"]
        assert stripe.calls == []

    async def test_services_have_none(self, create):
        key(await create(customerId=AMARA, settings=Settings(customer_session_features=("none",))))


class TestKeys:
    async def test_the_same_key_has_the_same_secret(self, create, sandbox):
        first, second = [key(await create(customerId=AMARA, idempotencyKey="a")) for _ in range(2)]
        assert first == second
        assert sandbox.ledger.operations() == ["ephemeral_key.created"]

    async def test_another_version_is_another_key(self, create):
        """Otherwise Stripe would replay the first version's response."""
        first, second = [
            key(await create(customerId=AMARA, idempotencyKey="a", stripeVersion=version))
            for version in (VERSION, "2025-10-29.clover")
        ]
        assert first["id"] != second["id"]

    async def test_another_customer_is_a_conflict(self, create):
        key(await create(customerId=AMARA, idempotencyKey="a"))
        assert error(await create(customerId=JENNY, idempotencyKey="a"))["code"] == "IDEMPOTENCY_CONFLICT"

    @pytest.mark.parametrize("fault", ["drop_before", "drop_after", "unavailable"])
    async def test_a_lost_attempt_is_repeated_with_the_same_key(self, create, stripe, sandbox, quick, fault):
        sandbox.faults.add(Fault(fault, path="/v1/ephemeral_keys", times=1))
        key(await create(customer=AMARA))
        assert sandbox.ledger.operations() == ["ephemeral_key.created"]
        assert len({request.headers["idempotency-key"] for request in stripe.requests}) == 1


async def test_the_secret_opens_its_customer(create, sandbox):
    made = key(await create(customer=JENNY))
    headers = {"authorization": f"Bearer {made['secret']}", "stripe-version": VERSION}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox), base_url="http://sandbox") as device:
        assert (await device.get(f"/v1/customers/{JENNY}", headers=headers)).status_code == 200
        assert (await device.get(f"/v1/customers/{AMARA}", headers=headers)).status_code == 403
