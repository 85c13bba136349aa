"""The error of a failed setup or payment: a code, and a human-readable message."""

from __future__ import annotations

from collections.abc import Mapping

from schema.context import link
from schema.payment_methods.payment_method import PaymentMethod
from schema.reading import View, computed, member, stripe_type, text_at

_UNKNOWN_CAUSE = "The payment method could not be used. Try again or use another payment method."

_MESSAGES: Mapping[str, tuple[str, ...]] = {
    # Cards
    "The card was declined. Use another card or contact the card's issuer.": ("card_declined",),
    "The card has expired. Use another card.": ("expired_card", "expired_payment_method"),
    "The card's number is wrong. Check it and try again.": ("incorrect_number", "invalid_number"),
    "The card's security code is wrong. Check it and try again.": ("incorrect_cvc", "invalid_cvc"),
    "The card's expiry date is wrong. Check it and try again.": ("invalid_expiry_month", "invalid_expiry_year"),
    "The billing address is wrong. Check it and try again.": (
        "incorrect_address",
        "incorrect_postal_code",
        "incorrect_zip",
        "payment_method_billing_details_address_missing",
        "postal_code_invalid",
    ),
    # Authentication
    "Authentication is required. Try again and complete it.": ("authentication_required",),
    "The payment method could not be authenticated. Try again or use another payment method.": (
        "authentication_failure",
        "payment_intent_authentication_failure",
        "setup_intent_authentication_failure",
        "three_d_secure_authentication_not_supported",
        "three_d_secure_authentication_upstream_error",
    ),
    # Attempts
    "An error occurred while the payment method was processed. Try again.": ("processing_error",),
    "The attempt failed. Try again or use another payment method.": (
        "payment_intent_payment_attempt_failed",
        "setup_attempt_failed",
    ),
    "The attempt took too long and expired. Start again.": (
        "payment_intent_payment_attempt_expired",
        "setup_intent_setup_attempt_expired",
    ),
    # Providers: wallets, pay later, redirects
    "The provider of the payment method declined it. Use another payment method.": ("payment_method_provider_decline",),
    "The provider of the payment method did not respond in time. Try again.": ("payment_method_provider_timeout",),
    "The payment method was not approved on its provider's page. Try again and approve it.": (
        "payment_method_customer_decline",
    ),
    "The payment method is not available now. Try again later or use another payment method.": (
        "capability_not_active",
        "payment_method_not_available",
        "payment_method_unactivated",
    ),
    # Parameters
    "The payment method can't be used for this. Use another payment method.": (
        "payment_intent_incompatible_payment_method",
        "payment_method_currency_mismatch",
        "payment_method_restricted",
        "payment_method_unexpected_state",
        "payment_method_unsupported_type",
    ),
    "The details of the payment method can't be used. Check them and try again.": (
        "payment_intent_invalid_parameter",
        "payment_method_invalid_parameter",
        "payment_method_invalid_parameter_testmode",
        "setup_intent_invalid_parameter",
    ),
    "The owner's name can't be used. Enter the full name and try again.": ("invalid_owner_name",),
    "The email address can't be used. Check it and try again.": ("email_invalid",),
    # Verification of a bank account
    "The bank account could not be verified with small deposits. Check its details or use another bank account.": (
        "payment_method_microdeposit_failed",
        "payment_method_microdeposit_processing_error",
    ),
    "The amounts don't match the deposits on the bank account. Check them and try again.": (
        "payment_method_microdeposit_verification_amounts_invalid",
        "payment_method_microdeposit_verification_amounts_mismatch",
    ),
    "The code doesn't match the deposit on the bank account. Check it and try again.": (
        "payment_method_microdeposit_verification_descriptor_code_mismatch",
    ),
    "The bank account was not verified in the tries allowed. Use another bank account.": (
        "payment_method_microdeposit_verification_attempts_exceeded",
    ),
    "The bank account was not verified in time. Start again.": ("payment_method_microdeposit_verification_timeout",),
    "The bank account is not verified. Verify it first or use another bank account.": (
        "bank_account_unverified",
        "bank_account_verification_failed",
    ),
    "The bank account is verified already. Use it as it is.": ("payment_method_bank_account_already_verified",),
    # Bank accounts and their debits
    "The bank account can't be used. Use another bank account.": (
        "account_closed",
        "bank_account_declined",
        "bank_account_restricted",
        "bank_account_unusable",
        "no_account",
        "payment_method_bank_account_blocked",
        "sepa_unsupported_account",
    ),
    "The bank account's number or routing number is wrong. Check them and try again.": (
        "account_number_invalid",
        "bank_account_bad_routing_numbers",
        "routing_number_invalid",
    ),
    "The account doesn't have enough money. Use another payment method.": ("insufficient_funds",),
    "The amount is more than the bank account's limit. Use another payment method.": (
        "charge_exceeds_source_limit",
        "charge_exceeds_transaction_limit",
        "charge_exceeds_weekly_limit",
    ),
    "The bank did not allow the debit. Contact the bank or use another payment method.": (
        "debit_not_authorized",
        "refer_to_customer",
    ),
    # Mandates
    "The mandate for debits is missing or no longer valid. Agree to a new one and try again.": (
        "billing_invalid_mandate",
        "india_recurring_payment_mandate_canceled",
        "payment_intent_mandate_invalid",
        "setup_intent_mandate_invalid",
    ),
}
_BY_CODE: Mapping[str, str] = {code: message for message, codes in _MESSAGES.items() for code in codes}


def message_of(code: str | None) -> str | None:
    """The human-readable message for one of Stripe's error codes. None for a code that is not in the table."""
    return _BY_CODE.get(code or "")


def _message(error: View) -> str:
    # Stripe writes only the messages of card errors for the cardholder.
    stripes_own = text_at(error.json, "message") if error.json.get("type") == "card_error" else None
    return stripes_own or message_of(text_at(error.json, "code")) or _UNKNOWN_CAUSE


def _code(error: View) -> str:
    return text_at(error.json, "code") or text_at(error.json, "type") or "unknown"


@stripe_type(
    "The reason why a setup or a payment failed: the card, the bank account, authentication, a mandate or "
    "Stripe itself."
)
class SetupError(View):
    message: str = computed(
        _message,
        "An explanation in English, with advice on how to proceed. It may be shown to the customer.",
        needs=("type", "code", "message"),
    )
    code: str = computed(
        _code,
        "Stripe's code, for example setup_intent_authentication_failure. The value of type if Stripe sends no code.",
        needs=("type", "code"),
    )
    decline_code: str | None = member(
        "Stripe's code for the issuer's reason, for example insufficient_funds. Null if no issuer declined a card."
    )
    advice_code: str | None = member(
        "Stripe's code for what to do next, for example try_again_later. Null if there is none."
    )
    type: str = member(
        "Stripe's type of error: card_error, invalid_request_error, api_error or idempotency_error.", absent="api_error"
    )
    payment_method: PaymentMethod | None = link(
        lambda links: links.payment_method_of,
        "The payment method that failed. Null if Stripe names none, or one that the caller may not access.",
    )
