"""Payments through the sandbox: what is paid, what is saved, and what the wallet shows afterwards."""

import pytest

from quality.harness.clients import Api
from quality.harness.wallets import JENNY
from serving.settings.settings import Settings
from tests.resolvers.mutations.saving import BACK

FIELDS = """id status amountReceived paymentMethod { id } nextAction { type redirectToUrl returnUrl }
  lastPaymentError { code declineCode paymentMethod { id } }"""
ERRORS = "errors { __typename path ... on CardDeclinedError { declineCode } }"
PRICE = {"amount": 1099, "currency": "usd", "customerId": JENNY}
WALLET = f'{{ customer(id: "{JENNY}") {{ paymentMethods(first: 100) {{ nodes {{ id }} }} }} }}'


class Shop:
    """The service with a read cache."""

    def __init__(self, api):
        self.api = api

    async def ask(self, mutation, **input):
        document = f"""mutation($input: {mutation[0].upper()}{mutation[1:]}Input!) {{
          {mutation}(input: $input) {{ paymentIntent {{ {FIELDS} }} {ERRORS} }} }}"""
        return (await self.api.data(document, input=input))[mutation]

    async def pay(self, method, **input):
        given = {**PRICE, "paymentMethodId": method, "confirm": True, "idempotencyKey": method, **input}
        return await self.ask("createPaymentIntent", **given)

    async def confirm(self, id, method, **input):
        given = {"paymentIntentId": id, "paymentMethodId": method, "returnUrl": BACK, **input}
        return await self.ask("confirmPaymentIntent", **given)

    async def complete(self, id, *, set_as_default=False):
        document = """mutation($input: CompletePaymentIntentInput!) { completePaymentIntent(input: $input) {
          paymentMethod { id isDefault } paymentIntent { id status } errors { __typename path } } }"""
        input = {"paymentIntentId": id, "setAsDefault": set_as_default}
        return (await self.api.data(document, input=input))["completePaymentIntent"]

    async def read(self, id):
        return (await self.api.data(f'{{ paymentIntent(id: "{id}") {{ {FIELDS} }} }}'))["paymentIntent"]

    async def wallet(self):
        return [one["id"] for one in (await self.api.data(WALLET))["customer"]["paymentMethods"]["nodes"]]


@pytest.fixture
async def shop(stripe):
    async with Api(Settings(read_cache_seconds=600), stripe) as api:
        yield Shop(api)


@pytest.fixture
async def asked(shop):
    """A PaymentIntent that waits for 3-D Secure, and the bank's page."""
    created = (await shop.ask("createPaymentIntent", **PRICE, setupFutureUsage="OFF_SESSION"))["paymentIntent"]
    confirmed = await shop.confirm(created["id"], "pm_card_threeDSecure2Required")
    assert (confirmed["errors"], confirmed["paymentIntent"]["status"]) == ([], "REQUIRES_ACTION")
    action = confirmed["paymentIntent"]["nextAction"]
    assert (action["type"], action["returnUrl"]) == ("redirect_to_url", BACK)
    return created["id"], action["redirectToUrl"]


@pytest.mark.parametrize("usage", ["OFF_SESSION", None])
async def test_the_wallet_shows_at_once_what_a_payment_saved(shop, usage):
    for _ in range(3):
        before = await shop.wallet()
    paid = (await shop.pay("pm_card_visa", setupFutureUsage=usage))["paymentIntent"]
    assert (paid["status"], paid["amountReceived"]) == ("SUCCEEDED", 1099)
    assert await shop.wallet() == ([paid["paymentMethod"]["id"], *before] if usage else before)


async def test_after_a_decline_the_same_intent_can_be_paid(shop):
    created = (await shop.ask("createPaymentIntent", **PRICE, setupFutureUsage="OFF_SESSION"))["paymentIntent"]
    (error,) = (await shop.confirm(created["id"], "pm_card_visa_chargeDeclinedInsufficientFunds"))["errors"]
    assert (error["__typename"], error["declineCode"]) == ("CardDeclinedError", "insufficient_funds")
    found = await shop.read(created["id"])
    assert (found["status"], found["amountReceived"]) == ("REQUIRES_PAYMENT_METHOD", 0)
    assert found["lastPaymentError"]["declineCode"] == "insufficient_funds"
    assert found["lastPaymentError"]["paymentMethod"]["id"].startswith("pm_")
    assert (await shop.confirm(created["id"], "pm_card_visa"))["paymentIntent"]["status"] == "SUCCEEDED"
    (error,) = (await shop.confirm(created["id"], "pm_card_visa"))["errors"]
    assert (error["__typename"], error["path"]) == ("InvalidStateError", ["input", "paymentIntentId"])


async def test_absent_customers_cannot_authenticate(shop):
    (error,) = (await shop.pay("pm_card_authenticationRequired", offSession=True))["errors"]
    assert (error["__typename"], error["declineCode"]) == ("CardDeclinedError", "authentication_required")


async def test_a_debit_is_processing(shop):
    mandate = {"online": {"ipAddress": "203.0.113.7", "userAgent": "Firefox"}}
    paid = await shop.pay("pm_sepaDebit_success_de", currency="eur", mandate=mandate, setupFutureUsage="OFF_SESSION")
    assert paid["errors"] == []
    assert (paid["paymentIntent"]["status"], paid["paymentIntent"]["amountReceived"]) == ("PROCESSING", 0)


async def test_too_little_is_refused(shop):
    (error,) = (await shop.pay("pm_card_visa", amount=1))["errors"]
    assert (error["__typename"], error["path"]) == ("InvalidInputError", ["input", "amount"])


async def test_authentication_pays_and_saves_once(shop, saving, asked):
    id, page = asked
    for _ in range(3):  # Then it is in the read cache.
        before = await shop.wallet()
    assert [error["__typename"] for error in (await shop.complete(id))["errors"]] == ["InvalidStateError"]
    for _ in range(2):
        await saving.device.post(page, data={"outcome": "complete"})
    paid = await shop.read(id)
    assert (paid["status"], paid["amountReceived"], paid["nextAction"]) == ("SUCCEEDED", 1099, None)
    for default in (False, True, True):
        assert await shop.complete(id, set_as_default=default) == {
            "paymentMethod": {"id": paid["paymentMethod"]["id"], "isDefault": default},
            "paymentIntent": {"id": id, "status": "SUCCEEDED"},
            "errors": [],
        }
        assert await shop.wallet() == [paid["paymentMethod"]["id"], *before]
    charges = (await saving.get("/v1/charges", payment_intent=id))["data"]
    assert [(charge["amount"], charge["status"]) for charge in charges] == [(1099, "succeeded")]


async def test_failed_authentication_neither_pays_nor_saves(shop, saving, asked):
    id, page = asked
    before = await shop.wallet()
    await saving.device.post(page, data={"outcome": "fail"})
    found = await shop.read(id)
    assert (found["status"], found["amountReceived"]) == ("REQUIRES_PAYMENT_METHOD", 0)
    assert found["lastPaymentError"]["code"] == "payment_intent_authentication_failure"
    assert [error["__typename"] for error in (await shop.complete(id))["errors"]] == ["InvalidStateError"]
    assert await shop.wallet() == before
    assert (await saving.get("/v1/charges", payment_intent=id))["data"] == []
