"""The service and a device confirm one PaymentIntent, ten times each at once. It is paid once."""

from __future__ import annotations

import asyncio

import pytest

from quality.harness.tokens import bearer
from quality.harness.wallets import MATEO
from sandbox import Fault
from tests.resolvers.mutations.saving import BACK, PAYMENT, Saving

CONFIRM = """mutation($input: ConfirmPaymentIntentInput!) { confirmPaymentIntent(input: $input) {
  paymentIntent { status paymentMethod { id } } errors { code } } }"""
TIMES = 10


@pytest.fixture
def saving(sandbox):
    return Saving(sandbox, PAYMENT)


@pytest.fixture
async def intent(saving):
    return await saving.post("/v1/payment_intents", {**PAYMENT.form, "customer": MATEO})


@pytest.fixture
def by_service(api, intent):
    """Confirms as Mateo. Returns the payment method that paid, or None if the payment was not accepted."""
    headers = bearer(api.service.settings, customer=MATEO)

    async def confirm(key):
        input = {"paymentIntentId": intent["id"], "paymentMethodId": "pm_card_amex", "returnUrl": BACK}
        body = {"query": CONFIRM, "variables": {"input": {**input, "idempotencyKey": key}}}
        answer = (await api.http.post("/graphql", json=body, headers=headers)).json()
        payload = answer["data"]["confirmPaymentIntent"]
        if payload["errors"]:
            assert payload == {"paymentIntent": None, "errors": [{"code": "INVALID_STATE"}]}
            return None
        assert payload["paymentIntent"]["status"] == "SUCCEEDED"
        return payload["paymentIntent"]["paymentMethod"]["id"]

    return confirm


@pytest.fixture
def by_device(saving, intent):
    """The same with the publishable key and the client secret."""

    async def confirm():
        form = {"client_secret": intent["client_secret"], "payment_method": "pm_card_visa", "return_url": BACK}
        body = (await saving.device.post(f"/v1/payment_intents/{intent['id']}/confirm", data=form)).json()
        if "error" in body:
            assert body["error"]["code"] == "payment_intent_unexpected_state"
            return None
        assert body["status"] == "succeeded"
        return body["payment_method"]

    return confirm


@pytest.mark.parametrize("key", [None, "order-1234"])
@pytest.mark.parametrize("device_first", [False, True])
async def test_one_of_them_pays(sandbox, saving, intent, by_service, by_device, device_first, key):
    before = await saving.wallet()
    sandbox.faults.add(Fault("delay", method="POST", path="/confirm$", delay=0.02, times=None))
    both = [*(by_service(key) for _ in range(TIMES)), *(by_device() for _ in range(TIMES))]
    results = await asyncio.gather(*(reversed(both) if device_first else both))
    paid = [method for method in results if method is not None]
    (charge,) = (await saving.get("/v1/charges", payment_intent=intent["id"]))["data"]
    assert (charge["amount"], charge["status"], charge["paid"]) == (1099, "succeeded", True)
    assert set(paid) == {charge["payment_method"]}
    # Confirmations with one key are one request, so that all of them get its result.
    by_key = key is not None and charge["payment_method_details"]["card"]["brand"] == "amex"
    assert len(paid) == (TIMES if by_key else 1)
    assert await saving.wallet() == [charge["payment_method"], *before]
