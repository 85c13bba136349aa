"""Limits against card testing: on mutations that try cards, and on declines."""

import pytest

from quality.harness.clients import Api, Recorder
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA, MATEO
from serving.settings.settings import Settings

ATTACH = """mutation($id: ID!, $key: String) {
  attachPaymentMethod(input: {paymentMethodId: $id, idempotencyKey: $key}) { errors { code } } }"""
CREATE = "mutation { createSetupIntent(input: {}) { setupIntent { id } errors { code } } }"
CONFIRM = """mutation($id: ID!, $method: ID) {
  confirmSetupIntent(input: {setupIntentId: $id, paymentMethodId: $method, returnUrl: "https://shop.example/"}) {
  errors { code } } }"""
UPDATE = """mutation { updatePaymentMethod(input: {paymentMethodId: "pm_none", metadata: []}) { errors { code } } }"""
GOOD, DECLINED = "pm_card_visa", "pm_card_visa_chargeDeclined"


class Shop:
    """Customers that save cards."""

    def __init__(self, settings, sandbox):
        self.settings = settings
        self.stripe = Recorder.over(sandbox)
        self._api = Api(settings, self.stripe)

    async def ask(self, query, customer=AMARA, **variables):
        headers = bearer(self.settings, customer=customer, service=customer is None)
        body = {"query": query, "variables": variables}
        return (await self._api.http.post("/graphql", json=body, headers=headers)).json()

    async def attach(self, id, customer=AMARA, **variables):
        """The code of the refusal, with the limit that was met; None where the card was saved."""
        answer = await self.ask(ATTACH, customer, id=id, **variables)
        if "errors" in answer:
            extensions = answer["errors"][0]["extensions"]
            assert extensions["retryAfter"] >= 1
            return extensions["code"], extensions["limit"]
        return next((error["code"] for error in answer["data"]["attachPaymentMethod"]["errors"]), None)


@pytest.fixture
def shop(sandbox):
    return lambda **settings: Shop(Settings(**settings), sandbox)


TOO_MANY_CARDS = ("RATE_LIMITED", "RATE_LIMIT_CARDS")
TOO_MANY_DECLINES = ("RATE_LIMITED", "RATE_LIMIT_DECLINES")


async def test_attempts_are_limited_and_make_no_call_beyond(shop):
    shop = shop(rate_limit_cards="2/hour")
    assert [await shop.attach(GOOD) for _ in range(3)] == [None, None, TOO_MANY_CARDS]
    assert len(shop.stripe.calls) == 2
    assert await shop.attach(GOOD, MATEO) is None


async def test_each_mutation_that_tries_a_card_counts(shop):
    shop = shop(rate_limit_cards="3/hour")
    created = await shop.ask(CREATE)
    intent = created["data"]["createSetupIntent"]["setupIntent"]["id"]
    await shop.ask(CONFIRM, id=intent, method=GOOD)
    assert await shop.attach(GOOD) is None
    for query, variables in ((CREATE, {}), (CONFIRM, {"id": intent}), (ATTACH, {"id": GOOD})):
        (error,) = (await shop.ask(query, **variables))["errors"]
        assert error["extensions"]["limit"] == "RATE_LIMIT_CARDS"


async def test_other_mutations_and_reads_do_not(shop):
    shop = shop(rate_limit_cards="1/hour", rate_limit_declines="1/hour")
    assert await shop.attach(DECLINED) == "CARD_DECLINED"
    for query in (UPDATE, "{ customer { email } }"):
        assert "errors" not in await shop.ask(query)


async def test_after_too_many_declines_no_card_is_tried(shop):
    shop = shop(rate_limit_declines="2/hour")
    assert await shop.attach(GOOD) is None
    assert [await shop.attach(DECLINED) for _ in range(2)] == ["CARD_DECLINED"] * 2
    calls = len(shop.stripe.calls)
    assert await shop.attach(GOOD) == TOO_MANY_DECLINES
    (error,) = (await shop.ask(CREATE))["errors"]
    assert error["extensions"]["limit"] == "RATE_LIMIT_DECLINES"
    assert error["message"].startswith("Too many declined cards (RATE_LIMIT_DECLINES). Try again in ")
    assert len(shop.stripe.calls) == calls
    assert await shop.attach(GOOD, MATEO) is None


async def test_a_decline_at_confirm_counts(shop):
    shop = shop(rate_limit_declines="1/hour")
    intent = (await shop.ask(CREATE))["data"]["createSetupIntent"]["setupIntent"]["id"]
    answer = await shop.ask(CONFIRM, id=intent, method=DECLINED)
    assert answer["data"]["confirmSetupIntent"]["errors"] == [{"code": "CARD_DECLINED"}]
    assert await shop.attach(GOOD) == TOO_MANY_DECLINES


async def test_a_decline_that_stripe_repeats_counts_once(shop):
    shop = shop(rate_limit_declines="2/hour")
    assert [await shop.attach(DECLINED, key="one") for _ in range(3)] == ["CARD_DECLINED"] * 3
    assert await shop.attach(GOOD) is None


async def test_services_are_exempt(shop):
    shop = shop(rate_limit_cards="1/hour", rate_limit_declines="1/hour")
    for _ in range(3):
        answer = await shop.ask(CREATE, None)
        assert answer["data"]["createSetupIntent"]["errors"] == []
