"""SetupIntent.lastSetupError: the cause, a message that fits it, and nothing that Stripe calls secret."""

from __future__ import annotations

import json

import httpx
import pytest

from quality.harness import builders
from quality.harness.clients import Api, Recorder
from quality.harness.tokens import bearer
from serving.settings.settings import Settings

OWN = "cus_1"
ERROR = "lastSetupError { message code declineCode adviceCode type paymentMethod { id displayLabel customer { id } } }"
READ = f'{{ setupIntent(id: "seti_1") {{ {ERROR} }} }}'
NEUTRAL = "The payment method could not be used. Try again or use another payment method."
AUTHENTICATION = [
    "authentication_required",
    "authentication_failure",
    "payment_intent_authentication_failure",
    "setup_intent_authentication_failure",
]
VERIFICATION = [
    "payment_method_microdeposit_failed",
    "payment_method_microdeposit_processing_error",
    "payment_method_microdeposit_verification_amounts_invalid",
    "payment_method_microdeposit_verification_amounts_mismatch",
    "payment_method_microdeposit_verification_attempts_exceeded",
    "payment_method_microdeposit_verification_descriptor_code_mismatch",
    "payment_method_microdeposit_verification_timeout",
    "payment_method_bank_account_blocked",
    "payment_method_bank_account_already_verified",
    "bank_account_unverified",
]
MANDATE = ["payment_intent_mandate_invalid", "setup_intent_mandate_invalid", "india_recurring_payment_mandate_canceled"]
DEBIT = [
    *("account_closed", "no_account", "insufficient_funds", "debit_not_authorized", "bank_account_restricted"),
    *("charge_exceeds_source_limit", "charge_exceeds_weekly_limit", "charge_exceeds_transaction_limit"),
    *("refer_to_customer", "sepa_unsupported_account"),
]
OTHERS = [
    *("payment_intent_payment_attempt_failed", "payment_intent_payment_attempt_expired", "setup_attempt_failed"),
    *("setup_intent_setup_attempt_expired", "payment_method_provider_decline", "payment_method_provider_timeout"),
    *("payment_method_customer_decline", "payment_method_not_available", "payment_method_unactivated"),
    *("payment_method_unexpected_state", "payment_method_currency_mismatch", "payment_method_invalid_parameter"),
    *("payment_method_billing_details_address_missing", "payment_method_invalid_parameter_testmode"),
    *("payment_method_unsupported_type", "payment_intent_incompatible_payment_method"),
    *("payment_intent_invalid_parameter", "setup_intent_invalid_parameter", "capability_not_active"),
    *("expired_payment_method", "incorrect_postal_code", "payment_method_restricted"),
    *("processing_error", "invalid_owner_name", "card_declined", "expired_card", "incorrect_cvc"),
]


def intent(error):
    return {
        "id": "seti_1",
        "object": "setup_intent",
        "client_secret": "seti_1_secret_x",
        "created": 1,
        "customer": builders.customer(OWN),
        "last_setup_error": error,
        "livemode": False,
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
        "usage": "off_session",
    }


@pytest.fixture
def read():
    """The error as GraphQL shows it, and the calls that reading it took."""

    async def read(error, *, customer=None):
        bodies = {"/v1/setup_intents/seti_1": intent(error)}
        method = builders.payment_method("pm_1", customer=builders.customer(OWN))
        bodies["/v1/payment_methods/pm_1"] = bodies[f"/v1/customers/{OWN}/payment_methods/pm_1"] = method
        upstream = Recorder(httpx.MockTransport(lambda request: httpx.Response(200, json=bodies[request.url.path])))
        settings = Settings()
        async with Api(settings, upstream) as api:
            api.http.headers.update(bearer(settings, customer=customer, service=customer is None))
            data = await api.data(READ)
        return data["setupIntent"]["lastSetupError"], upstream.calls

    return read


async def test_no_error(read):
    assert await read(None) == (None, ["GET /v1/setup_intents/:seti"])


async def test_every_member(read):
    method = builders.payment_method("pm_1")
    error = {
        "type": "card_error",
        "code": "card_declined",
        "decline_code": "insufficient_funds",
        "advice_code": "try_again_later",
        "message": "Your card has insufficient funds.",
        "payment_method": method,
    }
    found, calls = await read(error)
    assert found == {
        "message": "Your card has insufficient funds.",
        "code": "card_declined",
        "declineCode": "insufficient_funds",
        "adviceCode": "try_again_later",
        "type": "card_error",
        "paymentMethod": {"id": "pm_1", "displayLabel": "Visa •••• 4242", "customer": None},
    }
    assert calls == ["GET /v1/setup_intents/:seti"]


@pytest.mark.parametrize("type", ["invalid_request_error", "card_error", "api_error"])
@pytest.mark.parametrize("code", [*AUTHENTICATION, *VERIFICATION, *MANDATE, *DEBIT, *OTHERS])
async def test_a_code_has_its_message_and_is_no_decline_code(read, code, type):
    found, _ = await read({"type": type, "code": code})
    assert (found["code"], found["declineCode"], found["type"]) == (code, None, type)
    assert found["message"] != NEUTRAL
    assert "_" not in found["message"]


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (AUTHENTICATION, ("authenticat",)),
        (VERIFICATION, ("bank account",)),
        (MANDATE, ("mandate",)),
        (["invalid_owner_name"], ("owner's name",)),
        (["processing_error"], ("An error occurred",)),
    ],
)
async def test_a_message_fits_its_code(read, codes, words):
    for code in codes:
        found, _ = await read({"type": "invalid_request_error", "code": code, "message": "Stripe's own text"})
        assert all(word.lower() in found["message"].lower() for word in words)
        assert "Stripe's own text" not in found["message"]
        assert ("bank" in found["message"]) is (codes is VERIFICATION)


@pytest.mark.parametrize("error", [{"type": "invalid_request_error", "code": "new_in_2027"}, {"type": "api_error"}, {}])
async def test_an_unknown_cause_has_a_neutral_message(read, error):
    found, _ = await read({**error, "message": "Stripe's own text"})
    assert found["message"] == NEUTRAL
    assert found["code"] == error.get("code", error.get("type", "unknown"))
    assert found["type"] == error.get("type", "api_error")


async def test_nothing_secret_passes(read):
    secret = "seti_1_secret_SECRET"
    error = {
        "type": "invalid_request_error",
        "code": "setup_intent_authentication_failure",
        "message": f"SECRET {secret}",
        "param": "SECRET",
        "doc_url": "https://stripe.test/SECRET",
        "request_log_url": "https://dashboard.stripe.test/SECRET",
        "charge": "ch_SECRET",
        "setup_intent": intent(None) | {"client_secret": secret},
        "payment_intent": {"id": "pi_1", "client_secret": "pi_SECRET"},
        "source": {"id": "src_SECRET"},
        "network_decline_code": "SECRET",
    }
    found, _ = await read(error)
    assert "SECRET" not in json.dumps(found)


async def test_a_payment_method_that_is_only_an_id_is_read(read):
    found, calls = await read({"type": "api_error", "payment_method": "pm_1"})
    assert found["paymentMethod"]["displayLabel"] == "Visa •••• 4242"
    assert calls == ["GET /v1/setup_intents/:seti", "GET /v1/payment_methods/:pm"]


@pytest.mark.parametrize(("owner", "shown"), [(None, True), (OWN, True), ("cus_2", False)])
async def test_a_customer_never_sees_another_customers_method(read, owner, shown):
    error = {"type": "card_error", "code": "card_declined", "payment_method": builders.payment_method(customer=owner)}
    found, _ = await read(error, customer=OWN)
    assert (found["paymentMethod"] is not None) is shown
