"""Payments whose money arrives days later, and the mandates, pages and verifications that other types need."""

import pytest

from tests.sandbox.payer import visit

INTENTS = "/v1/payment_intents"
JENNY = "cus_NbZ8Ki3f322LNn"
BACK = {"return_url": "https://shop.example/done"}
OFFLINE = {"mandate_data": {"customer_acceptance": {"type": "offline"}}}
SAVED = {"customer": JENNY, "setup_future_usage": "off_session"}
US, SEPA = "pm_usBankAccount_success", "pm_sepaDebit_success_de"
IN_EUR = {"amount": 1099, "currency": "eur"}
FOUR_DAYS = 4 * 24 * 60 * 60


async def confirmed(api, method, **params):
    params = {"amount": 1099, "currency": "usd", "confirm": True, "payment_method": method, **BACK, **params}
    return await api.done("POST", INTENTS, params)


async def refused(api, method, **params):
    params = {"amount": 1099, "currency": "usd", "confirm": True, "payment_method": method, **BACK, **params}
    return await api.refused(400, "POST", INTENTS, params)


async def read(api, intent, *expand):
    return await api.done("GET", f"{INTENTS}/{intent['id']}", {"expand": list(expand)})


async def settled(api, http, intent, **body):
    response = await http.post("/_sandbox/payments", json={"payment_intent": intent["id"], **body})
    assert response.status_code == 200, response.text
    return await read(api, intent, "latest_charge")


async def wallet(api):
    page = await api.done("GET", f"/v1/customers/{JENNY}/payment_methods", {"limit": 100})
    return [method["id"] for method in page["data"]]


class TestDebits:
    async def test_success(self, api, http, sandbox):
        body = await confirmed(api, US, **SAVED, **OFFLINE)
        assert (body["status"], body["amount_received"]) == ("processing", 0)
        assert body["payment_method"] in await wallet(api)
        assert sandbox.ledger.operations()[-4:] == [
            "payment_method.attached",
            "mandate.created",
            "charge.pending",
            "payment_intent.processing",
        ]
        body = await settled(api, http, body)
        charge = body["latest_charge"]
        assert (body["status"], body["amount_received"], charge["status"]) == ("succeeded", 1099, "succeeded")
        assert sandbox.ledger.operations()[-2:] == ["charge.succeeded", "payment_intent.succeeded"]
        mandate = await api.done(
            "GET", f"/v1/mandates/{charge['payment_method_details']['us_bank_account']['mandate']}"
        )
        assert (mandate["type"], mandate["payment_method"]) == ("multi_use", body["payment_method"])

    @pytest.mark.parametrize(
        ("token", "code"),
        [
            ("pm_usBankAccount_accountClosed", "account_closed"),
            ("pm_usBankAccount_noAccount", "no_account"),
            ("pm_usBankAccount_insufficientFunds", "insufficient_funds"),
            ("pm_usBankAccount_debitNotAuthorized", "debit_not_authorized"),
            ("pm_usBankAccount_invalidCurrency", "payment_method_currency_mismatch"),
        ],
    )
    async def test_failure(self, api, http, sandbox, token, code):
        body = await settled(api, http, await confirmed(api, token, **SAVED, **OFFLINE))
        error, charge = body["last_payment_error"], body["latest_charge"]
        assert (body["status"], body["payment_method"]) == ("requires_payment_method", None)
        assert (error["type"], error["code"], error["charge"]) == ("invalid_request_error", code, charge["id"])
        assert error["payment_method"]["customer"] == JENNY
        assert (charge["status"], charge["failure_code"], charge["paid"]) == ("failed", code, False)
        assert sandbox.ledger.operations()[-2:] == ["charge.failed", "payment_intent.payment_failed"]

    @pytest.mark.parametrize(
        ("token", "currency", "code"),
        [
            ("pm_usBankAccount_weeklyLimitExceeded", "usd", "charge_exceeds_weekly_limit"),
            ("pm_sepaDebit_exceedsWeeklyVolumeLimit_de", "eur", "charge_exceeds_source_limit"),
            ("pm_sepaDebit_exceedsWeeklyTransactionLimit_de", "eur", "charge_exceeds_weekly_limit"),
        ],
    )
    async def test_refused_immediately(self, api, token, currency, code):
        error = await refused(api, token, currency=currency, **OFFLINE)
        assert (error["code"], error["payment_intent"]["status"]) == (code, "requires_payment_method")
        assert (await api.done("GET", f"/v1/charges/{error['charge']}"))["failure_code"] == code

    async def test_the_outcome_can_be_chosen(self, api, http):
        failed = await settled(api, http, await confirmed(api, SEPA, **IN_EUR, **OFFLINE), outcome="failed")
        assert failed["last_payment_error"]["code"] == "payment_intent_payment_attempt_failed"
        token = "pm_sepaDebit_failed_de"
        assert (await settled(api, http, await confirmed(api, token, **IN_EUR, **OFFLINE)))["status"] != "succeeded"
        body = await settled(api, http, await confirmed(api, token, **IN_EUR, **OFFLINE), outcome="succeeded")
        assert body["status"] == "succeeded"

    async def test_the_clock_settles(self, api, http):
        waiting = await confirmed(api, SEPA, **IN_EUR, **OFFLINE)
        endless = await confirmed(api, "pm_usBankAccount_processing", **OFFLINE)
        await http.post("/_sandbox/advance", json={"seconds": FOUR_DAYS - 1})
        assert (await read(api, waiting))["status"] == "processing"
        await http.post("/_sandbox/advance", json={"seconds": 1})
        events = await api.done("GET", "/v1/events", {"type": "payment_intent.succeeded"})
        assert [(one["data"]["object"]["id"], one["request"]["id"]) for one in events["data"]] == [
            (waiting["id"], None)
        ]
        assert events["data"][0]["id"].startswith("evt_3")
        assert (await read(api, endless))["status"] == "processing"

    async def test_a_read_settles(self, api, clock):
        waiting = await confirmed(api, SEPA, **IN_EUR, **OFFLINE)
        clock.now += FOUR_DAYS
        assert (await read(api, waiting))["status"] == "succeeded"

    async def test_only_a_processing_payment_settles(self, api, http):
        body = await settled(api, http, await confirmed(api, US, **OFFLINE))
        again = await http.post("/_sandbox/payments", json={"payment_intent": body["id"]})
        assert (again.status_code, "its status is succeeded" in again.text) == (400, True)
        unknown = await http.post("/_sandbox/payments", json={"payment_intent": "pi_x"})
        assert unknown.json() == {"error": {"message": "No such payment_intent: 'pi_x'"}}

    async def test_cannot_be_canceled_or_confirmed(self, api):
        body = await confirmed(api, US, **OFFLINE)
        for step in ("cancel", "confirm"):
            error = await api.refused(400, "POST", f"{INTENTS}/{body['id']}/{step}", BACK if step == "confirm" else {})
            assert error["code"] == "payment_intent_unexpected_state"


class TestMandates:
    async def test_required(self, api):
        error = await refused(api, SEPA, **IN_EUR, **SAVED)
        assert error["message"] == (
            "When confirming a PaymentIntent with a `sepa_debit` PaymentMethod and `setup_future_usage`, `mandate_data`"
            " is required."
        )
        error = await refused(api, SEPA, **IN_EUR)
        assert error["message"].startswith("This PaymentIntent requires a mandate, but no existing mandate was found.")
        online = {"mandate_data": {"customer_acceptance": {"type": "online", "online": {"ip_address": "::1"}}}}
        error = await refused(api, SEPA, **IN_EUR, **online)
        assert error["param"] == "mandate_data[customer_acceptance][online][user_agent]"

    async def test_of_a_single_payment(self, api):
        body = await confirmed(api, SEPA, **IN_EUR, **OFFLINE, expand=["latest_charge"])
        mandate = body["latest_charge"]["payment_method_details"]["sepa_debit"]["mandate"]
        mandate = await api.done("GET", f"/v1/mandates/{mandate}")
        assert (mandate["type"], mandate["single_use"]) == ("single_use", IN_EUR)

    async def test_of_a_saved_method_is_used_again(self, api, http):
        first = await confirmed(api, SEPA, **IN_EUR, **SAVED, **OFFLINE, expand=["latest_charge"])
        mandate = first["latest_charge"]["payment_method_details"]["sepa_debit"]["mandate"]
        again = {**IN_EUR, "customer": JENNY, "off_session": True, "expand": ["latest_charge"]}
        for params in ({}, {"mandate": mandate}):
            body = await confirmed(api, first["payment_method"], **again, **params)
            assert body["latest_charge"]["payment_method_details"]["sepa_debit"]["mandate"] == mandate
        await http.post("/_sandbox/mandates", json={"mandate": mandate, "status": "inactive"})
        error = await refused(api, first["payment_method"], **again)
        assert error["code"] == "payment_intent_mandate_invalid"

    async def test_of_another_method(self, api):
        first = await confirmed(api, SEPA, **IN_EUR, **OFFLINE, expand=["latest_charge"])
        mandate = first["latest_charge"]["payment_method_details"]["sepa_debit"]["mandate"]
        error = await refused(api, "pm_sepaDebit_success_at", **IN_EUR, mandate=mandate)
        assert (error["code"], error["param"]) == ("payment_intent_mandate_invalid", "mandate")
        error = await refused(api, SEPA, **IN_EUR, mandate="mandate_x")
        assert (error["code"], error["param"]) == ("resource_missing", "mandate")


class TestOtherTypes:
    @pytest.mark.parametrize(("type", "details"), [("ideal", {}), ("bancontact", {}), ("sofort", {"country": "DE"})])
    async def test_a_generated_sepa_debit(self, api, http, type, details):
        data = {"type": type, type: details, "billing_details": {"name": "Jenny"}}
        if not details:
            del data[type]
        types = {"allowed_payment_method_types": [type]}
        params = {**IN_EUR, **SAVED, **OFFLINE, **BACK, **types, "confirm": True, "payment_method_data": data}
        body = await api.done("POST", INTENTS, params)
        assert body["status"] == "requires_action"
        await visit(http, body)
        body = await read(api, body, f"latest_charge.payment_method_details.{type}.generated_sepa_debit")
        details = body["latest_charge"]["payment_method_details"][type]
        generated = details["generated_sepa_debit"]
        assert (body["status"], generated["customer"], generated["type"]) == ("succeeded", JENNY, "sepa_debit")
        assert generated["sepa_debit"]["generated_from"] == {
            "charge": body["latest_charge"]["id"],
            "setup_attempt": None,
        }
        mandate = await api.done("GET", f"/v1/mandates/{details['generated_sepa_debit_mandate']}")
        assert (mandate["payment_method"], mandate["type"]) == (generated["id"], "multi_use")
        assert generated["id"] in await wallet(api)
        assert body["payment_method"] not in await wallet(api)

    async def test_without_future_usage_nothing_is_saved(self, api, http):
        before = await wallet(api)
        params = {**IN_EUR, **BACK, "customer": JENNY, "confirm": True, "payment_method_data": {"type": "ideal"}}
        body = await api.done("POST", INTENTS, params)
        await visit(http, body)
        body = await read(api, body, "latest_charge")
        assert body["latest_charge"]["payment_method_details"]["ideal"] == {"bank": None, "bic": None}
        assert await wallet(api) == before

    async def test_the_payer_refuses(self, api, http):
        params = {**IN_EUR, **BACK, "confirm": True, "payment_method_data": {"type": "paypal"}}
        body = await api.done("POST", INTENTS, params)
        back = await visit(http, body, "fail")
        assert "redirect_status=failed" in back.headers["location"]
        body = await read(api, body)
        assert body["last_payment_error"]["code"] == "payment_intent_authentication_failure"
        assert (body["status"], body["latest_charge"]) == ("requires_payment_method", None)

    async def test_a_saved_wallet_pays_off_session(self, api, http):
        data = {"type": "paypal"}
        params = {**IN_EUR, **SAVED, **OFFLINE, **BACK, "confirm": True, "payment_method_data": data}
        body = await api.done("POST", INTENTS, params)
        await visit(http, body)
        again = {**IN_EUR, "customer": JENNY, "off_session": True, "confirm": True, **BACK}
        paid = await api.done("POST", INTENTS, {**again, "payment_method": body["payment_method"]})
        assert paid["status"] == "succeeded"

    @pytest.mark.parametrize("type", ["klarna", "ideal"])
    async def test_needs_a_return_url(self, api, type):
        cards = {"allowed_payment_method_types": ["card", type]}
        params = {**IN_EUR, **cards, "confirm": True, "payment_method_data": {"type": type}}
        error = await api.refused(400, "POST", INTENTS, params)
        message = (
            f"You must provide a `return_url` when confirming a PaymentIntent with the payment method type {type}."
        )
        assert error["message"] == message

    async def test_a_type_that_cannot_be_saved(self, api):
        types = {"allowed_payment_method_types": ["p24"]}
        params = {**IN_EUR, **types, **BACK, "confirm": True, "payment_method_data": {"type": "p24"}}
        error = await api.refused(400, "POST", INTENTS, {**params, **SAVED})
        assert error["message"] == "PaymentMethods of type 'p24' cannot be saved to customers."
        assert (await api.done("POST", INTENTS, params))["status"] == "requires_action"


ACCOUNT = {"account_number": "000123456789", "routing_number": "110000000", "account_holder_type": "individual"}
UNVERIFIED = {"type": "us_bank_account", "us_bank_account": ACCOUNT}


class TestMicrodeposits:
    async def waiting(self, api):
        params = {"amount": 1099, "currency": "usd", "confirm": True, "payment_method_data": UNVERIFIED}
        body = await api.done("POST", INTENTS, {**params, **SAVED, **OFFLINE, **BACK})
        assert body["next_action"]["verify_with_microdeposits"]["microdeposit_type"] == "descriptor_code"
        return f"{INTENTS}/{body['id']}/verify_microdeposits"

    async def test_verified(self, api):
        verify = await self.waiting(api)
        error = await api.refused(400, "POST", verify, {"amounts": [1, 2]})
        assert error["code"] == "payment_method_microdeposit_verification_amounts_mismatch"
        assert error["payment_intent"]["status"] == "requires_action"
        body = await api.done("POST", verify, {"descriptor_code": "SM11AA"})
        assert (body["status"], body["payment_method"] in await wallet(api)) == ("processing", True)

    async def test_too_many_attempts(self, api):
        verify = await self.waiting(api)
        error = await api.refused(400, "POST", verify, {"amounts": [10, 11]})
        assert error["payment_intent"]["status"] == "requires_payment_method"

    async def test_wrong_state(self, api):
        body = await api.done("POST", INTENTS, {"amount": 1099, "currency": "usd"})
        error = await api.refused(400, "POST", f"{INTENTS}/{body['id']}/verify_microdeposits", {"amounts": [32, 45]})
        assert error["code"] == "intent_invalid_state"
        assert error["message"].startswith("This PaymentIntent cannot be actioned on")
