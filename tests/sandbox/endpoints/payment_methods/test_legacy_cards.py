"""Legacy cards: sources from before PaymentMethods, which are read, listed and detached like them."""

import pytest

from quality.harness.wallets import JENNYS_CARD, NOOR, NOORS_DEFAULT_SOURCE, NOORS_OTHER_CARD, NOORS_SUBSCRIPTION_SOURCE

URL = f"/v1/customers/{NOOR}"
CARDS = [NOORS_OTHER_CARD, NOORS_SUBSCRIPTION_SOURCE, NOORS_DEFAULT_SOURCE]


async def test_they_are_in_the_wallet(api):
    body = await api.done("GET", f"{URL}/payment_methods")
    assert [method["id"] for method in body["data"]] == CARDS
    assert (await api.done("GET", f"/v1/payment_methods/{CARDS[0]}"))["customer"] == NOOR


async def test_one_becomes_the_default_source(api, sandbox):
    assert (await api.done("POST", URL, {"default_source": CARDS[0]}))["default_source"] == CARDS[0]
    assert sandbox.ledger.operations() == ["customer.updated"]


@pytest.mark.parametrize("id", ["card_x", JENNYS_CARD, ""])
async def test_a_source_that_the_customer_does_not_have(api, id):
    error = await api.refused(400, "POST", URL, {"default_source": id})
    assert (error["code"], error["param"]) == ("resource_missing", "default_source")


async def test_detach_deletes_the_card(api):
    body = await api.done("POST", f"/v1/payment_methods/{NOORS_DEFAULT_SOURCE}/detach")
    assert (body["id"], body["customer"]) == (NOORS_DEFAULT_SOURCE, None)
    await api.refused(404, "GET", f"/v1/payment_methods/{NOORS_DEFAULT_SOURCE}")
    assert (await api.done("GET", URL))["default_source"] is None


async def test_detach_clears_the_source_of_a_subscription(api, sandbox):
    await api.done("POST", f"/v1/payment_methods/{NOORS_SUBSCRIPTION_SOURCE}/detach")
    body = await api.done("GET", "/v1/subscriptions/sub_1NZ4taLkdIwHu7ixVh6KpD3c")
    assert body["default_source"] is None
    assert sandbox.ledger.operations() == ["payment_method.detached", "customer.subscription.updated"]
