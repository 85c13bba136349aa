"""Publishable keys: retrieve and confirm one intent."""

import base64

import pytest

INTENTS = "/v1/setup_intents"
JENNY = "cus_NbZ8Ki3f322LNn"
PUBLIC = "Bearer pk_test_123"


@pytest.fixture
async def intent(api):
    return await api.done("POST", INTENTS, {"customer": JENNY, "metadata": {"cart": "7"}})


def own(intent, **params):
    return {"client_secret": intent["client_secret"], **params}


@pytest.mark.parametrize("authorization", [PUBLIC, "Basic " + base64.b64encode(b"pk_test_123:").decode()])
async def test_gets_the_public_part_of_the_intent(api, intent, authorization):
    body = await api.done("GET", f"{INTENTS}/{intent['id']}", own(intent), authorization=authorization)
    assert body.items() <= intent.items()
    assert not {"customer", "metadata", "latest_attempt", "application", "on_behalf_of"} & set(body)
    assert body["status"] == "requires_payment_method"


async def test_confirms(api, intent):
    url = f"{INTENTS}/{intent['id']}/confirm"
    body = await api.done("POST", url, own(intent, payment_method="pm_card_visa"), authorization=PUBLIC)
    assert (body["status"], "customer" in body) == ("succeeded", False)
    assert (await api.done("GET", f"/v1/payment_methods/{body['payment_method']}"))["customer"] == JENNY


async def test_confirms_with_the_key_as_a_parameter(api, intent):
    params = own(
        intent,
        key="pk_test_123",
        payment_method_data={"type": "card", "card": {"token": "tok_visa"}},
        return_url="https://shop.example/done",
        use_stripe_sdk=True,
    )
    body = await api.done("POST", f"{INTENTS}/{intent['id']}/confirm", params, authorization="")
    assert body["status"] == "succeeded"
    seen = await api.done("GET", f"{INTENTS}/{intent['id']}", own(intent, key="pk_test_123"), authorization="")
    assert seen == body


async def test_error_has_only_the_public_part(api, intent):
    params = own(intent, payment_method="pm_card_visa_chargeDeclined")
    error = await api.refused(402, "POST", f"{INTENTS}/{intent['id']}/confirm", params, authorization=PUBLIC)
    assert "metadata" not in error["setup_intent"]
    for method in (error["payment_method"], error["setup_intent"]["last_setup_error"]["payment_method"]):
        assert not {"customer", "metadata"} & method.keys()
        assert "fingerprint" not in method["card"]
    error = await api.refused(400, "POST", f"{INTENTS}/{intent['id']}/confirm", own(intent), authorization=PUBLIC)
    assert "customer" not in error["setup_intent"]


async def test_expands_the_method_and_nothing_beyond(api, intent):
    url, params = f"{INTENTS}/{intent['id']}/confirm", own(intent, payment_method="pm_card_visa")
    body = await api.done("POST", url, {**params, "expand": ["payment_method"]}, authorization=PUBLIC)
    assert body["payment_method"]["card"]["last4"] == "4242"
    for path in ("customer", "payment_method.customer", "latest_attempt"):
        params = own(intent, expand=[path])
        await api.refused(400, "GET", f"{INTENTS}/{intent['id']}", params, authorization=PUBLIC)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_client_secret_is_required(api, intent, method):
    url = f"{INTENTS}/{intent['id']}" + ("/confirm" if method == "POST" else "")
    error = await api.refused(400, method, url, authorization=PUBLIC)
    assert (error["code"], error["param"]) == ("parameter_missing", "client_secret")


@pytest.mark.parametrize("authorization", [PUBLIC, "Bearer sk_test_123"])
async def test_wrong_secret(api, intent, authorization):
    params = {"client_secret": intent["client_secret"][:-1]}
    error = await api.refused(400, "GET", f"{INTENTS}/{intent['id']}", params, authorization=authorization)
    assert (error["code"], error["param"]) == ("setup_intent_invalid_parameter", "client_secret")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/customers"),
        ("GET", f"/v1/customers/{JENNY}"),
        ("GET", "/v1/payment_methods/pm_1MqM05LkdIwHu7ixlDxxO6Mc"),
        ("POST", "/v1/payment_methods/pm_1MqM05LkdIwHu7ixlDxxO6Mc/attach"),
        ("POST", "/v1/payment_methods/pm_1MqLiJLkdIwHu7ixUEgbFdYF/detach"),
        ("POST", INTENTS),
        ("GET", INTENTS),
        ("GET", "/v1/subscriptions"),
    ],
)
async def test_other_requests_need_a_secret_key(api, sandbox, method, path):
    error = await api.refused(403, method, path, authorization=PUBLIC)
    assert error["code"] == "secret_key_required"
    assert sandbox.ledger.entries() == []


@pytest.mark.parametrize("key", ["sk_test_123", "", "nonsense"])
async def test_only_a_publishable_key_may_be_a_parameter(api, key):
    await api.refused(401, "POST", "/v1/customers", {"key": key}, authorization="")


async def test_key_as_a_parameter_is_unknown_if_the_header_has_one(api):
    error = await api.refused(400, "POST", "/v1/customers", {"key": "pk_test_123"})
    assert error["code"] == "parameter_unknown"


async def test_live_publishable_key(api, intent):
    await api.refused(401, "GET", f"{INTENTS}/{intent['id']}", own(intent), authorization="Bearer pk_live_123")


async def test_key_types_do_not_share_an_idempotency_key(api, intent):
    url = f"{INTENTS}/{intent['id']}/confirm"
    params = own(intent, payment_method="pm_card_visa", return_url="https://shop.example")
    await api.done("POST", url, params, idempotency_key="k1")
    error = await api.refused(400, "POST", url, params, idempotency_key="k1", authorization=PUBLIC)
    assert error["type"] == "idempotency_error"
