"""ConfirmationTokens: created by a device or the test helper, used by one confirmation."""

import pytest

TOKENS = "/v1/confirmation_tokens"
HELPER = "/v1/test_helpers/confirmation_tokens"
INTENTS = "/v1/setup_intents"
JENNY = "cus_NbZ8Ki3f322LNn"
SEEDED = "pm_1MqM05LkdIwHu7ixlDxxO6Mc"
PUBLIC = "Bearer pk_test_123"
CARD = {"type": "card", "card": {"token": "tok_visa"}, "billing_details": {"name": "Jenny Rosen"}}
IBAN = {"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013000"}}
BACK = {"return_url": "https://shop.example/done"}


async def token(api, **params):
    given = {} if "payment_method" in params else {"payment_method_data": CARD}
    return await api.done("POST", HELPER, {**given, **BACK, **params})


async def confirmed(api, token, **params):
    return await api.done("POST", INTENTS, {"customer": JENNY, "confirm": True, "confirmation_token": token, **params})


class TestCreate:
    async def test_previews_the_payment_method(self, api, clock, sandbox):
        body = await token(api, setup_future_usage="off_session")
        preview = body["payment_method_preview"]
        assert ("id" in preview, preview["card"]["last4"], preview["customer"]) == (False, "4242", None)
        assert preview["billing_details"]["name"] == "Jenny Rosen"
        assert (body["return_url"], body["setup_future_usage"]) == (BACK["return_url"], "off_session")
        assert body["expires_at"] == int(clock.now) + 12 * 60 * 60
        assert body["setup_intent"] is None
        assert sandbox.ledger.operations() == ["confirmation_token.created"]
        assert await api.done("GET", f"{TOKENS}/{body['id']}") == body

    async def test_ships(self, api):
        shipping = {"name": "Jenny Rosen", "address": {"city": "Berlin"}}
        body = (await token(api, shipping=shipping))["shipping"]
        assert (body["name"], body["phone"], body["address"]["city"]) == ("Jenny Rosen", None, "Berlin")

    @pytest.mark.parametrize(
        ("params", "param"),
        [
            ({}, None),
            ({"payment_method": SEEDED, "payment_method_data": CARD}, "payment_method"),
            ({"payment_method": "pm_x"}, "payment_method"),
            ({"payment_method": SEEDED, "amount": 1}, "amount"),
        ],
    )
    async def test_refused_parameters(self, api, params, param):
        error = await api.refused(400, "POST", HELPER, params)
        assert error.get("param") == param

    async def test_unknown(self, api):
        error = await api.refused(404, "GET", f"{TOKENS}/ctoken_x")
        assert (error["code"], error["param"]) == ("resource_missing", "confirmation_token")

    async def test_helper_needs_a_secret_key(self, api):
        await api.refused(403, "POST", HELPER, {"payment_method": SEEDED}, authorization=PUBLIC)


class TestConfirm:
    async def test_creates_the_payment_method(self, api):
        made = await token(api)
        intent = await confirmed(api, made["id"], expand=["payment_method"])
        assert (intent["status"], intent["payment_method"]["customer"]) == ("succeeded", JENNY)
        used = await api.done("GET", f"{TOKENS}/{made['id']}")
        assert (used["setup_intent"], used["expires_at"]) == (intent["id"], None)

    async def test_of_an_existing_payment_method(self, api):
        made = await token(api, payment_method=SEEDED)
        assert (await confirmed(api, made["id"]))["payment_method"] == SEEDED

    async def test_of_an_existing_intent(self, api):
        made, intent = await token(api), await api.done("POST", INTENTS, {"customer": JENNY})
        body = await api.done("POST", f"{INTENTS}/{intent['id']}/confirm", {"confirmation_token": made["id"]})
        assert body["status"] == "succeeded"

    async def test_by_a_device(self, api):
        made = await api.done("POST", TOKENS, {"payment_method_data": IBAN, **BACK}, authorization=PUBLIC)
        intent = await confirmed(api, made["id"], expand=["mandate"])
        assert (
            intent["mandate"]["customer_acceptance"]["online"] == made["mandate_data"]["customer_acceptance"]["online"]
        )
        online = made["mandate_data"]["customer_acceptance"]["online"]
        assert online["ip_address"] == "127.0.0.1"
        assert intent["mandate"]["customer_acceptance"]["online"] == online

    async def test_without_a_mandate(self, api):
        made = await token(api, payment_method_data=IBAN)
        params = {"customer": JENNY, "confirm": True, "confirmation_token": made["id"]}
        assert "`mandate_data` is required" in (await api.refused(400, "POST", INTENTS, params))["message"]
        assert (await api.done("GET", f"{TOKENS}/{made['id']}"))["setup_intent"] is None
        assert (await confirmed(api, made["id"], mandate_data={"customer_acceptance": {"type": "offline"}}))["mandate"]

    async def test_parameters_of_the_confirmation_win(self, api):
        made = await token(api)
        assert (await confirmed(api, made["id"], payment_method=SEEDED))["payment_method"] == SEEDED

    async def test_used(self, api):
        made = (await token(api))["id"]
        await confirmed(api, made)
        params = {"customer": JENNY, "confirm": True, "confirmation_token": made}
        error = await api.refused(400, "POST", INTENTS, params)
        assert ("already been used" in error["message"], "code" in error) == (True, False)
        intent = await api.done("POST", INTENTS, {"customer": JENNY})
        error = await api.refused(400, "POST", f"{INTENTS}/{intent['id']}/confirm", {"confirmation_token": made})
        assert (error["param"], error["setup_intent"]) == ("confirmation_token", intent)

    async def test_used_by_a_declined_confirmation(self, api):
        made = (await token(api, payment_method="pm_card_visa_chargeDeclined"))["id"]
        params = {"customer": JENNY, "confirm": True, "confirmation_token": made}
        await api.refused(402, "POST", INTENTS, params)
        assert "already been used" in (await api.refused(400, "POST", INTENTS, params))["message"]

    async def test_expired(self, api, clock):
        made = (await token(api))["id"]
        clock.now += 12 * 60 * 60
        params = {"customer": JENNY, "confirm": True, "confirmation_token": made}
        error = await api.refused(400, "POST", INTENTS, params)
        assert ("has expired" in error["message"], "code" in error) == (True, False)

    @pytest.mark.parametrize(("confirm", "code"), [(True, "resource_missing"), (False, None)])
    async def test_refused(self, api, confirm, code):
        params = {"customer": JENNY, "confirm": confirm, "confirmation_token": "ctoken_x"}
        error = await api.refused(400, "POST", INTENTS, params)
        assert (error["param"], error.get("code")) == ("confirmation_token", code)

    async def test_update_has_none(self, api):
        intent = await api.done("POST", INTENTS, {"customer": JENNY})
        error = await api.refused(400, "POST", f"{INTENTS}/{intent['id']}", {"confirmation_token": "ctoken_x"})
        assert error["code"] == "parameter_unknown"


async def test_a_refused_confirmation_keeps_the_allowed_types(api):
    intent = await api.done("POST", INTENTS, {"customer": JENNY})
    params = {"payment_method": SEEDED, "allowed_payment_method_types": ["sepa_debit"], **BACK}
    error = await api.refused(400, "POST", f"{INTENTS}/{intent['id']}/confirm", params)
    assert "(card) is not allowed" in error["message"]
    assert await api.done("GET", f"{INTENTS}/{intent['id']}") == intent


async def test_device_creates_a_payment_method(api):
    params = {**CARD, "allow_redisplay": "always", "metadata": {"a": "1"}}
    seen = await api.done("POST", "/v1/payment_methods", params, authorization=PUBLIC)
    assert not {"customer", "customer_account", "metadata"} & seen.keys()
    assert "fingerprint" not in seen["card"]
    whole = await api.done("GET", f"/v1/payment_methods/{seen['id']}")
    assert (whole["allow_redisplay"], whole["metadata"]) == ("always", {"a": "1"})


async def test_allow_redisplay_of_a_setup(api):
    data = {**CARD, "allow_redisplay": "limited"}
    params = {"customer": JENNY, "confirm": True, "payment_method_data": data, **BACK, "expand": ["payment_method"]}
    assert (await api.done("POST", INTENTS, params))["payment_method"]["allow_redisplay"] == "limited"
    listed = await api.done("GET", "/v1/payment_methods", {"customer": JENNY, "allow_redisplay": "limited"})
    assert len(listed["data"]) == 1
