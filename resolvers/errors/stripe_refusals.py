"""Converts Stripe's refusals into user errors: the one table, for the `errors` of every payload.

Only a declined card passes on Stripe's own text, which is written for the cardholder. A failure that a client can't
act on is not converted: it becomes a top-level error (`graphql_errors`).
"""

from __future__ import annotations

import dataclasses
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass

import strawberry

from resolvers.errors.input_fields import field_of
from schema.errors import (
    AlreadyAttachedError,
    CardDeclinedError,
    DeclinedError,
    DefaultNotSetError,
    IdempotencyConflictError,
    InvalidInputError,
    InvalidStateError,
    NotAttachedError,
    NotFoundError,
    NotReusableError,
    NotSaveableError,
    SubscriptionsNotMovedError,
    UserError,
    VerificationFailedError,
    VerificationFailure,
)
from schema.setup_intents.setup_error import message_of
from stripe_api import CardError, IdempotencyError, InvalidRequestError, PermissionDenied, StripeError

logger = logging.getLogger("attache.errors")

NETWORK_UNAVAILABLE = "This card does not run on that network. Choose one of its networks.available."
RETURN_URL_REQUIRED = "Give returnUrl: payment methods that may send the customer to another site are accepted here."
COUNTRY_CODE_REQUIRED = "Give the country's two-letter code of ISO 3166-1, for example US, EG or GB."

_NO_PERMISSION = (
    "This service may not move subscriptions: its Stripe key lacks the permission. Nothing was changed. Omit"
    " moveSubscriptions, or ask the operator of the service for it."
)


@dataclass(frozen=True)
class _Conversion:
    """The user error for a refusal. By default, the type has the message, and Stripe's parameter gives the field."""

    kind: type[UserError]
    message: str | None = None
    field: str | None = None


def _invalid(message: str, field: str | None = None) -> _Conversion:
    return _Conversion(InvalidInputError, message, field)


_NOT_FOUND = _Conversion(NotFoundError)
_INVALID_STATE = _Conversion(InvalidStateError, field="setupIntentId")
_EMPTY = _invalid("This value must not be empty. Give a value, or omit it.")
_MICRODEPOSIT = "payment_method_microdeposit"
_EXPIRY = "Give the month and the year that are on the card, and not in the past."
_CONVERSIONS: Mapping[str, _Conversion] = {
    "already_attached": _Conversion(AlreadyAttachedError, field="paymentMethodId"),
    "not_attached": _Conversion(NotAttachedError, field="paymentMethodId"),
    "not_reusable": _Conversion(NotReusableError, field="paymentMethodId"),
    "not_the_customers": _Conversion(NotFoundError, field="paymentMethodId"),
    "resource_missing": _NOT_FOUND,
    "customer_missing": _invalid(
        "This payment method belongs to a customer. Use it for the same customer only.", "paymentMethodId"
    ),
    "payment_method_missing": _invalid("Give the payment method to pay with.", "paymentMethodId"),
    "payment_intent_unexpected_state": _INVALID_STATE,
    "setup_intent_unexpected_state": _INVALID_STATE,
    "intent_invalid_state": _INVALID_STATE,
    # Which payment methods can be saved
    "type_not_savable": _Conversion(NotSaveableError, field="paymentMethodId"),
    "type_not_allowed": _invalid(
        "Payment methods of this type are not accepted here. Use a payment method of another type.",
        "paymentMethodId",
    ),
    "return_url_missing": _invalid(RETURN_URL_REQUIRED, "returnUrl"),
    "mandate_missing": _invalid(
        "Payment methods of this type need a mandate. Give mandate, or confirm on the customer's device"
        " with clientSecret, where the customer agrees to it.",
        "mandate",
    ),
    f"{_MICRODEPOSIT}_verification_amounts_invalid": _invalid("Give two amounts in cents, each at least 1.", "amounts"),
    "bank_account_unverified": _invalid(
        "This bank account is not verified. Save it by a SetupIntent on the customer's device, which verifies it.",
        "paymentMethodId",
    ),
    "customer_max_payment_methods": _invalid(
        "The customer has as many payment methods as Stripe allows. Detach one first.", "paymentMethodId"
    ),
    # Amounts
    "amount_too_small": _invalid(
        "The amount is less than Stripe's minimum, which is about 0.50 USD. Give a larger amount.", "amount"
    ),
    "amount_too_large": _invalid("The amount is more than Stripe's maximum in this currency. Lower it.", "amount"),
    "api_version_invalid": _invalid("Stripe has no such API version. Give the one of the mobile SDK.", "stripeVersion"),
    # Values
    "metadata_too_large": _invalid(
        "Metadata can have at most 50 keys. Remove keys with null, or send fewer.", "metadata"
    ),
    "metadata_key_too_long": _invalid("A metadata key can have at most 40 characters. Shorten it.", "metadata"),
    "metadata_value_too_long": _invalid("A metadata value can have at most 500 characters. Shorten it.", "metadata"),
    "country_unknown": _invalid(COUNTRY_CODE_REQUIRED, "billingDetails.address.country"),
    "text_too_long": _invalid("This text is longer than Stripe allows. Shorten it."),
    "email_invalid": _invalid("This is not an email address. Correct it.", "billingDetails.email"),
    "url_invalid": _invalid("Give an absolute URL, for example https://shop.example/wallet.", "returnUrl"),
    "invalid_expiry_month": _invalid(_EXPIRY, "card.expMonth"),
    "invalid_expiry_year": _invalid(_EXPIRY, "card.expYear"),
    "parameter_invalid_empty": _EMPTY,
    "parameter_invalid_string_blank": _EMPTY,
    "parameter_invalid_string_empty": _EMPTY,
    "parameter_invalid_integer": _invalid("Give a whole number in the range that this field allows."),
    "parameter_missing": _invalid("This value is required. Give it."),
}
"""By Stripe's error code, or by the condition that `InvalidRequestError.condition` reads from Stripe's text."""

_CONCERNS_ANOTHER_CUSTOMER = ("already_attached", "not_the_customers", "customer_missing")
"""Conditions in which the payment method belongs to another customer."""

_ADVICE_BY_FIELD: Mapping[str, str] = {
    "card.preferredNetwork": NETWORK_UNAVAILABLE,
    "currency": "Stripe does not support this currency. Give its three-letter code of ISO 4217, for example usd.",
    "confirmationTokenId": "This token was used before, or it has expired. Ask the customer's device for a new one.",
    "cancellationReason": "Choose abandoned, duplicate or requested_by_customer.",
    "paymentMethodTypes": "Stripe does not accept one of these types here. Use Stripe's names of types, such as card.",
    "allowRedisplay": "Choose ALWAYS, LIMITED or UNSPECIFIED.",
}
_NO_FIELD_NAMED = "Stripe does not accept this input. Check its values, or use another payment method."
_DECLINE_CODES = ("expired_card", "incorrect_cvc", "incorrect_number", "incorrect_zip", "processing_error")
"""Issuers' reasons that Stripe sends as the error's code. No other code is an issuer's reason."""
_CARDS = (None, "card", "link")
"""The types of payment methods that a card's issuer declines. None: Stripe did not send the payment method."""
_MISMATCHES: Mapping[str, str] = {
    f"{_MICRODEPOSIT}_verification_amounts_mismatch": "amounts",
    f"{_MICRODEPOSIT}_verification_descriptor_code_mismatch": "descriptorCode",
}
_VERIFICATION_FAILURES: Mapping[str, VerificationFailure] = {
    **dict.fromkeys(_MISMATCHES, VerificationFailure.MISMATCH),
    f"{_MICRODEPOSIT}_failed": VerificationFailure.NOT_SENT,
    f"{_MICRODEPOSIT}_verification_attempts_exceeded": VerificationFailure.ATTEMPTS_EXCEEDED,
    f"{_MICRODEPOSIT}_verification_timeout": VerificationFailure.TIMEOUT,
}
_ATTEMPTS_LEFT = re.compile(r"\b(\d{1,3}) (?:verification )?attempts? (?:remaining|left)")
"""In Stripe's message about a mismatch."""
_DECLINED = frozenset(
    (
        "account_closed",
        "bank_account_declined",
        "bank_account_restricted",
        "charge_exceeds_source_limit",
        "charge_exceeds_transaction_limit",
        "charge_exceeds_weekly_limit",
        "debit_not_authorized",
        "insufficient_funds",
        "no_account",
        "payment_method_customer_decline",
        "payment_method_provider_decline",
        "refer_to_customer",
    )
)
"""Codes with which a bank or a provider declines, and no card's issuer."""


def user_error_of(error: StripeError, *, hide_others: bool) -> UserError | None:
    """The entry for a payload's `errors`; None for a failure that the client can't act on.

    `hide_others`: a missing object and another customer's get the same error. It has no request id, because the
    service itself finds out in some cases and calls Stripe in others.
    """
    if hide_others and isinstance(error, InvalidRequestError) and error.condition in _CONCERNS_ANOTHER_CUSTOMER:
        return NotFoundError.at("paymentMethodId")
    found = _convert(error)
    if hide_others and isinstance(found, NotFoundError):
        return dataclasses.replace(found, request_id=None)
    return found


def default_not_set(error: StripeError) -> UserError:
    """The user error for an attach that worked, when making the method the default failed."""
    logger.warning("Attached, but not made the default: %r", error)
    message = DefaultNotSetError.unknown_outcome_message if error.outcome_unknown else None
    return DefaultNotSetError.at("setAsDefault", message, request_id=error.request_id)


def verification_failed(error: InvalidRequestError) -> UserError | None:
    """The user error for a verification of microdeposits that failed; None for another refusal."""
    failure = _VERIFICATION_FAILURES.get(error.code or "")
    if failure is None:
        return None
    left = _ATTEMPTS_LEFT.search(error.message)
    return VerificationFailedError.at(
        _MISMATCHES.get(error.code or "", "setupIntentId"),
        message_of(error.code),
        request_id=error.request_id,
        reason=failure,
        attempts_remaining=int(left[1]) if left is not None else None,
    )


def subscriptions_not_moved(failed: Mapping[str, StripeError]) -> UserError:
    """The user error for subscriptions that were not moved, by id, when the payment method itself is saved."""
    for error in failed.values():
        logger.warning("A subscription was not moved: %r", error)
    unknown = any(error.outcome_unknown for error in failed.values())
    message = SubscriptionsNotMovedError.unknown_outcome_message if unknown else None
    request_id = next(iter(failed.values())).request_id
    ids = [strawberry.ID(id) for id in failed]
    return SubscriptionsNotMovedError.at("moveSubscriptions", message, request_id=request_id, subscription_ids=ids)


def no_permission_for_subscriptions(error: PermissionDenied) -> UserError:
    """The user error if the service's key may not read or change subscriptions, and nothing was changed yet."""
    logger.error("The Stripe key lacks a permission for subscriptions: %r", error)
    return InvalidInputError.at("moveSubscriptions", _NO_PERMISSION, request_id=error.request_id)


def is_conflict(error: StripeError) -> bool:
    """Whether the idempotency key was used before with other input."""
    return isinstance(error, IdempotencyError) and not error.outcome_unknown


def _convert(error: StripeError) -> UserError | None:
    if _is_declined(error):
        return DeclinedError.at(
            "paymentMethodId",
            message_of(error.code),
            request_id=error.request_id,
            decline_code=error.decline_code or error.code,
        )
    if isinstance(error, CardError) and not (error.code or "").startswith("invalid_"):
        return CardDeclinedError.at(
            "paymentMethodId",
            error.message or None,
            request_id=error.request_id,
            decline_code=error.decline_code or (error.code if error.code in _DECLINE_CODES else None),
            advice_code=error.advice_code,
        )
    if is_conflict(error):
        return IdempotencyConflictError.at("idempotencyKey", request_id=error.request_id)
    return _convert_refusal(error) if isinstance(error, InvalidRequestError | CardError) else None


def _is_declined(error: StripeError) -> bool:
    if isinstance(error, CardError) and error.payment_method_type not in _CARDS:
        return True
    return isinstance(error, CardError | InvalidRequestError) and error.code in _DECLINED


def _convert_refusal(error: InvalidRequestError | CardError) -> UserError:
    logger.info("Stripe refused the input: %r %s", error, error.loggable_message)
    named = field_of(error.param)
    conversion = _known_conversion(error) or _unknown_conversion(error, named)
    return conversion.kind.at(conversion.field or named, conversion.message, request_id=error.request_id)


def _known_conversion(error: InvalidRequestError | CardError) -> _Conversion | None:
    condition = error.condition if isinstance(error, InvalidRequestError) else None
    known = _CONVERSIONS.get(condition or "") or _CONVERSIONS.get(error.code or "")
    return _NOT_FOUND if known is None and error.http_status == 404 else known


def _unknown_conversion(error: StripeError, field: str | None) -> _Conversion:
    """For a refusal that is not in the table: the text for the same code of a failed setup, or the field's advice."""
    message = message_of(error.code)
    if message is not None:
        return _invalid(message, None if field else "paymentMethodId")
    return _Conversion(InvalidInputError, _ADVICE_BY_FIELD.get(field) if field else _NO_FIELD_NAMED)
