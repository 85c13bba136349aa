"""From Stripe's refusal of a write to an entry of `errors`: its type, its path and what it says to do."""

from __future__ import annotations

import re

import httpx
import pytest
import stripe

from quality.harness import builders
from quality.harness.clients import Api, Recorder
from quality.harness.wallets import JENNY, UNATTACHED_CARD
from serving.settings.settings import Settings
from tests.sandbox.sdk_types import _annotations

ERRORS = "errors { __typename code message path requestId }"
WRITES = {
    "attach": ("attachPaymentMethod", 'paymentMethodId: "pm_1", customerId: "cus_1"'),
    "update": ("updatePaymentMethod", 'paymentMethodId: "pm_1", billingDetails: {name: "Jenny"}'),
    "default": ("setDefaultPaymentMethod", 'paymentMethodId: "pm_1", customerId: "cus_1"'),
    "create": ("createSetupIntent", 'paymentMethodId: "pm_1", customerId: "cus_1", confirm: true'),
    "confirm": ("confirmSetupIntent", 'setupIntentId: "seti_1", paymentMethodId: "pm_1"'),
    "cancel": ("cancelSetupIntent", 'setupIntentId: "seti_1"'),
}
COUNTRY = (
    "Country 'JA' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', 'EG', or 'GB'. A"
    " full list of country codes is available at https://en.wikipedia.org/wiki/ISO_3166-1_alpha-2"
)


@pytest.fixture
async def refused():
    """The entry of `errors` for a write that Stripe refuses so."""
    answers = []
    upstream = Recorder(httpx.MockTransport(lambda request: answers.pop()))

    async def refused(write, *, status=400, **error):
        answers[:] = [httpx.Response(status, json=builders.error(**error), headers={"request-id": "req_1"})]
        mutation, input = WRITES[write]
        payload = (await api.data(f"mutation {{ {mutation}(input: {{{input}}}) {{ {ERRORS} }} }}"))[mutation]
        assert not answers
        (found,) = payload["errors"]
        assert found.pop("requestId") == "req_1"
        return found

    async with Api(Settings(rate_limit_cards="off", rate_limit_declines="off"), upstream) as api:
        yield refused


@pytest.mark.parametrize(
    ("write", "error", "path", "words"),
    [
        ("update", {"message": "Metadata can have up to 50 keys.", "param": "metadata"}, "metadata", "at most 50 keys"),
        (
            "update",
            {"message": "Metadata keys can have up to 40 characters, but you passed in a key that is 41 characters."},
            "metadata",
            "at most 40 characters",
        ),
        (
            "update",
            {
                "message": "Metadata values can have up to 500 characters, but you passed in a value that is 504",
                "param": "metadata[a]",
            },
            "metadata",
            "at most 500 characters",
        ),
        ("update", {"message": COUNTRY}, "billingDetails.address.country", "two-letter code"),
        (
            "update",
            {"message": COUNTRY, "param": "billing_details[address][country]"},
            "billingDetails.address.country",
            "two-letter code",
        ),
        (
            "update",
            {"code": "email_invalid", "message": "Invalid email address: x", "param": "billing_details[email]"},
            "billingDetails.email",
            "email address",
        ),
        (
            "update",
            {
                "message": "Invalid string: aaaaaaaaaa...aaaaaaaaaa; must be at most 5000 characters",
                "param": "billing_details[address][postal_code]",
            },
            "billingDetails.address.postalCode",
            "Shorten it",
        ),
        (
            "update",
            {"message": "A new text", "param": "card[networks][preferred]"},
            "card.preferredNetwork",
            "networks.available",
        ),
        ("update", {"code": "invalid_expiry_year", "param": "exp_year"}, "card.expYear", "not in the past"),
        ("update", {"code": "invalid_expiry_month", "param": "card[exp_month]"}, "card.expMonth", "not in the past"),
        ("attach", {"code": "bank_account_unverified"}, "paymentMethodId", "not verified"),
        ("attach", {"code": "customer_max_payment_methods"}, "paymentMethodId", "Detach one"),
        ("confirm", {"message": "… you must provide a `return_url`. If …"}, "returnUrl", "Give returnUrl"),
        (
            "confirm",
            {"message": "You must provide a `return_url` when confirming a SetupIntent with the payment method type x"},
            "returnUrl",
            "Give returnUrl",
        ),
        ("confirm", {"code": "url_invalid", "param": "return_url"}, "returnUrl", "absolute URL"),
        (
            "confirm",
            {"message": "When confirming a SetupIntent with a `sepa_debit` PaymentMethod, `mandate_data` is required."},
            "mandate",
            "mandate",
        ),
        (
            "create",
            {"message": "The PaymentMethod provided (x) is not allowed for this SetupIntent. Please …"},
            "paymentMethodId",
            "another type",
        ),
        ("confirm", {"code": "payment_method_microdeposit_failed"}, "paymentMethodId", "bank account"),
        ("confirm", {"code": "invalid_owner_name"}, "paymentMethodId", "owner's name"),
        ("confirm", {"code": "setup_intent_mandate_invalid"}, "paymentMethodId", "mandate"),
        ("attach", {"code": "parameter_invalid_empty", "param": "customer"}, "customerId", "must not be empty"),
        ("update", {"message": "A new text"}, None, "Check its values"),
        ("update", {"message": "A new text", "param": "billing_details[phone]"}, "billingDetails.phone", "Change it"),
        ("update", {"code": "new_in_2027", "param": "nonesuch"}, None, "Check its values"),
        ("cancel", {"code": "new_in_2027", "param": "customer"}, None, "does not accept"),
        ("create", {"param": "allowed_payment_method_types[0]"}, "paymentMethodTypes", "names of types"),
        ("create", {"param": "description"}, "description", "Change it"),
        ("cancel", {"param": "cancellation_reason"}, "cancellationReason", "abandoned"),
    ],
)
async def test_a_value_that_stripe_refuses(refused, write, error, path, words):
    found = await refused(write, **error)
    assert (found["__typename"], found["code"]) == ("InvalidInputError", "INVALID_INPUT")
    assert found["path"] == (["input", *path.split(".")] if path else None)
    assert words in found["message"]


CODES = sorted(
    code
    for code in _annotations(stripe.SetupIntent.LastSetupError)["code"].__args__[0].__args__
    if code not in ("rate_limit", "lock_timeout", "idempotency_key_in_use")
)


@pytest.mark.parametrize("write", ["attach", "confirm"])
async def test_no_message_holds_a_code(refused, write):
    for code in CODES if write == "confirm" else [code for code in CODES if "state" not in code]:
        found = await refused(write, code=code, message="Stripe's own text")
        assert not re.search(r"\(|_|Stripe's own text", found["message"])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"code": "setup_intent_unexpected_state"}, "INVALID_STATE"),
        ({"code": "intent_invalid_state"}, "INVALID_STATE"),
        ({"code": "resource_missing", "param": "intent"}, "NOT_FOUND"),
        ({"message": "The PaymentMethod pm_1 does not belong to the Customer you supplied cus_1."}, "NOT_FOUND"),
        ({"code": "parameter_missing", "param": "source", "message": "Please include the Customer in …"},
         "INVALID_INPUT"),
    ],
)  # fmt: skip
async def test_other_kinds_of_refusals(refused, error, code):
    assert (await refused("confirm", **error))["code"] == code


async def test_a_type_that_can_t_be_saved(refused):
    found = await refused("attach", message="PaymentMethods of type 'ideal' cannot be saved to customers.")
    assert (found["__typename"], found["code"]) == ("NotSaveableError", "NOT_SAVEABLE")
    assert found["path"] == ["input", "paymentMethodId"]


PAYPAL = {"id": "pm_1", "object": "payment_method", "type": "paypal"}
CARD = {"id": "pm_1", "object": "payment_method", "type": "card"}


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": "payment_method_provider_decline"}, "DeclinedError"),
        ({"type": "card_error", "code": "debit_not_authorized"}, "DeclinedError"),
        ({"type": "card_error", "code": "card_declined", "payment_method": PAYPAL}, "DeclinedError"),
        ({"type": "card_error", "code": "card_declined", "payment_method": CARD}, "CardDeclinedError"),
        ({"type": "card_error", "code": "card_declined"}, "CardDeclinedError"),
    ],
)
@pytest.mark.parametrize("write", ["attach", "create", "confirm"])
async def test_who_declined(refused, write, error, kind):
    found = await refused(write, status=402, message="Stripe's own text", **error)
    assert (found["__typename"], found["path"]) == (kind, ["input", "paymentMethodId"])
    assert ("Stripe's own text" in found["message"]) is (kind == "CardDeclinedError")


async def test_a_402_that_no_issuer_gave_is_no_declined_card(refused):
    found = await refused("attach", status=402, message="Sending credit card numbers directly is unsafe.")
    assert found["code"] == "INVALID_INPUT"


async def test_an_authentication_code_is_no_decline_code():
    error = builders.error("card_error", code="authentication_required", message="Your card was declined.")
    answer = httpx.Response(402, json=error)
    query = """mutation { confirmSetupIntent(input: {setupIntentId: "seti_1", paymentMethodId: "pm_1"}) {
      errors { ... on CardDeclinedError { declineCode message } } } }"""
    async with Api(Settings(), Recorder(httpx.MockTransport(lambda request: answer))) as api:
        (found,) = (await api.data(query))["confirmSetupIntent"]["errors"]
    assert found == {"declineCode": None, "message": "Your card was declined."}


class TestLog:
    async def test_a_known_text_without_its_values(self, refused, caplog):
        caplog.set_level("INFO")
        message = (
            "Metadata keys can have up to 40 characters, but you passed in a key that is 41 characters. Invalid key: J"
        )
        await refused("update", message=message, param="metadata[jenny@example.com]")
        (line,) = [record.getMessage() for record in caplog.records if record.name == "attache.errors"]
        assert "Metadata keys can have up to … characters" in line
        assert "status=400" in line
        assert "param=metadata[…]" in line
        assert "jenny" not in line

    @pytest.mark.parametrize("write", ["attach", "update", "confirm"])
    async def test_nothing_of_an_unknown_text(self, refused, caplog, write):
        caplog.set_level(0)
        await refused(write, message="Jenny Rosen <jenny@example.com>, 4242424242424242", param="jenny@example.com")
        assert "(message withheld)" in caplog.text
        assert not re.search("Jenny|jenny|4242|example.com", caplog.text)

    async def test_an_email_address_that_the_sandbox_refuses(self, api, caplog):
        caplog.set_level(0)
        attach = f'attachPaymentMethod(input: {{paymentMethodId: "{UNATTACHED_CARD}", customerId: "{JENNY}"}})'
        await api.data(f"mutation {{ {attach} {{ {ERRORS} }} }}")
        details = 'billingDetails: {email: "jenny.rosen"}'
        update = f'updatePaymentMethod(input: {{paymentMethodId: "{UNATTACHED_CARD}", {details}}})'
        found = await api.data(f"mutation {{ {update} {{ {ERRORS} }} }}")
        assert found["updatePaymentMethod"]["errors"][0]["path"] == ["input", "billingDetails", "email"]
        assert "Invalid email address: …" in caplog.text
        assert "jenny.rosen" not in caplog.text
