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
