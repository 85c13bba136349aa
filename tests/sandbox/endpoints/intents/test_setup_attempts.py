"""SetupAttempts: one for each confirmation, with what was set up."""

import pytest

from tests.sandbox.payer import visit

ATTEMPTS = "/v1/setup_attempts"
INTENTS = "/v1/setup_intents"
JENNY = "cus_NbZ8Ki3f322LNn"
BACK = {"return_url": "https://shop.example/done"}
CARD_BACK = {"card": {"token": "tok_visa"}, "type": "card"}


async def intent(api, **params):
    return await api.done("POST", INTENTS, {"customer": JENNY, **params})


async def attempts(api, intent: str, **params):
    return (await api.done("GET", ATTEMPTS, {"setup_intent": intent, **params}))["data"]


class TestList:
    async def test_each_confirmation_adds_one(self, api):
        setup = (await intent(api))["id"]
        assert await attempts(api, setup) == []
        confirm = f"{INTENTS}/{setup}/confirm"
        await api.refused(402, "POST", confirm, {**BACK, "payment_method": "pm_card_visa_chargeDeclined"})
        done = await api.done("POST", confirm, {**BACK, "payment_method": "pm_card_visa"})
        newest, oldest = await attempts(api, setup)
        assert [newest["status"], oldest["status"]] == ["succeeded", "failed"]
        assert newest["payment_method"] == done["payment_method"]
        assert (newest["setup_error"], oldest["setup_error"]["code"]) == (None, "card_declined")
        assert (newest["setup_intent"], newest["customer"], newest["usage"]) == (setup, JENNY, "off_session")
        assert (await attempts(api, setup, limit=1, starting_after=newest["id"])) == [oldest]

    async def test_of_another_intent_are_left_out(self, api, clock):
        await intent(api, payment_method="pm_card_visa", confirm=True, **BACK)
        clock.now += 60
        mine = await intent(api, payment_method="pm_card_visa", confirm=True, **BACK)
        assert [attempt["id"] for attempt in await attempts(api, mine["id"])] == [mine["latest_attempt"]]
        assert await attempts(api, mine["id"], created={"lt": int(clock.now)}) == []

    async def test_expands(self, api):
        setup = await intent(api, payment_method="pm_card_visa", confirm=True, **BACK)
        [attempt] = await attempts(api, setup["id"], expand=["data.setup_intent", "data.payment_method"])
        assert attempt["setup_intent"] == setup
        assert attempt["payment_method"]["customer"] == JENNY

    @pytest.mark.parametrize(
        ("params", "code"), [({}, "parameter_missing"), ({"setup_intent": "seti_x"}, "resource_missing")]
    )
    async def test_needs_an_intent(self, api, params, code):
        error = await api.refused(400, "GET", ATTEMPTS, params)
        assert (error["code"], error["param"]) == (code, "setup_intent")

    async def test_needs_a_secret_key(self, api):
        await api.refused(403, "GET", ATTEMPTS, {"setup_intent": "seti_x"}, authorization="Bearer pk_test_123")


class TestCard:
    async def test_details_of_a_card(self, api):
        setup = await intent(api, payment_method_data=CARD_BACK, confirm=True, **BACK, expand=["payment_method"])
        [attempt] = await attempts(api, setup["id"])
        details, card = attempt["payment_method_details"]["card"], setup["payment_method"]["card"]
        assert details["checks"]["cvc_check"] == "pass"
        names = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "wallet")
        assert {name: details[name] for name in names} == {name: card[name] for name in names}
        assert (details["network"], details["three_d_secure"]) == ("visa", None)

    async def test_waits_for_three_d_secure(self, api, http):
        card = "pm_card_authenticationRequired"
        setup = await intent(api, payment_method=card, confirm=True, **BACK)
        assert [attempt["status"] for attempt in await attempts(api, setup["id"])] == ["requires_action"]
        await visit(http, setup)
        [attempt] = await attempts(api, setup["id"])
        assert attempt["status"] == "succeeded"
        assert attempt["payment_method_details"]["card"]["three_d_secure"]["result"] == "authenticated"

    @pytest.mark.parametrize("step", ["confirm", "cancel"])
    async def test_abandoned_while_it_waits(self, api, step):
        card = "pm_card_authenticationRequired"
        setup = (await intent(api, payment_method=card, confirm=True, **BACK))["id"]
        params = {**BACK, "payment_method": "pm_card_visa"} if step == "confirm" else {}
        await api.done("POST", f"{INTENTS}/{setup}/{step}", params)
        assert (await attempts(api, setup))[-1]["status"] == "abandoned"


GENERATING = [{"type": "ideal"}, {"type": "bancontact"}, {"type": "sofort", "sofort": {"country": "DE"}}]


@pytest.fixture(params=GENERATING, ids=lambda data: data["type"])
def data(request):
    return {**request.param, "billing_details": {"name": "Jenny Rosen", "email": "jenny@example.com"}}


def on_a_device(intent, data):
    return {"client_secret": intent["client_secret"], "payment_method_data": data, **BACK}


class TestGeneratedSepaDebit:
    """iDEAL, Bancontact and Sofort are saved as a SEPA debit."""

    async def started(self, api, data, **params):
        setup = await intent(api, allowed_payment_method_types=[data["type"]], **params)
        url, public = f"{INTENTS}/{setup['id']}/confirm", "Bearer pk_test_123"
        return await api.done("POST", url, on_a_device(setup, data), authorization=public)

    async def test_confirmation_sends_the_payer_to_the_bank(self, api, http, data):
        waiting = await self.started(api, data)
        assert (waiting["status"], waiting["next_action"]["type"]) == ("requires_action", "redirect_to_url")
        [attempt] = await attempts(api, waiting["id"])
        assert attempt["payment_method_details"] == {"type": data["type"], data["type"]: {}}
        page = await http.get(waiting["next_action"]["redirect_to_url"]["url"])
        assert f"payment method type {data['type']}" in page.text

    async def test_success_attaches_another_payment_method(self, api, http, data, sandbox):
        waiting = await self.started(api, data)
        back = await visit(http, waiting)
        assert "redirect_status=succeeded" in back.headers["location"]
        path = f"latest_attempt.payment_method_details.{data['type']}.generated_sepa_debit"
        setup = await api.done("GET", f"{INTENTS}/{waiting['id']}", {"expand": [path, "payment_method"]})
        details = setup["latest_attempt"]["payment_method_details"][data["type"]]
        generated = details["generated_sepa_debit"]
        assert (setup["status"], setup["payment_method"]["type"]) == ("succeeded", data["type"])
        assert setup["payment_method"]["customer"] is None
        assert (generated["type"], generated["customer"]) == ("sepa_debit", JENNY)
        assert generated["billing_details"]["name"] == details["verified_name"] == "Jenny Rosen"
        assert generated["sepa_debit"]["last4"] == details["iban_last4"]
        assert generated["sepa_debit"]["generated_from"] == {
            "charge": None,
            "setup_attempt": setup["latest_attempt"]["id"],
        }
        attached = [entry for entry in sandbox.ledger.entries() if entry.operation == "payment_method.attached"]
        assert [entry.object for entry in attached] == [generated["id"]]

    async def test_the_same_account_has_the_same_fingerprint(self, api, http, data):
        prints = set()
        for _ in range(2):
            waiting = await self.started(api, data)
            await visit(http, waiting)
        for method in (await api.done("GET", "/v1/payment_methods", {"customer": JENNY, "type": "sepa_debit"}))["data"]:
            if method["sepa_debit"]["generated_from"]["setup_attempt"]:
                prints.add(method["sepa_debit"]["fingerprint"])
        assert len(prints) == 1

    async def test_failure_saves_nothing(self, api, http, data, sandbox):
        waiting = await self.started(api, data)
        await visit(http, waiting, "fail")
        setup = await api.done("GET", f"{INTENTS}/{waiting['id']}", {"expand": ["latest_attempt"]})
        assert (setup["status"], setup["latest_attempt"]["status"]) == ("requires_payment_method", "failed")
        assert setup["last_setup_error"]["code"] == "setup_intent_authentication_failure"
        assert "payment_method.attached" not in sandbox.ledger.operations()

    async def test_can_be_used_once(self, api, http, data):
        waiting = await self.started(api, data)
        await visit(http, waiting)
        error = await api.refused(
            400,
            "POST",
            INTENTS,
            {"payment_method": waiting["payment_method"], "allowed_payment_method_types": [data["type"]]},
        )
        assert "It may not be used again" in error["message"]

    async def test_without_a_customer_it_stays_unattached(self, api, http, data):
        setup = await api.done("POST", INTENTS, {"allowed_payment_method_types": [data["type"]]})
        url, public = f"{INTENTS}/{setup['id']}/confirm", "Bearer pk_test_123"
        await visit(http, await api.done("POST", url, on_a_device(setup, data), authorization=public))
        [attempt] = await attempts(api, setup["id"])
        generated = attempt["payment_method_details"][data["type"]]["generated_sepa_debit"]
        assert (await api.done("GET", f"/v1/payment_methods/{generated}"))["customer"] is None
        attached = await api.done("POST", f"/v1/payment_methods/{generated}/attach", {"customer": JENNY})
        assert attached["customer"] == JENNY

    async def test_server_gives_a_mandate(self, api, data):
        allowed = {"allowed_payment_method_types": [data["type"]]}
        params = {"payment_method_data": data, "confirm": True, **allowed, **BACK}
        error = await api.refused(400, "POST", INTENTS, params)
        assert "`mandate_data` is required" in error["message"]


async def test_expanding_a_generated_debit_of_a_card_adds_nothing(api):
    setup = await intent(api, payment_method="pm_card_visa", confirm=True, **BACK)
    path = "latest_attempt.payment_method_details.ideal.generated_sepa_debit"
    expanded = await api.done("GET", f"{INTENTS}/{setup['id']}", {"expand": [path]})
    assert "ideal" not in expanded["latest_attempt"]["payment_method_details"]
