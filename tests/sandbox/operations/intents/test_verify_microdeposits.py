"""POST /v1/setup_intents/{intent}/verify_microdeposits: bank accounts given by number."""

import pytest

INTENTS = "/v1/setup_intents"
JENNY = "cus_NbZ8Ki3f322LNn"
PUBLIC = "Bearer pk_test_123"
MANDATE = {"mandate_data": {"customer_acceptance": {"type": "offline"}}}
BACK = {"return_url": "https://shop.example/done"}
NUMBERS = {"account_number": "000123456789", "routing_number": "110000000", "account_holder_type": "individual"}
BANK = {"type": "us_bank_account", "us_bank_account": NUMBERS}
CODE = "payment_method_microdeposit_verification_"


async def confirmed(api, **params):
    given = {"customer": JENNY, "confirm": True, **MANDATE, **BACK, **params}
    method = {} if "payment_method" in params or "payment_method_data" in params else {"payment_method_data": BANK}
    return await api.done("POST", INTENTS, {**given, **method})


def url(intent):
    return f"{INTENTS}/{intent['id']}/verify_microdeposits"


async def error_code(api, intent, params):
    error = await api.refused(400, "POST", url(intent), params)
    return error["code"].removeprefix(CODE), error["setup_intent"]["status"]


@pytest.fixture
async def intent(api):
    return await confirmed(api)


async def test_confirmation_sends_deposits(api, intent, clock, sandbox):
    assert (intent["status"], intent["mandate"]) == ("requires_action", None)
    action = intent["next_action"]
    assert action["type"] == "verify_with_microdeposits"
    assert action["verify_with_microdeposits"]["microdeposit_type"] == "descriptor_code"
    assert action["verify_with_microdeposits"]["arrival_date"] > clock.now
    assert sandbox.ledger.operations(intent["id"])[-1] == "setup_intent.requires_action"
    pm = await api.done("GET", f"/v1/payment_methods/{intent['payment_method']}")
    assert pm["customer"] is None


@pytest.mark.parametrize(
    "given", [{"amounts": [32, 45]}, {"amounts": [45, 32]}, {"descriptor_code": "SM11AA"}], ids=str
)
async def test_right_values_save_the_account(api, intent, given, sandbox):
    body = await api.done("POST", url(intent), given)
    assert (body["status"], body["next_action"]) == ("succeeded", None)
    pm = await api.done("GET", f"/v1/payment_methods/{body['payment_method']}")
    assert pm["customer"] == JENNY
    assert (await api.done("GET", f"/v1/mandates/{body['mandate']}"))["payment_method"] == pm["id"]
    assert sandbox.ledger.operations()[-1] == "setup_intent.succeeded"


async def test_device_verifies(api, intent):
    params = {"client_secret": intent["client_secret"], "descriptor_code": "SM11AA"}
    body = await api.done("POST", url(intent), params, authorization=PUBLIC)
    assert (body["status"], "mandate" in body) == ("succeeded", False)
    error = await api.refused(400, "POST", url(intent), {"descriptor_code": "SM11AA"}, authorization=PUBLIC)
    assert error["param"] == "client_secret"


@pytest.mark.parametrize(
    ("given", "problem"),
    [({"amounts": [1, 2]}, "amounts_mismatch"), ({"descriptor_code": "SM99ZZ"}, "descriptor_code_mismatch")],
)
async def test_ten_attempts(api, intent, given, problem):
    for _ in range(9):
        assert await error_code(api, intent, given) == (problem, "requires_action")
    assert await error_code(api, intent, given) == ("attempts_exceeded", "requires_payment_method")
    body = await api.done("GET", f"{INTENTS}/{intent['id']}")
    assert (body["payment_method"], body["last_setup_error"]["code"]) == (None, f"{CODE}attempts_exceeded")


async def test_replayed_attempt_counts_once(api, intent):
    for _ in range(12):
        reply = await api.post(url(intent), {"amounts": [1, 2]}, idempotency_key="k1")
        assert reply.error["code"] == f"{CODE}amounts_mismatch"
    assert (await api.done("POST", url(intent), {"amounts": [32, 45]}))["status"] == "succeeded"


async def test_customer_deleted_in_the_meantime(api, intent):
    await api.done("DELETE", f"/v1/customers/{JENNY}")
    error = await api.refused(400, "POST", url(intent), {"amounts": [32, 45]})
    assert (error["param"], error["setup_intent"]["status"]) == ("customer", "requires_payment_method")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"amounts": [10, 11]}, "attempts_exceeded"),
        ({"descriptor_code": "SM33CC"}, "attempts_exceeded"),
        ({"amounts": [40, 41]}, "timeout"),
        ({"descriptor_code": "SM44DD"}, "timeout"),
    ],
)
async def test_values_that_fail(api, intent, given, problem, sandbox):
    assert await error_code(api, intent, given) == (problem, "requires_payment_method")
    assert sandbox.ledger.operations(intent["id"])[-1] == "setup_intent.setup_failed"


async def test_ten_days_later(api, intent, clock):
    clock.now += 10 * 24 * 60 * 60
    body = await api.done("GET", f"{INTENTS}/{intent['id']}")
    assert (body["status"], body["last_setup_error"]["code"]) == ("requires_payment_method", f"{CODE}timeout")
    [event] = (await api.done("GET", "/v1/events", {"type": "setup_intent.setup_failed"}))["data"]
    assert event["request"]["id"] is None


async def test_account_without_deposits(api):
    intent = await confirmed(api, payment_method="pm_usBankAccount_failMicrodeposits")
    error = await api.refused(400, "POST", url(intent), {"amounts": [32, 45]})
    assert error["code"] == "payment_method_microdeposit_failed"


@pytest.mark.parametrize("amounts", [[32], [32, 45, 1], [0, 45], [32, 100]], ids=str)
async def test_amounts_that_can_not_be(api, intent, amounts):
    error = await api.refused(400, "POST", url(intent), {"amounts": amounts})
    assert (error["code"], error["param"]) == (f"{CODE}amounts_invalid", "amounts")


async def test_one_of_the_two_is_needed(api, intent):
    assert (await api.refused(400, "POST", url(intent)))["code"] == "parameter_missing"
    both = {"amounts": [32, 45], "descriptor_code": "SM11AA"}
    assert "only specify one" in (await api.refused(400, "POST", url(intent), both))["message"]


@pytest.mark.parametrize("card", ["pm_card_visa", "pm_card_authenticationRequired"])
async def test_intent_that_awaits_no_deposits(api, card):
    intent = await confirmed(api, payment_method=card)
    error = await api.refused(400, "POST", url(intent), {"amounts": [32, 45]})
    assert error["code"] == "intent_invalid_state"
    assert f"because it has a status of {intent['status']}" in error["message"]


async def test_page_of_a_redirect_does_not_verify(api, http, intent):
    page = await http.post(f"/_sandbox/3ds/{intent['latest_attempt']}", content="outcome=complete")
    assert page.status_code == 410


class TestVerifiedAlready:
    """No deposits are sent."""

    async def test_test_account(self, api):
        intent = await confirmed(api, payment_method="pm_usBankAccount_success")
        assert intent["status"] == "succeeded"
        pm = await api.done("GET", f"/v1/payment_methods/{intent['payment_method']}")
        assert (pm["us_bank_account"]["last4"], pm["customer"]) == ("6789", JENNY)

    async def test_test_account_can_be_attached(self, api):
        pm = await api.attached(JENNY, "pm_usBankAccount_success")
        again = await confirmed(api, payment_method=pm)
        assert again["status"] == "succeeded"

    async def test_instant_verification(self, api):
        options = {"us_bank_account": {"verification_method": "instant"}}
        intent = await confirmed(api, payment_method_options=options)
        assert intent["status"] == "succeeded"
        assert intent["payment_method_options"]["us_bank_account"] == {"verification_method": "instant"}


async def test_options_of_a_confirmation(api):
    intent = await api.done("POST", INTENTS, {"customer": JENNY})
    options = {"us_bank_account": {"verification_method": "instant"}}
    params = {"payment_method_data": BANK, "payment_method_options": options, **MANDATE, **BACK}
    assert (await api.done("POST", f"{INTENTS}/{intent['id']}/confirm", params))["status"] == "succeeded"


async def test_canadian_account(api):
    numbers = {"account_number": "000123456789", "institution_number": "000", "transit_number": "11000"}
    data = {"type": "acss_debit", "acss_debit": numbers}
    options = {"acss_debit": {"currency": "cad"}}
    allowed = {"allowed_payment_method_types": ["acss_debit"]}
    intent = await confirmed(api, payment_method_data=data, payment_method_options=options, **allowed)
    assert intent["next_action"]["verify_with_microdeposits"]["microdeposit_type"] == "amounts"
    assert (await api.done("POST", url(intent), {"amounts": [32, 45]}))["status"] == "succeeded"


@pytest.mark.parametrize("token", ["pm_sepaDebit_success_de", "pm_sepaDebit_failed_ie"])
async def test_test_accounts_of_sepa_debits(api, token):
    intent = await confirmed(api, payment_method=token, expand=["payment_method"])
    assert (intent["status"], intent["payment_method"]["type"]) == ("succeeded", "sepa_debit")
    assert intent["payment_method"]["sepa_debit"]["country"] == token[-2:].upper()
