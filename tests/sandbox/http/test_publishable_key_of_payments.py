"""Publishable keys: retrieve and confirm one PaymentIntent."""

import pytest

INTENTS = "/v1/payment_intents"
JENNY = "cus_NbZ8Ki3f322LNn"
PUBLIC = "Bearer pk_test_123"
HIDDEN = """
    amount_capturable amount_received application customer latest_charge metadata on_behalf_of review
    statement_descriptor statement_descriptor_suffix transfer_data transfer_group
"""


@pytest.fixture
async def intent(api):
    saved = {"customer": JENNY, "setup_future_usage": "off_session"}
    return await api.done("POST", INTENTS, {"amount": 1099, "currency": "usd", "metadata": {"cart": "7"}, **saved})


def own(intent, **params):
    return {"client_secret": intent["client_secret"], **params}


async def test_gets_the_public_part_of_the_intent(api, intent):
    body = await api.done("GET", f"{INTENTS}/{intent['id']}", own(intent), authorization=PUBLIC)
    assert body.items() <= intent.items()
    assert not set(HIDDEN.split()) & set(body)
    assert (body["amount"], body["status"]) == (1099, "requires_payment_method")


async def test_confirms(api, intent):
    url = f"{INTENTS}/{intent['id']}/confirm"
    params = own(intent, payment_method="pm_card_visa", expand=["payment_method"])
    body = await api.done("POST", url, params, authorization=PUBLIC)
    assert (body["status"], "customer" in body) == ("succeeded", False)
    method = body["payment_method"]
    assert not {"customer", "metadata"} & method.keys()
    assert "fingerprint" not in method["card"]
    assert (await api.done("GET", f"/v1/payment_methods/{method['id']}"))["customer"] == JENNY


async def test_agrees_to_a_mandate(api, intent):
    params = own(intent, payment_method="pm_usBankAccount_success")
    body = await api.done("POST", f"{INTENTS}/{intent['id']}/confirm", params, authorization=PUBLIC)
    assert body["status"] == "processing"


async def test_error_has_only_the_public_part(api, intent):
    params = own(intent, payment_method="pm_card_visa_chargeDeclined")
    error = await api.refused(402, "POST", f"{INTENTS}/{intent['id']}/confirm", params, authorization=PUBLIC)
    assert not set(HIDDEN.split()) & set(error["payment_intent"])
    for method in (error["payment_method"], error["payment_intent"]["last_payment_error"]["payment_method"]):
        assert not {"customer", "metadata"} & method.keys()
        assert "fingerprint" not in method["card"]


async def test_expands_nothing_beyond_the_method(api, intent):
    for path in ("customer", "payment_method.customer", "latest_charge"):
        params = own(intent, expand=[path])
        await api.refused(400, "GET", f"{INTENTS}/{intent['id']}", params, authorization=PUBLIC)


@pytest.mark.parametrize("authorization", [PUBLIC, "Bearer sk_test_123"])
async def test_wrong_secret(api, intent, authorization):
    params = {"client_secret": intent["client_secret"][:-1]}
    error = await api.refused(400, "GET", f"{INTENTS}/{intent['id']}", params, authorization=authorization)
    assert error["message"] == "The client_secret provided does not match any associated PaymentIntent on this account."


async def test_of_another_account(api, intent):
    for url in (f"{INTENTS}/{intent['id']}", f"{INTENTS}/pi_x"):
        account = {"stripe_account": "acct_1SPk3RKqZ8mWc5Ld"}
        error = await api.refused(400, "GET", url, own(intent), authorization=PUBLIC, **account)
        assert error["message"].startswith("The client_secret provided does not match any associated PaymentIntent")


async def test_client_secret_is_required(api, intent):
    error = await api.refused(400, "GET", f"{INTENTS}/{intent['id']}", authorization=PUBLIC)
    assert (error["code"], error["param"]) == ("parameter_missing", "client_secret")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", INTENTS),
        ("GET", INTENTS),
        ("POST", f"{INTENTS}/pi_x"),
        ("POST", f"{INTENTS}/pi_x/cancel"),
        ("POST", f"{INTENTS}/pi_x/capture"),
        ("GET", "/v1/charges"),
        ("GET", "/v1/charges/ch_x"),
    ],
)
async def test_everything_else_needs_a_secret_key(api, method, path):
    assert (await api.refused(403, method, path, authorization=PUBLIC))["code"] == "secret_key_required"
