"""Flows of SetupIntents beyond cards, with Stripe's official Python SDK as server and as device."""

import httpx
import pytest
import stripe

JENNY = "cus_NbZ8Ki3f322LNn"
BACK = {"return_url": "https://shop.example/done"}


def confirm(browser, intent: stripe.SetupIntent, **params) -> stripe.SetupIntent:
    return browser.v1.setup_intents.confirm(intent.id, {"client_secret": intent.client_secret, **BACK, **params})


def approve(intent: stripe.SetupIntent) -> None:
    url = str(intent.next_action.redirect_to_url.url)
    assert httpx.post(url, data={"outcome": "complete"}).status_code == 303


@pytest.mark.parametrize("type", ["ideal", "bancontact"])
def test_a_generated_sepa_debit(client, browser, type):
    intent = client.v1.setup_intents.create({"customer": JENNY})
    details = {"type": type, "billing_details": {"name": "Jenny Rosen", "email": "jenny@example.com"}}
    approve(confirm(browser, intent, payment_method_data=details))
    path = f"latest_attempt.payment_method_details.{type}.generated_sepa_debit"
    intent = client.v1.setup_intents.retrieve(intent.id, {"expand": [path]})
    generated = intent.latest_attempt.payment_method_details[type].generated_sepa_debit
    assert (intent.status, generated.type, generated.customer) == ("succeeded", "sepa_debit", JENNY)
    [attempt] = client.v1.setup_attempts.list({"setup_intent": intent.id}).data
    assert attempt.id == generated.sepa_debit.generated_from.setup_attempt


ACCEPTANCE = {"type": "online", "online": {"ip_address": "198.51.100.7", "user_agent": "Firefox"}}


def test_a_mandate(client):
    params = {"customer": JENNY, "payment_method": "pm_sepaDebit_success_de", "confirm": True, **BACK}
    mandate_data = {"customer_acceptance": ACCEPTANCE}
    intent = client.v1.setup_intents.create({**params, "mandate_data": mandate_data, "expand": ["mandate"]})
    mandate = client.v1.mandates.retrieve(intent.mandate.id)
    assert (mandate.status, mandate.customer_acceptance.online.user_agent) == ("active", "Firefox")
    client.v1.payment_methods.detach(intent.payment_method)
    assert client.v1.mandates.retrieve(mandate.id).status == "inactive"


def test_microdeposits(client, browser):
    intent = client.v1.setup_intents.create({"customer": JENNY})
    account = {"account_number": "000123456789", "routing_number": "110000000", "account_holder_type": "individual"}
    waiting = confirm(browser, intent, payment_method_data={"type": "us_bank_account", "us_bank_account": account})
    assert waiting.next_action.verify_with_microdeposits.microdeposit_type == "descriptor_code"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.setup_intents.verify_microdeposits(intent.id, {"amounts": [1, 2]})
    assert refusal.value.code == "payment_method_microdeposit_verification_amounts_mismatch"
    secret = {"client_secret": intent.client_secret}
    verified = browser.v1.setup_intents.verify_microdeposits(intent.id, {"descriptor_code": "SM11AA", **secret})
    assert verified.status == "succeeded"


def test_a_confirmation_token(client):
    data = {"type": "card", "card": {"token": "tok_visa"}, "allow_redisplay": "always"}
    params = {"payment_method_data": data, **BACK}
    token = client.v1.test_helpers.confirmation_tokens.create(params)
    assert token.payment_method_preview.card.last4 == "4242"
    intent = {"customer": JENNY, "confirm": True, "confirmation_token": token.id}
    saved = client.v1.setup_intents.create({**intent, "expand": ["payment_method"]}).payment_method
    assert (saved.customer, saved.allow_redisplay) == (JENNY, "always")
    assert client.v1.confirmation_tokens.retrieve(token.id).setup_intent.startswith("seti_")
    with pytest.raises(stripe.InvalidRequestError, match="already been used"):
        client.v1.setup_intents.create(intent)
