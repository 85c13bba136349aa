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
