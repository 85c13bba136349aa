"""Every type of payment method pays, once without being saved and once while it is saved."""

import pytest

from sandbox.parameters.payment_methods.payment_method_types import DELAYED
from tests.sandbox.payer import visit
from tests.sandbox.test_payment_method_types import CREATABLE, GENERATES, JENNY, NEVER, data

INTENTS = "/v1/payment_intents"
PAYMENT = {"amount": 1099, "currency": "eur", "confirm": True, "customer": JENNY}
AGREED = {
    "return_url": "https://shop.example/done",
    "mandate_data": {"customer_acceptance": {"type": "offline"}},
    "expand": ["latest_charge"],
}


async def paid(api, http, sandbox, type, **params):
    """Returns the intent after the payer and the bank have done what they must."""
    types = {"allowed_payment_method_types": [type], "payment_method_data": data(type)}
    body = await api.done("POST", INTENTS, {**PAYMENT, **AGREED, **types, **params})
    action = (body["next_action"] or {}).get("type")
    if action == "redirect_to_url":
        await visit(http, body)
    elif action == "verify_with_microdeposits":
        await api.done("POST", f"{INTENTS}/{body['id']}/verify_microdeposits", {"amounts": [32, 45]})
    elif action:
        attempt = sandbox.store.payment_intents[body["id"]].attempt
        await http.post(f"/_sandbox/redirects/{attempt}", content="outcome=complete")
    body = await api.done("GET", f"{INTENTS}/{body['id']}", {"expand": ["latest_charge"]})
    if type in DELAYED:
        assert (body["status"], body["latest_charge"]["status"]) == ("processing", "pending")
        await http.post("/_sandbox/payments", json={"payment_intent": body["id"]})
        body = await api.done("GET", f"{INTENTS}/{body['id']}", {"expand": ["latest_charge"]})
    return body


async def wallet(api):
    # Without the parameter `type`, Stripe lists no custom ones.
    lists = [{"limit": 100}, {"limit": 100, "type": "custom"}]
    pages = [await api.done("GET", f"/v1/customers/{JENNY}/payment_methods", params) for params in lists]
    return {method["id"]: method["type"] for page in pages for method in page["data"]}


@pytest.mark.parametrize("type", CREATABLE)
async def test_pays(api, http, sandbox, type):
    before = await wallet(api)
    body = await paid(api, http, sandbox, type)
    assert (body["status"], body["amount_received"]) == ("succeeded", 1099)
    assert body["latest_charge"]["payment_method_details"]["type"] == type
    assert await wallet(api) == before
    error = await api.refused(400, "POST", INTENTS, {**PAYMENT, **AGREED, "payment_method": body["payment_method"]})
    assert "It may not be used again." in error["message"]


@pytest.mark.parametrize("type", sorted(set(CREATABLE) - set(NEVER.split())))
async def test_pays_and_is_saved_once(api, http, sandbox, type):
    before = await wallet(api)
    body = await paid(api, http, sandbox, type, setup_future_usage="off_session")
    assert body["status"] == "succeeded"
    [added] = (await wallet(api)).items() - before.items()
    if type in GENERATES.split():
        details = body["latest_charge"]["payment_method_details"][type]
        assert added == (details["generated_sepa_debit"], "sepa_debit")
    else:
        assert added == (body["payment_method"], type)


@pytest.mark.parametrize("type", NEVER.split())
async def test_can_never_be_saved(api, type):
    types = {"allowed_payment_method_types": [type], "payment_method_data": data(type)}
    params = {**PAYMENT, **AGREED, **types, "setup_future_usage": "off_session"}
    error = await api.refused(400, "POST", INTENTS, params)
    assert error["message"] == f"PaymentMethods of type '{type}' cannot be saved to customers."
