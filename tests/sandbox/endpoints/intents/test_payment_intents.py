"""PaymentIntents, with a secret key."""

import pytest

from tests.sandbox.payer import visit

INTENTS = "/v1/payment_intents"
JENNY = "cus_NbZ8Ki3f322LNn"
MATEO = "cus_TT6bMT4UamxeFj"
JENNYS = "pm_1MqLiJLkdIwHu7ixUEgbFdYF"
SEEDED = "pm_1MqM05LkdIwHu7ixlDxxO6Mc"
BACK = {"return_url": "https://shop.example/done"}
CARDS = {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
SAVED = {"customer": JENNY, "setup_future_usage": "off_session"}


def one(intent: str, step: str = "") -> str:
    return f"{INTENTS}/{intent}{step}"


async def created(api, **params):
    return await api.done("POST", INTENTS, {"amount": 1099, "currency": "usd", **CARDS, **params})


async def paid(api, **params):
    return await created(api, confirm=True, payment_method="pm_card_visa", **params)


async def charge_of(api, intent):
    return await api.done("GET", f"/v1/charges/{intent['latest_charge']}")


async def wallet(api, customer=JENNY):
    page = await api.done("GET", f"/v1/customers/{customer}/payment_methods", {"limit": 100})
    return [method["id"] for method in page["data"]]


class TestCreate:
    async def test_without_a_method(self, api, sandbox):
        body = await api.done("POST", INTENTS, {"amount": 1099, "currency": "EUR", "customer": JENNY})
        assert (body["status"], body["amount"], body["currency"]) == ("requires_payment_method", 1099, "eur")
        assert body["id"].startswith("pi_3")
        assert len(body["client_secret"].removeprefix(f"{body['id']}_secret_")) == 25
        assert (body["customer"], body["setup_future_usage"], body["latest_charge"]) == (JENNY, None, None)
        assert body["automatic_payment_methods"] == {"allow_redirects": "always", "enabled": True}
        assert (body["capture_method"], body["confirmation_method"]) == ("automatic_async", "automatic")
        assert sandbox.ledger.operations(body["id"]) == ["payment_intent.created"]

    async def test_with_a_method(self, api):
        body = await created(api, payment_method="pm_card_visa")
        assert body["status"] == "requires_confirmation"

    async def test_the_automatic_types_fit_the_currency(self, api):
        types = [
            (await api.done("POST", INTENTS, {"amount": 900, "currency": code}))["payment_method_types"]
            for code in ("eur", "usd", "gbp")
        ]
        assert [("sepa_debit" in one, "us_bank_account" in one, "ideal" in one) for one in types] == [
            (True, False, True),
            (False, True, False),
            (False, False, False),
        ]

    async def test_paid_at_creation(self, api, sandbox):
        body = await paid(api, **SAVED)
        assert (body["status"], body["amount_received"], body["next_action"]) == ("succeeded", 1099, None)
        assert body["payment_method"] in await wallet(api)
        assert sandbox.ledger.operations() == [
            "payment_method.created",
            "payment_intent.created",
            "payment_method.attached",
            "charge.succeeded",
            "payment_intent.succeeded",
        ]
        charge = await charge_of(api, body)
        assert (charge["status"], charge["paid"], charge["captured"], charge["amount_captured"]) == (
            "succeeded",
            True,
            True,
            1099,
        )
        assert (charge["payment_intent"], charge["payment_method"]) == (body["id"], body["payment_method"])
        assert charge["payment_method_details"]["card"]["checks"]["cvc_check"] == "pass"


class TestConfirm:
    async def test_attaches_only_with_a_customer_and_future_usage(self, api):
        before = await wallet(api)
        for params in ({"customer": JENNY}, {"setup_future_usage": "off_session"}, {}):
            body = await paid(api, **params)
            assert body["status"] == "succeeded"
            pm = await api.done("GET", f"/v1/payment_methods/{body['payment_method']}")
            assert pm["customer"] is None
            error = await api.refused(400, "POST", f"/v1/payment_methods/{pm['id']}/attach", {"customer": JENNY})
            assert "previously used without being attached" in error["message"]
        assert await wallet(api) == before

    async def test_future_usage_at_confirm(self, api):
        body = await created(api, customer=JENNY)
        body = await api.done(
            "POST", one(body["id"], "/confirm"), {"payment_method": "pm_card_visa", "setup_future_usage": "on_session"}
        )
        assert (body["setup_future_usage"], body["payment_method"] in await wallet(api)) == ("on_session", True)

    async def test_decline_and_another_try(self, api, sandbox):
        body = await created(api, **SAVED)
        reply = await api.post(
            one(body["id"], "/confirm"), {"payment_method": "pm_card_chargeCustomerFail"}, idempotency_key="one"
        )
        error = reply.error
        assert (reply.status, error["type"], error["code"], error["decline_code"]) == (
            402,
            "card_error",
            "card_declined",
            "generic_decline",
        )
        assert "param" not in error
        intent = error["payment_intent"]
        assert (intent["status"], intent["payment_method"], intent["latest_charge"]) == (
            "requires_payment_method",
            None,
            error["charge"],
        )
        assert intent["last_payment_error"]["payment_method"]["id"] == error["payment_method"]["id"]
        assert intent["last_payment_error"]["payment_method_type"] == "card"
        assert intent["last_payment_error"]["charge"] == error["charge"]
        charge = await charge_of(api, intent)
        assert (charge["status"], charge["paid"], charge["failure_code"]) == ("failed", False, "card_declined")
        assert sandbox.ledger.operations()[-2:] == ["charge.failed", "payment_intent.payment_failed"]
        replay = await api.post(
            one(body["id"], "/confirm"), {"payment_method": "pm_card_chargeCustomerFail"}, idempotency_key="one"
        )
        assert (replay.status, replay.body) == (402, reply.body)
        again = await api.done("POST", one(body["id"], "/confirm"), {"payment_method": "pm_card_visa"})
        assert (again["status"], again["last_payment_error"]) == ("succeeded", None)
        charges = await api.done("GET", "/v1/charges", {"payment_intent": body["id"]})
        assert [charge["status"] for charge in charges["data"]] == ["succeeded", "failed"]


class TestAuthentication:
    async def test_on_session(self, api, http, sandbox):
        body = await created(api, confirm=True, payment_method="pm_card_threeDSecure2Required", **SAVED, **BACK)
        assert (body["status"], body["latest_charge"]) == ("requires_action", None)
        assert body["payment_method"] not in await wallet(api)
        back = await visit(http, body)
        assert f"payment_intent={body['id']}" in back.headers["location"]
        assert "redirect_status=succeeded" in back.headers["location"]
        body = await api.done("GET", one(body["id"]), {"expand": ["latest_charge.payment_intent"]})
        assert (body["status"], body["latest_charge"]["payment_intent"]["id"]) == ("succeeded", body["id"])
        assert body["latest_charge"]["payment_method_details"]["card"]["three_d_secure"]["result"] == "authenticated"
        assert body["payment_method"] in await wallet(api)

    async def test_without_a_return_url(self, api):
        body = await created(api, confirm=True, payment_method="pm_card_threeDSecure2Required")
        assert body["next_action"]["type"] == "use_stripe_sdk"
        assert "/_sandbox/3ds/" in body["next_action"]["use_stripe_sdk"]["stripe_js"]

    @pytest.mark.parametrize(
        ("params", "decline_code"),
        [
            ({"off_session": True}, "authentication_required"),
            ({"off_session": True, "error_on_requires_action": True}, "authentication_required"),
            ({"error_on_requires_action": True}, "authentication_not_handled"),
        ],
    )
    async def test_not_possible(self, api, params, decline_code):
        error = await api.refused(
            402,
            "POST",
            INTENTS,
            {
                "amount": 1099,
                "currency": "usd",
                **CARDS,
                "confirm": True,
                "payment_method": "pm_card_authenticationRequired",
                **params,
            },
        )
        assert (error["code"], error["decline_code"]) == ("authentication_required", decline_code)
        assert error["payment_intent"]["latest_charge"] == error["charge"]

    async def test_the_payer_fails(self, api, http):
        body = await created(api, confirm=True, payment_method="pm_card_threeDSecure2Required", **SAVED, **BACK)
        await visit(http, body, "fail")
        body = await api.done("GET", one(body["id"]))
        assert (body["status"], body["latest_charge"]) == ("requires_payment_method", None)
        assert body["last_payment_error"]["code"] == "payment_intent_authentication_failure"

    async def test_declined_after_authentication(self, api, http):
        card = "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"
        body = await created(api, confirm=True, payment_method=card, **SAVED, **BACK)
        back = await visit(http, body)
        assert "redirect_status=failed" in back.headers["location"]
        body = await api.done("GET", one(body["id"]), {"expand": ["latest_charge"]})
        assert body["last_payment_error"]["decline_code"] == "insufficient_funds"
        assert body["latest_charge"]["status"] == "failed"

    async def test_the_page_charges_once(self, api, http):
        body = await created(api, confirm=True, payment_method="pm_card_threeDSecure2Required", **BACK)
        url = body["next_action"]["redirect_to_url"]["url"]
        page = await http.get(url)
        assert "The payment succeeds without any money." in page.text
        assert [(await http.post(url, content="outcome=complete")).status_code for _ in range(2)] == [303, 410]
        charges = await api.done("GET", "/v1/charges", {"payment_intent": body["id"]})
        assert len(charges["data"]) == 1

    async def test_another_confirmation_replaces_the_page(self, api, http):
        body = await created(api, confirm=True, payment_method="pm_card_threeDSecure2Required", **BACK)
        url = body["next_action"]["redirect_to_url"]["url"]
        body = await api.done("POST", one(body["id"], "/confirm"), {"payment_method": "pm_card_visa"})
        assert body["status"] == "succeeded"
        assert (await http.post(url, content="outcome=complete")).status_code == 410

    async def test_the_server_confirms_again(self, api, http):
        params = {"confirmation_method": "manual", "payment_method": "pm_card_threeDSecure2Required"}
        body = await created(api, confirm=True, **params, **SAVED, **BACK)
        await visit(http, body)
        body = await api.done("GET", one(body["id"]))
        assert (body["status"], body["latest_charge"]) == ("requires_confirmation", None)
        body = await api.done("POST", one(body["id"], "/confirm"))
        assert (body["status"], body["payment_method"] in await wallet(api)) == ("succeeded", True)

    async def test_an_approval_is_valid_once(self, api, http):
        card = "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"
        body = await created(api, confirm=True, confirmation_method="manual", payment_method=card, **BACK)
        await visit(http, body)
        confirm = one(body["id"], "/confirm")
        assert (await api.refused(402, "POST", confirm))["decline_code"] == "insufficient_funds"
        again = await api.done("POST", confirm, {"payment_method": body["payment_method"]})
        assert again["status"] == "requires_action"


class TestOffSession:
    @pytest.mark.parametrize(
        ("card", "set_up", "not_set_up"),
        [
            ("visa", True, True),
            ("authenticationRequired", False, False),
            ("authenticationRequiredOnSetup", True, False),
            ("threeDSecure2Required", True, False),
            ("authenticationRequiredSetupForOffSession", True, True),
        ],
    )
    async def test_saved_card(self, api, http, card, set_up, not_set_up):
        body = await created(api, confirm=True, payment_method=f"pm_card_{card}", **SAVED, **BACK)
        if body["status"] == "requires_action":
            await visit(http, body)
        attached = await api.attached(JENNY, f"pm_card_{card}")
        for method, succeeds in ((body["payment_method"], set_up), (attached, not_set_up)):
            params = {
                "amount": 500,
                "currency": "usd",
                **CARDS,
                "customer": JENNY,
                "confirm": True,
                "off_session": True,
            }
            reply = await api.post(INTENTS, {**params, "payment_method": method})
            assert reply.status == (200 if succeeds else 402)

    async def test_a_setup_counts(self, api, http):
        card = "pm_card_authenticationRequiredOnSetup"
        setup = await api.done(
            "POST", "/v1/setup_intents", {"customer": JENNY, "payment_method": card, "confirm": True, **BACK}
        )
        await visit(http, setup)
        method = setup["payment_method"]
        body = await created(api, confirm=True, payment_method=method, customer=JENNY, off_session="recurring")
        assert body["status"] == "succeeded"


class TestConfirmationTokens:
    async def test_used_once(self, api):
        data = {"type": "card", "card": {"token": "tok_visa"}}
        params = {"payment_method_data": data, "setup_future_usage": "off_session", **BACK}
        token = (await api.done("POST", "/v1/test_helpers/confirmation_tokens", params))["id"]
        body = await created(api, customer=JENNY)
        body = await api.done("POST", one(body["id"], "/confirm"), {"confirmation_token": token})
        assert (body["status"], body["setup_future_usage"]) == ("succeeded", "off_session")
        assert body["payment_method"] in await wallet(api)
        used = await api.done("GET", f"/v1/confirmation_tokens/{token}")
        assert (used["payment_intent"], used["setup_intent"]) == (body["id"], None)
        other = await created(api)
        error = await api.refused(400, "POST", one(other["id"], "/confirm"), {"confirmation_token": token})
        assert "already been used" in error["message"]
