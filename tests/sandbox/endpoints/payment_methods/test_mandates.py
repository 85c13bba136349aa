"""Mandates: created when a setup succeeds, ended by a detach or by the payer's bank."""

import pytest

from tests.sandbox.payer import visit

INTENTS = "/v1/setup_intents"
JENNY = "cus_NbZ8Ki3f322LNn"
BACK = {"return_url": "https://shop.example/done"}
ONLINE = {"type": "online", "online": {"ip_address": "198.51.100.7", "user_agent": "Firefox"}}
IBAN = {"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013000"}}
PUBLIC = "Bearer pk_test_123"


async def saved(api, data=IBAN, acceptance=ONLINE, **params):
    mandate_data = {"customer_acceptance": acceptance}
    params = {"customer": JENNY, "confirm": True, "mandate_data": mandate_data, **BACK, **params}
    return await api.done("POST", INTENTS, {"payment_method_data": data, **params})


async def mandate_of(api, intent, **params):
    return await api.done("GET", f"/v1/mandates/{intent['mandate']}", params)


async def updates(api):
    events = (await api.done("GET", "/v1/events", {"type": "mandate.updated"}))["data"]
    return [event["data"]["previous_attributes"] for event in events]


class TestCreated:
    async def test_as_the_server_says(self, api, clock):
        intent = await saved(api)
        mandate = await mandate_of(api, intent)
        assert (mandate["status"], mandate["type"], mandate["multi_use"]) == ("active", "multi_use", {})
        assert mandate["customer_acceptance"] == {**ONLINE, "accepted_at": int(clock.now)}
        assert mandate["payment_method"] == intent["payment_method"]
        assert mandate["payment_method_details"]["sepa_debit"]["reference"]
        assert intent["single_use_mandate"] is None
        assert await updates(api) == []

    async def test_offline(self, api):
        mandate = await mandate_of(api, await saved(api, acceptance={"type": "offline", "accepted_at": 1_780_000_000}))
        assert mandate["customer_acceptance"] == {"type": "offline", "offline": {}, "accepted_at": 1_780_000_000}

    async def test_for_one_debit(self, api):
        intent = await saved(api, single_use={"amount": 1000, "currency": "eur"})
        assert intent["mandate"] is None
        mandate = await api.done("GET", f"/v1/mandates/{intent['single_use_mandate']}")
        assert (mandate["type"], mandate["single_use"]) == ("single_use", {"amount": 1000, "currency": "eur"})

    async def test_by_a_device(self, api):
        intent = await api.done("POST", INTENTS, {"customer": JENNY})
        params = {"client_secret": intent["client_secret"], "payment_method_data": IBAN}
        headers = {"authorization": PUBLIC, "user_agent": "Safari"}
        body = await api.done("POST", f"{INTENTS}/{intent['id']}/confirm", params, **headers)
        assert "mandate" not in body
        mandate = await mandate_of(api, await api.done("GET", f"{INTENTS}/{intent['id']}"))
        assert mandate["customer_acceptance"]["online"] == {"ip_address": "127.0.0.1", "user_agent": "Safari"}

    async def test_device_does_not_say_where_it_is(self, api):
        intent = await api.done("POST", INTENTS, {"customer": JENNY})
        params = {"client_secret": intent["client_secret"], "payment_method_data": IBAN}
        url, mandate = f"{INTENTS}/{intent['id']}/confirm", {"mandate_data": {"customer_acceptance": ONLINE}}
        await api.done("POST", url, {**params, **mandate}, authorization=PUBLIC)
        made = await mandate_of(api, await api.done("GET", f"{INTENTS}/{intent['id']}"))
        assert made["customer_acceptance"]["online"]["ip_address"] == "127.0.0.1"

    async def test_device_is_online(self, api):
        intent = await api.done("POST", INTENTS, {"customer": JENNY})
        params = {"client_secret": intent["client_secret"], "payment_method_data": IBAN}
        mandate = {"mandate_data": {"customer_acceptance": {"type": "offline"}}}
        url = f"{INTENTS}/{intent['id']}/confirm"
        error = await api.refused(400, "POST", url, {**params, **mandate}, authorization=PUBLIC)
        assert error["param"] == "mandate_data[customer_acceptance][type]"

    async def test_of_a_generated_debit(self, api, http):
        allowed = {"allowed_payment_method_types": ["ideal"]}
        waiting = await saved(api, {"type": "ideal"}, **allowed)
        assert waiting["mandate"] is None
        await visit(http, waiting)
        path = "latest_attempt.payment_method_details.ideal.generated_sepa_debit_mandate"
        intent = await api.done("GET", f"{INTENTS}/{waiting['id']}", {"expand": [path]})
        details = intent["latest_attempt"]["payment_method_details"]["ideal"]
        assert details["generated_sepa_debit_mandate"] == await mandate_of(api, intent)
        assert details["generated_sepa_debit_mandate"]["payment_method"] == details["generated_sepa_debit"]
        assert details["generated_sepa_debit_mandate"]["customer_acceptance"]["online"] == ONLINE["online"]

    async def test_not_for_cards(self, api, sandbox):
        intent = await saved(api, {"type": "card", "card": {"token": "tok_visa"}})
        assert (intent["mandate"], len(sandbox.store.mandates)) == (None, 0)

    async def test_not_before_success(self, api, sandbox):
        data = {"type": "paypal"}
        waiting = await saved(api, data)
        assert (waiting["status"], len(sandbox.store.mandates)) == ("requires_action", 0)

    async def test_expands(self, api):
        intent = await saved(api, expand=["mandate.payment_method"])
        assert intent["mandate"]["payment_method"]["id"] == intent["payment_method"]


class TestStatus:
    async def test_detach_revokes(self, api):
        intent = await saved(api)
        await api.done("POST", f"/v1/payment_methods/{intent['payment_method']}/detach")
        assert (await mandate_of(api, intent))["status"] == "inactive"
        assert await updates(api) == [{"status": "active"}]

    @pytest.mark.parametrize("status", ["inactive", "pending"])
    async def test_bank_changes_it(self, api, http, status):
        intent = await saved(api)
        body = {"mandate": intent["mandate"], "status": status}
        changed = (await http.post("/_sandbox/mandates", json=body)).json()
        assert (await mandate_of(api, intent)) == changed
        assert changed["status"] == status
        [event] = (await api.done("GET", "/v1/events", {"type": "mandate.updated"}))["data"]
        assert (event["request"]["id"], event["data"]["object"]) == (None, changed)
        assert event["data"]["previous_attributes"] == {"status": "active"}
        await http.post("/_sandbox/mandates", json=body)
        assert len(await updates(api)) == 1

    async def test_bacs_says_why(self, api, http):
        bacs = {"account_number": "00012345", "sort_code": "108800"}
        allowed = {"allowed_payment_method_types": ["bacs_debit"]}
        intent = await saved(api, {"type": "bacs_debit", "bacs_debit": bacs}, **allowed)
        details = (await mandate_of(api, intent))["payment_method_details"]["bacs_debit"]
        assert (details["network_status"], details["revocation_reason"]) == ("accepted", None)
        await http.post("/_sandbox/mandates", json={"mandate": intent["mandate"], "status": "inactive"})
        details = (await mandate_of(api, intent))["payment_method_details"]["bacs_debit"]
        assert (details["network_status"], details["revocation_reason"]) == ("revoked", "debit_not_authorized")

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ({"mandate": "mandate_x", "status": "inactive"}, "No such mandate: 'mandate_x'"),
            ({"mandate": "mandate_x", "status": "gone"}, "status: "),
            ({"mandate": "mandate_x"}, "status: "),
        ],
    )
    async def test_refused_changes(self, http, body, words):
        response = await http.post("/_sandbox/mandates", json=body)
        assert response.status_code == 400
        assert words in response.json()["error"]["message"]


async def test_unknown_mandate(api):
    error = await api.refused(404, "GET", "/v1/mandates/mandate_x")
    assert (error["code"], error["param"]) == ("resource_missing", "mandate")


async def test_needs_a_secret_key(api):
    await api.refused(403, "GET", "/v1/mandates/mandate_x", authorization=PUBLIC)
