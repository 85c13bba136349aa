"""From what was raised to what the client is told: the one table of refusals and faults.

A refusal that a person or a program can act on becomes an entry of the payload's `errors`. The rest become top-level
errors with a code. Nothing of Stripe's own text is passed on, but for a declined card, whose text is meant for its
holder.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError
from strawberry.utils.str_converters import to_camel_case

from schema.errors import (
    AlreadyAttachedError,
    CardDeclinedError,
    DefaultNotSetError,
    DuplicatePaymentMethodError,
    IdempotencyConflictError,
    InvalidInputError,
    InvalidStateError,
    NotAttachedError,
    NotFoundError,
    NotReusableError,
    PaymentMethodInUseError,
    UserError,
    UserErrorCode,
)
from schema.payment_method import PaymentMethod
from schema.reading import UnreadableValue
from schema.setup_error import message_of
from serving.rate_limits import RateLimited
from stripe_api import (
    APIConnectionError,
    APIError,
    CallerLimitReached,
    CardError,
    IdempotencyError,
    InvalidRequestError,
    NotSent,
    Overloaded,
    RateLimitError,
    StripeError,
    TooManyCalls,
    release_frames,
)

logger = logging.getLogger("attache.errors")

BAD_USER_INPUT = "BAD_USER_INPUT"
FORBIDDEN = "FORBIDDEN"
INTERNAL = "INTERNAL"
OVERLOADED = "OVERLOADED"
RATE_LIMITED = "RATE_LIMITED"
UPSTREAM_TIMEOUT = "UPSTREAM_TIMEOUT"
UPSTREAM_UNAVAILABLE = "UPSTREAM_UNAVAILABLE"


class Fault(Exception):
    """A top-level error whose code, message and further extensions are made for the client."""

    def __init__(self, code: str, message: str, **extensions: Any) -> None:
        super().__init__(message)
        self.code = code
        self.extensions = extensions


class Refused(Exception):
    """A mutation that is refused by us, before or instead of Stripe."""

    def __init__(self, error: UserError) -> None:
        super().__init__(error.code.value)
        self.error = error


def not_done(code: str, message: str, **extensions: Any) -> Fault:
    """A mutation that changed nothing, so that it is safe to send again."""
    return Fault(code, f"{message} Nothing was changed: send the same request again.", outcome="NOT_DONE", **extensions)


def not_read_before(field: str) -> Fault:
    """The error of a payload's field that tells what was there before the write, in a replay that can't know it."""
    return Fault(
        BAD_USER_INPUT,
        f"{field} is not known: the first request with this idempotencyKey did not select it. The mutation itself is "
        "done. Select the field in the first request.",
    )


def partly_done(code: str, message: str, *, idempotency_key: str | None) -> Fault:
    """A mutation of which a part was done."""
    return Fault(code, message + _COMPLETE_IT, outcome="PARTIAL", idempotencyKey=idempotency_key)


_COMPLETE_IT = " A part was done: send it again with this idempotencyKey to complete it."


def bad_user_input(message: str) -> Fault:
    """An argument of a field that can't be used."""
    return Fault(BAD_USER_INPUT, message)


def no_such_entry(argument: str) -> Fault:
    """A cursor that stands nowhere in the list."""
    return bad_user_input(_NO_SUCH_ENTRY.format(argument))


def invalid_input(field: str, message: str) -> Refused:
    """A value of a mutation's input that can't be used; `field` names it, nested ones after dots."""
    path = ["input", *field.split(".")]
    return Refused(InvalidInputError(message=message, code=UserErrorCode.INVALID_INPUT, path=path))


def not_found(field: str) -> UserError:
    """An id in a mutation's input that names nothing; `field` is its name in Python."""
    path = ["input", to_camel_case(field)]
    return NotFoundError(message=NOT_FOUND, code=UserErrorCode.NOT_FOUND, path=path)


def duplicate(existing: PaymentMethod) -> UserError:
    """The customer has the same instrument already."""
    return DuplicatePaymentMethodError(
        message="The customer has this card or account already.",
        code=UserErrorCode.DUPLICATE,
        path=["input", "paymentMethodId"],
        existing=existing,
    )


def in_use(*, is_default: bool, active_subscription_count: int) -> UserError:
    """The payment method is needed."""
    return PaymentMethodInUseError(
        message="This payment method is in use. Choose another default or another method for the subscriptions first.",
        code=UserErrorCode.IN_USE,
        path=["input", "paymentMethodId"],
        is_default=is_default,
        active_subscription_count=active_subscription_count,
    )


def default_not_set(error: StripeError) -> UserError:
    """An attach that worked, and a default that did not."""
    logger.warning("Attached, but not made the default: %r", error)
    told = "whether it is the default is not known" if error.outcome_unknown else "it was not made the default"
    return DefaultNotSetError(
        message=f"The payment method was saved, but {told}. Send the same request again to complete it.",
        code=UserErrorCode.DEFAULT_NOT_SET,
        path=["input", "setAsDefault"],
        request_id=error.request_id,
    )


UNAVAILABLE_NETWORK = "This card does not run on that network. Choose one of its networks.available."
RETURN_URL = "Give returnUrl: this SetupIntent accepts payment methods that may send the customer to another site."
COUNTRY = "Give the country's two-letter code of ISO 3166-1, for example US, EG or GB."
NOT_FOUND = "There is nothing with this id, or it is not yours."

# --- Refusals -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    """What a refusal of Stripe's becomes. `field` is where in the input; None leaves that to Stripe's parameter."""

    kind: type[UserError]
    code: UserErrorCode
    message: str
    field: str | None = None


def _invalid(message: str, field: str | None = None) -> _Row:
    return _Row(InvalidInputError, UserErrorCode.INVALID_INPUT, message, field)


_INVALID_STATE = _Row(
    InvalidStateError,
    UserErrorCode.INVALID_STATE,
    "The SetupIntent's status does not allow this step. Read the status to see which step is next.",
    "setupIntentId",
)
_EMPTY = _invalid("This value must not be empty. Give a value, or leave it out.")
_EXPIRY = "Give the month and the year that are on the card, and not in the past."
_REFUSALS: Mapping[str, _Row] = {
    "already_attached": _Row(
        AlreadyAttachedError,
        UserErrorCode.ALREADY_ATTACHED,
        "This payment method is attached to another customer. Use another payment method.",
        "paymentMethodId",
    ),
    "not_attached": _Row(
        NotAttachedError,
        UserErrorCode.NOT_ATTACHED,
        "This payment method is not attached to a customer. Attach it first.",
        "paymentMethodId",
    ),
    "not_reusable": _Row(
        NotReusableError,
        UserErrorCode.NOT_REUSABLE,
        "This payment method was detached or used up, and can't be used again. Ask for a new one.",
        "paymentMethodId",
    ),
    "not_the_customers": _Row(NotFoundError, UserErrorCode.NOT_FOUND, NOT_FOUND, "paymentMethodId"),
    "resource_missing": _Row(NotFoundError, UserErrorCode.NOT_FOUND, NOT_FOUND),
    "customer_missing": _invalid(
        "This payment method belongs to a customer. Use a SetupIntent of the same customer.", "paymentMethodId"
    ),
    "setup_intent_unexpected_state": _INVALID_STATE,
    "intent_invalid_state": _INVALID_STATE,
    # Which payment methods can be saved
    "type_not_savable": _invalid(
        "Payment methods of this type can't be saved. Use a payment method of another type, for example a card.",
        "paymentMethodId",
    ),
    "type_not_allowed": _invalid(
        "The SetupIntent does not accept payment methods of this type. Use a payment method of another type.",
        "paymentMethodId",
    ),
    "return_url_missing": _invalid(RETURN_URL, "returnUrl"),
    "mandate_missing": _invalid(
        "Payment methods of this type need a mandate. Confirm the SetupIntent on the customer's device with"
        " clientSecret, where the customer agrees to it.",
        "paymentMethodId",
    ),
    "bank_account_unverified": _invalid(
        "This bank account is not verified. Save it by a SetupIntent on the customer's device, which verifies it.",
        "paymentMethodId",
    ),
    "customer_max_payment_methods": _invalid(
        "The customer has as many payment methods as Stripe allows. Detach one first.", "paymentMethodId"
    ),
    # Values
    "metadata_too_large": _invalid(
        "Metadata can have at most 50 keys. Remove keys with null, or send fewer.", "metadata"
    ),
    "metadata_key_too_long": _invalid("A metadata key can have at most 40 characters. Shorten it.", "metadata"),
    "metadata_value_too_long": _invalid("A metadata value can have at most 500 characters. Shorten it.", "metadata"),
    "country_unknown": _invalid(COUNTRY, "billingDetails.address.country"),
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
"""From Stripe's code, or from the condition that its text stands for, to the entry of `errors`."""

_OF_ANOTHER = ("already_attached", "not_the_customers", "customer_missing")
"""Conditions in which the payment method belongs to another customer."""

_BY_FIELD: Mapping[str, str] = {
    "card.preferredNetwork": UNAVAILABLE_NETWORK,
    "allowRedisplay": "Choose ALWAYS, LIMITED or UNSPECIFIED.",
}
_ANY_VALUE = "Stripe does not accept this value. Change it or leave it out."
_NO_VALUE = "Stripe does not accept this input. Check its values, or use another payment method."
_INPUT_FIELDS: Mapping[str, tuple[str, ...]] = {
    "card[networks][preferred]": ("card", "preferredNetwork"),
    "customer": ("customerId",),
    "customer_account": ("customerAccountId",),
    "exp_month": ("card", "expMonth"),
    "exp_year": ("card", "expYear"),
    "id": ("customerId",),
    "intent": ("setupIntentId",),
    "invoice_settings[default_payment_method]": ("paymentMethodId",),
    "payment_method": ("paymentMethodId",),
    "setup_intent": ("setupIntentId",),
}
"""Where a parameter of Stripe's stands in the input, where it is not under its own name."""
_DECLINE_CODES = ("expired_card", "incorrect_cvc", "incorrect_number", "incorrect_zip", "processing_error")
"""Issuers' reasons that Stripe sends as the error's code. Any other code is not an issuer's reason."""
_SAME_FIELDS = ("allow_redisplay", "billing_details", "card", "metadata", "return_url", "usage")


def refusal(error: StripeError, *, hide_others: bool) -> UserError | None:
    """The entry for a mutation's `errors`; None when it is a fault, which nobody can act on.

    `hide_others`: another customer's object gets the same error as a missing one. The error has no request id, since
    the service finds out by itself in some cases, and in others asks Stripe.
    """
    if hide_others and isinstance(error, InvalidRequestError) and error.condition in _OF_ANOTHER:
        return not_found("payment_method_id")
    found = _refusal(error)
    if hide_others and isinstance(found, NotFoundError):
        found.request_id = None
    return found


def _refusal(error: StripeError) -> UserError | None:
    if isinstance(error, CardError) and not (error.code or "").startswith("invalid_"):
        return CardDeclinedError(
            message=error.message or "The card was declined.",
            code=UserErrorCode.CARD_DECLINED,
            path=["input", "paymentMethodId"],
            request_id=error.request_id,
            decline_code=error.decline_code or (error.code if error.code in _DECLINE_CODES else None),
            advice_code=error.advice_code,
        )
    if isinstance(error, IdempotencyError) and not error.outcome_unknown:
        return IdempotencyConflictError(
            message="This idempotency key was used with other input. Use a new key.",
            code=UserErrorCode.IDEMPOTENCY_CONFLICT,
            path=["input", "idempotencyKey"],
            request_id=error.request_id,
        )
    return _refused_request(error) if isinstance(error, InvalidRequestError | CardError) else None


def _refused_request(error: InvalidRequestError | CardError) -> UserError:
    logger.info("Stripe refused the input: %r %s", error, error.loggable_message)
    path = _path(error.param)
    row = _row(error) or _unknown(error, path)
    path = ["input", *row.field.split(".")] if row.field is not None else path
    return row.kind(message=row.message, code=row.code, path=path, request_id=error.request_id)


def _row(error: InvalidRequestError | CardError) -> _Row | None:
    condition = error.condition if isinstance(error, InvalidRequestError) else None
    row = _REFUSALS.get(condition or "") or _REFUSALS.get(error.code or "")
    return _REFUSALS["resource_missing"] if row is None and error.http_status == 404 else row


def _unknown(error: StripeError, path: list[str] | None) -> _Row:
    """For a refusal that the table does not have: a code that a failed setup can have too, or a field's own advice."""
    setup = message_of(error.code)
    if setup is not None:
        return _invalid(setup, None if path else "paymentMethodId")
    field = ".".join((path or [])[1:])
    return _invalid(_BY_FIELD.get(field, _ANY_VALUE if path else _NO_VALUE))


def _path(param: str | None) -> list[str] | None:
    if param is None:
        return None
    if param in _INPUT_FIELDS:
        return ["input", *_INPUT_FIELDS[param]]
    first, *rest = param.replace("]", "").split("[")
    if first not in _SAME_FIELDS:
        return None
    return ["input", *map(to_camel_case, [first] if first == "metadata" else [first, *rest])]


# --- Faults ---------------------------------------------------------------------------------------------------------

_NO_SUCH_ENTRY = "{}: there is no such entry in the list. Take a cursor of this list, or leave it out."
_CURSORS = {"starting_after": "after", "ending_before": "before"}


def present(error: GraphQLError) -> GraphQLError:
    """The error as the client may see it: a message without secrets, and a code. An unexpected error is logged.

    Its frames are released: graphql-core keeps the errors of an operation in reference cycles.
    """
    code, message, details = _fault(error)
    release_frames(error)
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        original_error=error.original_error,
        extensions={"code": code, **details},
    )


def _fault(error: GraphQLError) -> tuple[str, str, dict[str, Any]]:
    original = error.original_error
    while isinstance(original, GraphQLError):
        original = original.original_error
    if isinstance(original, StripeError):
        return _stripe_fault(original)
    if isinstance(original, RateLimited):
        return RATE_LIMITED, str(original), {"retryAfter": original.retry_after, "limit": original.setting}
    if isinstance(original, Fault):
        return original.code, str(original), original.extensions
    if isinstance(original, UnreadableValue):
        return INTERNAL, str(original), {}
    if original is None and error.path is None:
        return BAD_USER_INPUT, error.message, error.extensions or {}
    if error.message.startswith("Cannot return null for non-nullable field"):
        return INTERNAL, error.message, {}
    _log(error)
    return INTERNAL, "Something went wrong in the service. It was noted; try again later.", {}


def _stripe_fault(error: StripeError) -> tuple[str, str, dict[str, Any]]:
    details: dict[str, Any] = {"requestId": error.request_id} if error.request_id else {}
    unknown = ""
    if error.outcome_unknown or error.partly_done:
        details |= {
            "outcome": "UNKNOWN" if error.outcome_unknown else "PARTIAL",
            "idempotencyKey": error.idempotency_key,
        }
        unknown = (
            " Whether it was done is not known: send it again with this idempotencyKey to find out."
            if error.outcome_unknown
            else _COMPLETE_IT
        )
    if isinstance(error, TooManyCalls):
        details = {**details, "limit": "MAX_CALLS", "value": error.limit}
        return BAD_USER_INPUT, f"The operation takes too many REST calls: at most {error.limit} (MAX_CALLS).", details
    if isinstance(error, NotSent):
        return _held_back(error, {**details, "retryAfter": error.retry_after}, unknown)
    timed_out = isinstance(error, APIConnectionError) and error.timed_out
    if timed_out or isinstance(error, IdempotencyError):
        return UPSTREAM_TIMEOUT, "Stripe did not answer in time." + unknown, details
    if isinstance(error, RateLimitError):
        return RATE_LIMITED, "Stripe has too many requests for now. Try again in a few seconds." + unknown, details
    if isinstance(error, APIConnectionError | APIError):
        return UPSTREAM_UNAVAILABLE, "Stripe can't be reached, or did not answer properly." + unknown, details
    if isinstance(error, InvalidRequestError) and error.param in _CURSORS:
        return BAD_USER_INPUT, _NO_SUCH_ENTRY.format(_CURSORS[error.param]), details
    logger.error("Stripe refused the service's own request: %r %s", error, error.loggable_message)
    return INTERNAL, "The service's request was refused by Stripe. It was noted." + unknown, details


def _held_back(error: NotSent, details: dict[str, Any], unknown: str) -> tuple[str, str, dict[str, Any]]:
    seconds = "a second" if error.retry_after == 1 else f"{error.retry_after} seconds"
    advice = unknown or f" Nothing was sent: try again in {seconds}."
    if isinstance(error, CallerLimitReached):
        message = f"You make too many requests for now ({error.setting})." + advice
        return RATE_LIMITED, message, {**details, "limit": error.setting}
    if isinstance(error, Overloaded):
        return OVERLOADED, "More is asked for than Stripe takes for now." + advice, details
    return UPSTREAM_UNAVAILABLE, "Stripe can't be reached for now." + advice, details


def _log(error: GraphQLError) -> None:
    # The trace without the exception's own words, which may hold anything that came in.
    original = error.original_error or error
    trace = "".join(traceback.format_tb(original.__traceback__))
    logger.error("%s at %s\n%s", type(original).__name__, error.path, trace)
