"""SetupIntents, with a secret key."""

import pytest

from tests.sandbox.payer import visit

INTENTS = "/v1/setup_intents"
JENNY = "cus_NbZ8Ki3f322LNn"
MATEO = "cus_TT6bMT4UamxeFj"
SEEDED = "pm_1MqM05LkdIwHu7ixlDxxO6Mc"
JENNYS = "pm_1MqLiJLkdIwHu7ixUEgbFdYF"
BACK = {"return_url": "https://shop.example/done"}
MANDATE = {"mandate_data": {"customer_acceptance": {"type": "offline"}}}
BURNT = "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment"


def one(intent: str, step: str = "") -> str:
    return f"{INTENTS}/{intent}{step}"


async def created(api, **params):
    return await api.done("POST", INTENTS, params)


class TestCreate:
    async def test_without_a_method(self, api, sandbox):
        body = await created(api, customer=JENNY)
        assert body["status"] == "requires_payment_method"
        assert body["client_secret"].startswith(f"{body['id']}_secret_")
        assert (body["customer"], body["usage"], body["payment_method"]) == (JENNY, "off_session", None)
        assert body["automatic_payment_methods"] == {"allow_redirects": "always", "enabled": True}
        assert "card" in body["payment_method_types"]
        assert sandbox.ledger.operations(body["id"]) == ["setup_intent.created"]

    async def test_with_a_method(self, api):
        body = await created(api, customer=JENNY, payment_method="pm_card_visa")
        assert body["status"] == "requires_confirmation"
        assert body["payment_method"].startswith("pm_1")
        pm = await api.done("GET", f"/v1/payment_methods/{body['payment_method']}")
        assert pm["customer"] is None

    async def test_confirmed_at_creation(self, api, sandbox):
        body = await created(api, customer=JENNY, payment_method=SEEDED, confirm=True, **BACK)
        assert (body["status"], body["payment_method"]) == ("succeeded", SEEDED)
        pm = await api.done("GET", f"/v1/payment_methods/{SEEDED}")
        assert (pm["customer"], pm["card"]["checks"]["cvc_check"]) == (JENNY, "pass")
        assert sandbox.ledger.operations() == [
            "setup_intent.created",
            "payment_method.attached",
            "setup_intent.succeeded",
        ]

    async def test_from_the_data_of_a_method(self, api):
        data = {"type": "card", "card": {"token": "tok_mastercard"}, "billing_details": {"name": "Jenny"}}
        body = await created(
            api, customer=JENNY, payment_method_data=data, confirm=True, **BACK, expand=["payment_method"]
        )
        assert body["payment_method"]["card"]["brand"] == "mastercard"
        assert body["payment_method"]["billing_details"]["name"] == "Jenny"

    async def test_everything_else(self, api):
        body = await created(
            api,
            description="For later",
            usage="on_session",
            metadata={"cart": "7"},
            automatic_payment_methods={"enabled": True, "allow_redirects": "never"},
            excluded_payment_method_types=["sepa_debit"],
            payment_method_options={"card": {"request_three_d_secure": "any"}},
            return_url="https://shop.example/done",
            use_stripe_sdk=True,
        )
        assert (body["description"], body["usage"], body["metadata"]) == ("For later", "on_session", {"cart": "7"})
        assert body["payment_method_types"] == ["card", "link", "us_bank_account"]
        assert body["payment_method_options"]["card"]["request_three_d_secure"] == "any"

    async def test_allowed_types(self, api):
        body = await created(api, allowed_payment_method_types=["card", "klarna"])
        assert body["allowed_payment_method_types"] == body["payment_method_types"] == ["card", "klarna"]
        assert body["automatic_payment_methods"] is None

    async def test_automatic_types_switched_off(self, api):
        body = await created(api, automatic_payment_methods={"enabled": False})
        assert (body["automatic_payment_methods"], body["payment_method_types"]) == (None, ["card"])

    async def test_account(self, api):
        body = await created(
            api, customer_account="acct_1SQ7ZkLkdIwHu7ix", payment_method="pm_card_visa", confirm=True, **BACK
        )
        assert body["customer_account"] == "acct_1SQ7ZkLkdIwHu7ix"
        assert (await api.done("GET", f"/v1/payment_methods/{body['payment_method']}"))["customer"] == body["customer"]

    @pytest.mark.parametrize(
        ("params", "param", "code"),
        [
            ({"customer": "cus_x"}, "customer", "resource_missing"),
            ({"customer": "cus_TAnSIolbJniaK5"}, "customer", "resource_missing"),
            ({"payment_method": "pm_x"}, "payment_method", "resource_missing"),
            ({"payment_method_types": ["card"]}, "payment_method_types", "parameter_unknown"),
            ({"usage": "never"}, "usage", None),
            ({"excluded_payment_method_types": ["link"]}, "excluded_payment_method_types[0]", None),
            ({"confirm": True, **BACK}, "payment_method", "parameter_missing"),
            ({"return_url": "javascript://x"}, "return_url", "url_invalid"),
            ({"return_url": "/done"}, "return_url", "url_invalid"),
            ({"return_url": "https://x y/"}, "return_url", "url_invalid"),
            ({"return_url": "https://x;y"}, "return_url", "url_invalid"),
            ({"automatic_payment_methods": {"allow_redirects": "never"}}, "automatic_payment_methods[enabled]", None),
            ({"confirmation_token": "ctoken_1"}, "confirmation_token", None),
            (MANDATE, "mandate_data", None),
        ],
    )
    async def test_refused_parameters(self, api, sandbox, params, param, code):
        error = await api.refused(400, "POST", INTENTS, params)
        assert error["param"] == param
        assert code in (None, error.get("code"))
        assert sandbox.ledger.entries() == []


class TestPaymentMethodsThatFit:
    async def test_method_of_another_customer(self, api):
        error = await api.refused(400, "POST", INTENTS, {"customer": MATEO, "payment_method": JENNYS})
        assert "does not belong to the Customer" in error["message"]
        assert (error["param"], "code" in error) == ("payment_method", False)

    async def test_attached_method_without_its_customer(self, api):
        error = await api.refused(400, "POST", INTENTS, {"payment_method": JENNYS})
        assert "Please include the Customer" in error["message"]
        assert (error["param"], "code" in error) == ("payment_method", False)

    async def test_detached_method(self, api):
        await api.done("POST", f"/v1/payment_methods/{JENNYS}/detach")
        error = await api.refused(400, "POST", INTENTS, {"customer": JENNY, "payment_method": JENNYS})
        assert error["message"].startswith(BURNT)
        assert "code" not in error

    async def test_method_detached_while_the_intent_waits(self, api):
        intent = (await created(api, customer=JENNY, payment_method=JENNYS))["id"]
        await api.done("POST", f"/v1/payment_methods/{JENNYS}/detach")
        error = await api.refused(400, "POST", one(intent, "/confirm"), BACK)
        assert error["message"].startswith(BURNT)

    async def test_type_that_is_not_allowed(self, api):
        pm = (await api.done("POST", "/v1/payment_methods", {"type": "klarna"}))["id"]
        params = {"payment_method": pm, "allowed_payment_method_types": ["card"]}
        assert (await api.refused(400, "POST", INTENTS, params))["param"] == "payment_method"

    async def test_method_set_up_without_a_customer_is_unusable(self, api):
        body = await created(api, payment_method=SEEDED, confirm=True, **BACK)
        assert body["status"] == "succeeded"
        assert (await api.done("GET", f"/v1/payment_methods/{SEEDED}"))["customer"] is None
        error = await api.refused(400, "POST", INTENTS, {"payment_method": SEEDED})
        assert error["message"].startswith(BURNT)
        error = await api.refused(400, "POST", f"/v1/payment_methods/{SEEDED}/attach", {"customer": JENNY})
        assert "may not be used again" in error["message"]

    async def test_own_attached_method_can_be_set_up_again(self, api, sandbox):
        body = await created(api, customer=JENNY, payment_method=JENNYS, confirm=True, **BACK)
        assert body["status"] == "succeeded"
        assert "payment_method.attached" not in sandbox.ledger.operations()


class TestConfirm:
    async def test_confirmation_attaches(self, api, sandbox):
        intent = (await created(api, customer=JENNY))["id"]
        body = await api.done("POST", one(intent, "/confirm"), {**BACK, "payment_method": "pm_card_visa"})
        assert (body["status"], body["next_action"], body["last_setup_error"]) == ("succeeded", None, None)
        pm = body["payment_method"]
        assert (await api.done("GET", f"/v1/payment_methods/{pm}"))["customer"] == JENNY
        attached = await api.done("POST", f"/v1/payment_methods/{pm}/attach", {"customer": JENNY})
        assert attached["customer"] == JENNY
        assert sandbox.ledger.operations(pm) == ["payment_method.created", "payment_method.attached"]

    async def test_without_a_method(self, api):
        body = await created(api, customer=JENNY)
        error = await api.refused(400, "POST", one(body["id"], "/confirm"), BACK)
        assert error["code"] == "setup_intent_unexpected_state"
        assert error["setup_intent"] == body

    @pytest.mark.parametrize("step", ["/confirm", "/cancel"])
    async def test_after_success(self, api, step):
        intent = (await created(api, customer=JENNY, payment_method="pm_card_visa", confirm=True, **BACK))["id"]
        error = await api.refused(400, "POST", one(intent, step), BACK if step == "/confirm" else {})
        assert error["code"] == "setup_intent_unexpected_state"
        assert error["setup_intent"]["status"] == "succeeded"

    @pytest.mark.parametrize("step", ["/confirm", "/cancel"])
    async def test_after_cancel(self, api, step):
        intent = (await created(api, customer=JENNY, payment_method="pm_card_visa"))["id"]
        await api.done("POST", one(intent, "/cancel"))
        assert (await api.refused(400, "POST", one(intent, step), BACK if step == "/confirm" else {}))[
            "code"
        ] == "setup_intent_unexpected_state"

    async def test_decline(self, api, sandbox):
        intent = (await created(api, customer=JENNY))["id"]
        params = {**BACK, "payment_method": "pm_card_visa_chargeDeclinedLostCard"}
        error = await api.refused(402, "POST", one(intent, "/confirm"), params)
        assert (error["type"], error["code"], error["decline_code"]) == ("card_error", "card_declined", "lost_card")
        assert error["payment_method"]["customer"] is None
        body = await api.done("GET", one(intent))
        assert error["setup_intent"] == body
        assert (body["status"], body["payment_method"]) == ("requires_payment_method", None)
        assert body["last_setup_error"]["decline_code"] == "lost_card"
        assert body["last_setup_error"]["payment_method"]["id"] == error["payment_method"]["id"]
        assert sandbox.ledger.operations(intent)[-1] == "setup_intent.setup_failed"

    async def test_expired_card_names_the_month(self, api):
        params = {"customer": JENNY, "payment_method": "pm_card_chargeDeclinedExpiredCard", "confirm": True, **BACK}
        error = await api.refused(402, "POST", INTENTS, params)
        assert (error["code"], error["param"]) == ("expired_card", "exp_month")
        assert (await api.done("GET", one(error["setup_intent"]["id"])))["status"] == "requires_payment_method"

    async def test_second_try_with_another_card(self, api):
        intent = (await created(api, customer=JENNY))["id"]
        await api.refused(
            402, "POST", one(intent, "/confirm"), {**BACK, "payment_method": "pm_card_visa_chargeDeclined"}
        )
        body = await api.done("POST", one(intent, "/confirm"), {**BACK, "payment_method": "pm_card_visa"})
        assert (body["status"], body["last_setup_error"]) == ("succeeded", None)

    async def test_customer_deleted_in_the_meantime(self, api):
        customer = await api.customer()
        intent = (await created(api, customer=customer, payment_method="pm_card_visa"))["id"]
        await api.done("DELETE", f"/v1/customers/{customer}")
        error = await api.refused(400, "POST", one(intent, "/confirm"), BACK)
        assert (error["code"], error["param"]) == ("resource_missing", "customer")

    async def test_latest_attempt_can_be_looked_at(self, api):
        body = await created(
            api,
            customer=JENNY,
            payment_method="pm_card_visa",
            confirm=True,
            **BACK,
            expand=["latest_attempt.payment_method"],
        )
        attempt = body["latest_attempt"]
        assert attempt["id"].startswith("setatt_1")
        assert (attempt["status"], attempt["payment_method"]["id"]) == ("succeeded", body["payment_method"])

    async def test_type_other_than_card(self, api):
        data = {"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013000"}}
        body = await created(
            api, customer=JENNY, payment_method_data=data, confirm=True, **BACK, **MANDATE, expand=["latest_attempt"]
        )
        assert body["status"] == "succeeded"
        assert body["latest_attempt"]["payment_method_details"] == {"type": "sepa_debit", "sepa_debit": {}}


class TestOthers:
    async def test_update(self, api, sandbox):
        intent = (await created(api))["id"]
        params = {"customer": JENNY, "description": "Later", "metadata": {"a": "1"}, "payment_method": "pm_card_visa"}
        body = await api.done("POST", one(intent), params)
        assert (body["customer"], body["description"], body["metadata"]) == (JENNY, "Later", {"a": "1"})
        assert body["status"] == "requires_confirmation"
        body = await api.done("POST", one(intent), {"description": "", "excluded_payment_method_types": ["sepa_debit"]})
        assert (body["description"], "sepa_debit" in body["payment_method_types"]) == (None, False)
        assert sandbox.ledger.operations(intent) == ["setup_intent.created", *["setup_intent.updated"] * 2]

    async def test_update_after_success(self, api):
        intent = (await created(api, customer=JENNY, payment_method="pm_card_visa", confirm=True, **BACK))["id"]
        assert (await api.done("POST", one(intent), {"metadata": {"a": "1"}}))["metadata"] == {"a": "1"}
        error = await api.refused(400, "POST", one(intent), {"customer": MATEO})
        assert error["code"] == "setup_intent_unexpected_state"

    @pytest.mark.parametrize("method", [None, "pm_card_visa", "pm_card_authenticationRequired"])
    async def test_cancel(self, api, sandbox, method):
        params = (
            {"payment_method": method, "confirm": method == "pm_card_authenticationRequired", **BACK} if method else {}
        )
        intent = (await created(api, customer=JENNY, **params))["id"]
        body = await api.done("POST", one(intent, "/cancel"), {"cancellation_reason": "abandoned"})
        assert (body["status"], body["cancellation_reason"], body["next_action"]) == ("canceled", "abandoned", None)
        assert sandbox.ledger.operations(intent)[-1] == "setup_intent.canceled"

    async def test_list(self, api):
        mine = [(await created(api, customer=JENNY))["id"] for _ in range(3)]
        other = await created(api, customer=MATEO, payment_method="pm_card_visa")
        body = await api.done("GET", INTENTS, {"customer": JENNY, "limit": 2})
        assert ([intent["id"] for intent in body["data"]], body["has_more"]) == (mine[:0:-1], True)
        body = await api.done("GET", INTENTS, {"payment_method": other["payment_method"]})
        assert [intent["id"] for intent in body["data"]] == [other["id"]]
        assert len((await api.done("GET", INTENTS))["data"]) == 4

    async def test_unknown_intent(self, api):
        for method, step in (("GET", ""), ("POST", ""), ("POST", "/confirm"), ("POST", "/cancel")):
            error = await api.refused(404, method, one("seti_x", step))
            assert error["message"] == "No such setupintent: 'seti_x'"
            assert (error["code"], error["param"]) == ("resource_missing", "intent")

    async def test_expand(self, api):
        intent = (await created(api, customer=JENNY, payment_method="pm_card_visa", confirm=True, **BACK))["id"]
        body = await api.done("GET", one(intent), {"expand": ["customer", "payment_method.customer"]})
        assert body["customer"]["name"] == body["payment_method"]["customer"]["name"] == "Jenny Rosen"

    async def test_replayed_decline(self, api, sandbox):
        intent = (await created(api, customer=JENNY))["id"]
        params = {**BACK, "payment_method": "pm_card_visa_chargeDeclined"}
        first = await api.post(one(intent, "/confirm"), params, idempotency_key="k1")
        again = await api.post(one(intent, "/confirm"), params, idempotency_key="k1")
        assert (again.status, again.body) == (402, first.body)
        assert sandbox.ledger.operations(intent).count("setup_intent.setup_failed") == 1


RETURN_URL_NEEDED = (
    "This SetupIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment"
    " methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to"
    " accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and"
    " `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents."
)
NEVER = {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
IBAN = {"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013000"}}
BANK = {"type": "us_bank_account", "us_bank_account": {"account_number": "000123456789", "routing_number": "110000000"}}


class TestReturnUrl:
    """A server that confirms gives it, unless no redirect can come."""

    async def test_confirm_without_it(self, api, sandbox):
        body = await created(api, customer=JENNY)
        params = {"payment_method": "pm_card_visa"}
        error = await api.refused(400, "POST", one(body["id"], "/confirm"), params)
        assert error == {"type": "invalid_request_error", "message": RETURN_URL_NEEDED, "setup_intent": body}
        assert await api.done("GET", one(body["id"])) == body
        assert sandbox.ledger.operations() == ["setup_intent.created"]

    async def test_create_and_confirm_without_it(self, api, sandbox):
        error = await api.refused(
            400, "POST", INTENTS, {"customer": JENNY, "payment_method": "pm_card_visa", "confirm": True}
        )
        assert error == {"type": "invalid_request_error", "message": RETURN_URL_NEEDED}
        assert sandbox.ledger.entries() == []

    @pytest.mark.parametrize(
        "params", [NEVER, {"automatic_payment_methods": {"enabled": False}}, {"allowed_payment_method_types": ["card"]}]
    )
    async def test_not_needed_where_nothing_redirects(self, api, params):
        body = await created(api, customer=JENNY, **params)
        body = await api.done("POST", one(body["id"], "/confirm"), {"payment_method": "pm_card_visa"})
        assert body["status"] == "succeeded"

    async def test_needed_by_a_type_that_redirects(self, api, http):
        params = {"allowed_payment_method_types": ["card", "klarna"], "payment_method_data": {"type": "klarna"}}
        body = await created(api, customer=JENNY, **params)
        error = await api.refused(400, "POST", one(body["id"], "/confirm"), MANDATE)
        assert error["message"] == (
            "You must provide a `return_url` when confirming a SetupIntent with the payment method type klarna."
        )
        waiting = await api.done("POST", one(body["id"], "/confirm"), {**BACK, **MANDATE})
        assert waiting["status"] == "requires_action"
        await visit(http, waiting)
        assert (await api.done("GET", one(body["id"])))["status"] == "succeeded"


class TestMandate:
    """A server that confirms a debit says how the customer agreed to it."""

    @pytest.mark.parametrize(
        "data", [IBAN, BANK, {"type": "link"}, {"type": "paypal"}, {"type": "cashapp"}], ids=lambda data: data["type"]
    )
    @pytest.mark.parametrize("mandate", [{}, {"mandate_data": ""}], ids=["none", "empty"])
    async def test_without_it(self, api, sandbox, data, mandate):
        message = f"When confirming a SetupIntent with a `{data['type']}` PaymentMethod, `mandate_data` is required."
        params = {"customer": JENNY, "payment_method_data": data, **BACK}
        error = await api.refused(400, "POST", INTENTS, {**params, "confirm": True, **mandate})
        assert error == {"type": "invalid_request_error", "message": message}
        assert sandbox.ledger.entries() == []
        body = await created(api, customer=JENNY)
        params = {"payment_method_data": data, **BACK, **mandate}
        error = await api.refused(400, "POST", one(body["id"], "/confirm"), params)
        assert error == {"type": "invalid_request_error", "message": message, "setup_intent": body}
        assert await api.done("GET", one(body["id"])) == body

    @pytest.mark.parametrize("data", [IBAN, BANK], ids=lambda data: data["type"])
    @pytest.mark.parametrize(
        "acceptance",
        [
            {"type": "offline", "accepted_at": 1_790_000_000},
            {"type": "online", "online": {"ip_address": "198.51.100.7", "user_agent": "Firefox"}},
        ],
        ids=lambda acceptance: acceptance["type"],
    )
    async def test_with_it(self, api, data, acceptance):
        mandate = {"mandate_data": {"customer_acceptance": acceptance}}
        body = await created(api, customer=JENNY, payment_method_data=data, confirm=True, **BACK, **mandate)
        assert body["status"] == ("succeeded" if data is IBAN else "requires_action")

    @pytest.mark.parametrize(
        ("mandate", "param"),
        [
            ({"mandate_data[foo]": "x"}, "mandate_data[foo]"),
            ({"mandate_data[customer_acceptance][accepted_at]": "1"}, "mandate_data[customer_acceptance][type]"),
            ({"mandate_data[customer_acceptance][type]": "spoken"}, "mandate_data[customer_acceptance][type]"),
            (
                {"mandate_data[customer_acceptance][type]": "online"},
                "mandate_data[customer_acceptance][online][ip_address]",
            ),
        ],
    )
    async def test_invalid_mandate(self, api, mandate, param):
        params = {"customer": JENNY, "payment_method_data": IBAN, "confirm": True, **BACK, **mandate}
        assert (await api.refused(400, "POST", INTENTS, params))["param"] == param

    async def test_publishable_key_needs_none(self, api):
        body = await created(api, customer=JENNY)
        params = {"client_secret": body["client_secret"], "payment_method_data": IBAN}
        url = one(body["id"], "/confirm")
        confirmed = await api.done("POST", url, params, authorization="Bearer pk_test_123")
        assert confirmed["status"] == "succeeded"


class TestOrderOfChecks:
    """return_url, missing method, status, ownership, type, mandate, issuer."""

    async def test_each_check_precedes_the_next(self, api):
        iban = (await api.done("POST", "/v1/payment_methods", IBAN))["id"]
        only_cards = (await created(api, customer=JENNY, excluded_payment_method_types=["sepa_debit"]))["id"]
        canceled = (await created(api, customer=JENNY))["id"]
        await api.done("POST", one(canceled, "/cancel"))
        waiting = (await created(api, customer=JENNY))["id"]
        mateos = (await api.done("POST", "/v1/payment_methods/pm_card_visa/attach", {"customer": MATEO}))["id"]
        for intent, params, words in (
            (canceled, {}, "must provide a `return_url`"),
            (canceled, BACK, "it has no payment method"),
            (canceled, {**BACK, "payment_method": mateos}, "it has been canceled"),
            (waiting, {**BACK, "payment_method": mateos}, "does not belong to the Customer"),
            (only_cards, {**BACK, "payment_method": iban}, "(sepa_debit) is not allowed for this SetupIntent"),
            (waiting, {**BACK, "payment_method": iban}, "`mandate_data` is required"),
        ):
            error = await api.refused(400, "POST", one(intent, "/confirm"), params)
            assert words in error["message"]
            assert error["setup_intent"]["id"] == intent
