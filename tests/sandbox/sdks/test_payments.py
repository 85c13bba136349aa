"""Methods saved while paying, with Stripe's official Python SDK as server and as device."""

import httpx
import pytest
import stripe

JENNY = "cus_NbZ8Ki3f322LNn"
BACK = {"return_url": "https://shop.example/done"}
SAVED = {"amount": 1099, "currency": "usd", "customer": JENNY, "setup_future_usage": "off_session"}
SEPA = {"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013000"}}


def pay(browser, intent: stripe.PaymentIntent, **params) -> stripe.PaymentIntent:
    return browser.v1.payment_intents.confirm(intent.id, {"client_secret": intent.client_secret, **BACK, **params})


def times_in_wallet(client, method: str) -> int:
    wallet = client.v1.customers.payment_methods.list(JENNY, {"limit": 100})
    return [saved.id for saved in wallet.data].count(method)


def settle(address: str, intent: stripe.PaymentIntent) -> None:
    response = httpx.post(f"{address}/_sandbox/payments", json={"payment_intent": intent.id})
    assert response.status_code == 200


def test_3d_secure_and_an_off_session_payment(client, browser):
    intent = client.v1.payment_intents.create(SAVED)
    waiting = pay(browser, intent, payment_method="pm_card_authenticationRequiredOnSetup")
    assert waiting.status == "requires_action"
    page = httpx.post(str(waiting.next_action.redirect_to_url.url), data={"outcome": "complete"})
    assert page.headers["location"].endswith("redirect_status=succeeded")
    intent = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert (intent.status, intent.latest_charge.paid) == ("succeeded", True)
    assert times_in_wallet(client, intent.payment_method) == 1
    absent = {"off_session": True, "confirm": True, "payment_method": intent.payment_method, **BACK}
    again = client.v1.payment_intents.create({"amount": 500, "currency": "usd", "customer": JENNY, **absent})
    assert again.status == "succeeded"
    assert times_in_wallet(client, intent.payment_method) == 1


def test_a_decline_and_another_try(client, browser):
    intent = client.v1.payment_intents.create(SAVED)
    with pytest.raises(stripe.CardError) as decline:
        pay(browser, intent, payment_method="pm_card_visa_chargeDeclinedInsufficientFunds")
    assert (decline.value.http_status, decline.value.error.decline_code) == (402, "insufficient_funds")
    assert decline.value.error.payment_intent.status == "requires_payment_method"
    assert client.v1.charges.retrieve(decline.value.error.charge).status == "failed"
    assert pay(browser, intent, payment_method="pm_card_visa").status == "succeeded"
    statuses = [charge.status for charge in client.v1.charges.list({"payment_intent": intent.id}).data]
    assert statuses == ["succeeded", "failed"]


def test_off_session_authentication(client):
    method = client.v1.payment_methods.attach("pm_card_authenticationRequired", {"customer": JENNY}).id
    absent = {"off_session": True, "confirm": True, "payment_method": method, **BACK}
    with pytest.raises(stripe.CardError) as decline:
        client.v1.payment_intents.create({**SAVED, **absent})
    assert (decline.value.code, decline.value.error.payment_method.id) == ("authentication_required", method)


def test_a_debit_that_succeeds(client, browser, address):
    intent = client.v1.payment_intents.create({**SAVED, "currency": "eur"})
    assert pay(browser, intent, payment_method_data=SEPA).status == "processing"
    settle(address, intent)
    intent = client.v1.payment_intents.retrieve(intent.id)
    assert (intent.status, intent.amount_received) == ("succeeded", 1099)
    assert times_in_wallet(client, intent.payment_method) == 1


def test_a_debit_that_fails(client, browser, address):
    intent = client.v1.payment_intents.create(SAVED)
    assert pay(browser, intent, payment_method="pm_usBankAccount_noAccount").status == "processing"
    settle(address, intent)
    intent = client.v1.payment_intents.retrieve(intent.id)
    assert (intent.status, intent.last_payment_error.code) == ("requires_payment_method", "no_account")
    types = [
        event.type
        for event in client.v1.events.list({"types": ["charge.failed", "payment_intent.payment_failed"]}).data
    ]
    assert types == ["payment_intent.payment_failed", "charge.failed"]


def test_manual_capture(client):
    params = {**SAVED, **BACK, "capture_method": "manual", "confirm": True, "payment_method": "pm_card_visa"}
    intent = client.v1.payment_intents.create(params)
    assert (intent.status, intent.amount_capturable) == ("requires_capture", 1099)
    assert client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 900}).amount_received == 900
