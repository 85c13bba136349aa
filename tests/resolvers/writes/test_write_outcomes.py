"""The record of each mutation field: its outcome, the digest of its key, and the codes of its user errors."""

from __future__ import annotations

import httpx
import pytest
from structlog.testing import capture_logs

from quality.harness.clients import Api, Recorder
from quality.harness.wallets import JENNYS_CARD, MATEO
from resolvers.writes.write_outcomes import DIGEST_LENGTH, KeyDigest
from sandbox import Fault
from serving.settings.settings import Settings
from tests.resolvers.mutations.saving import BACK
from tests.serving.telemetry.metrics.test_metrics import read

ATTACH = """
mutation Attach($input: AttachPaymentMethodInput!) {
  saved: attachPaymentMethod(input: $input) { errors { code } }
}
"""
CREATE_PAYMENT = """
mutation Pay($input: CreatePaymentIntentInput!) { createPaymentIntent(input: $input) { errors { code } } }
"""
CONFIRM_PAYMENT = """
mutation Pay($input: ConfirmPaymentIntentInput!) { confirmPaymentIntent(input: $input) { errors { code } } }
"""
PRICE = {"amount": 1099, "currency": "usd", "customerId": MATEO}
DECLINED = "pm_card_visa_chargeDeclinedInsufficientFunds"
KEY = "order-1234"


@pytest.fixture
def attach(api):
    """Attaches a card to Mateo's wallet; the writes in the operation's log line."""

    async def attach(token="pm_card_visa", **input):
        input = {"paymentMethodId": token, "customerId": MATEO, "idempotencyKey": KEY, **input}
        return await writes(api, ATTACH, input)

    return attach


async def operation(api, query, input):
    with capture_logs() as events:
        await api(query, input=input)
    return next(event for event in events if event["event"] == "operation")


async def writes(api, query, input):
    return (await operation(api, query, input))["writes"]


def replying(status, **response):
    return Recorder(httpx.MockTransport(lambda request: httpx.Response(status, **response)))


async def test_one_that_was_done(attach):
    (write,) = await attach()
    assert (write["mutation"], write["outcome"], write["errors"]) == ("attachPaymentMethod", "DONE", [])


async def test_a_query_has_none(api):
    assert await writes(api, "query($input: ID!) { paymentMethod(id: $input) { id } }", JENNYS_CARD) == []


async def test_a_declined_card_changes_nothing(attach):
    (write,) = await attach("pm_card_chargeDeclined")
    assert (write["outcome"], write["errors"]) == ("NOT_DONE", ["CARD_DECLINED"])


class TestADeclinedPayment:
    """The operation did not fail: its write was not done, which the payload's error says."""

    async def test_by_confirmation(self, api, saving):
        form = {"amount": "1099", "currency": "usd", "customer": MATEO}
        intent = (await saving.post("/v1/payment_intents", form))["id"]
        input = {"paymentIntentId": intent, "paymentMethodId": DECLINED, "returnUrl": BACK}
        await self.check(api, "confirmPaymentIntent", CONFIRM_PAYMENT, input)

    async def test_by_creation(self, api):
        input = {**PRICE, "paymentMethodId": DECLINED, "confirm": True, "idempotencyKey": KEY}
        await self.check(api, "createPaymentIntent", CREATE_PAYMENT, input)

    async def check(self, api, mutation, query, input):
        event = await operation(api, query, input)
        assert (event["outcome"], event["reason"], event["codes"], event["status"]) == ("ok", None, (), 200)
        (write,) = event["writes"]
        assert (write["mutation"], write["outcome"], write["errors"]) == (mutation, "NOT_DONE", ["CARD_DECLINED"])
        counted = await read(api)
        assert counted["attache_user_errors_total", "CARD_DECLINED"] == 1
        assert {key: count for key, count in counted.items() if key[0] == "attache_writes_total" and count} == {
            ("attache_writes_total", mutation, "NOT_DONE"): 1
        }
        failures = {"attache_operation_errors_total", "attache_operation_failures_total"}
        assert not any(count for key, count in counted.items() if key[0] in failures)


@pytest.mark.parametrize("input", [{"idempotencyKey": ""}, {"idempotencyKey": "x" * 256}, {"token": "../x"}])
async def test_neither_does_invalid_input(attach, input):
    (write,) = await attach(**input)
    assert write["outcome"] == "NOT_DONE"
    assert write["errors"]


async def test_a_default_that_was_not_set_is_partial(attach, sandbox, quick):
    sandbox.faults.add(Fault("unavailable", method="POST", path="/v1/customers", times=None))
    (write,) = await attach(setAsDefault=True)
    assert (write["outcome"], write["errors"]) == ("PARTIAL", ["DEFAULT_NOT_SET"])


@pytest.mark.parametrize(("status", "outcome"), [(500, "UNKNOWN"), (403, "NOT_DONE"), (429, "NOT_DONE")])
async def test_one_that_failed(quick, status, outcome):
    input = {"paymentMethodId": "pm_card_visa", "customerId": MATEO}
    async with Api(Settings(), replying(status, json={"error": {"type": "api_error"}})) as api:
        (write,) = await writes(api, ATTACH, input)
        counted = await read(api)
    assert write["outcome"] == outcome
    assert counted["attache_writes_total", "attachPaymentMethod", outcome] == 1


async def test_each_field_has_its_own(api):
    query = """mutation($input: AttachPaymentMethodInput!) {
        a: attachPaymentMethod(input: $input) { errors { code } }
        b: detachPaymentMethod(input: {paymentMethodId: "pm_unknown"}) { errors { code } }
    }"""
    found = await writes(api, query, {"paymentMethodId": "pm_card_visa", "customerId": MATEO})
    assert [(write["mutation"], write["outcome"]) for write in found] == [
        ("attachPaymentMethod", "DONE"),
        ("detachPaymentMethod", "NOT_DONE"),
    ]
    assert (await read(api))["attache_user_errors_total", "NOT_FOUND"] == 1


class TestTheDigestOfAKey:
    async def test_is_the_same_for_a_retry_and_another_for_another_key(self, attach):
        keys = [(await attach(idempotencyKey=key))[0]["key"] for key in ("a", "a", "b")]
        assert keys[0] == keys[1] != keys[2]
        assert keys[0] == KeyDigest("sk_test_sandbox").of("a")
        assert len(keys[0]) == DIGEST_LENGTH

    async def test_is_logged_for_a_key_that_the_service_made(self, attach):
        (write,) = await attach(idempotencyKey=None)
        assert len(write["key"]) == DIGEST_LENGTH

    def test_can_not_be_found_without_the_deployment_s_secret(self):
        assert KeyDigest("one").of(KEY) != KeyDigest("another").of(KEY)

    async def test_is_all_that_is_logged_of_it(self, api):
        with capture_logs() as events:
            await api(ATTACH, input={"paymentMethodId": "pm_card_visa", "customerId": MATEO, "idempotencyKey": KEY})
        assert KEY not in str(events)
