"""The errors of calls to Stripe, named after Stripe's own error types.

StripeError(message, code, param, request_id, http_status)
├── CardError(decline_code)      402: the issuer declined the card
├── InvalidRequestError          400, 404: an id or parameter is wrong
├── IdempotencyError             a key was used with other parameters, or its first request is still running
├── AuthenticationError          401: Stripe does not accept the service's key
├── PermissionDenied             403: the key lacks a permission (Stripe's PermissionError would hide the builtin)
├── RateLimitError(retry_after)  429
├── APIError                     5xx, or a response that can't be parsed
├── APIConnectionError           no response: timeout, DNS, reset
├── NotSent(retry_after)         not sent, to protect Stripe or other callers
│   ├── Overloaded(setting)      too many calls are waiting
│   ├── CallerLimitReached(setting)  the caller makes too many calls
│   └── CircuitOpen              the circuit breaker is open, because earlier calls failed
└── TooManyCalls                 the operation has reached its maximum number of calls

Errors don't change after they are raised. `with_outcome` and `with_param` return a copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from stripe_api.failures.failure_reasons import Reason
from stripe_api.failures.redaction import masked_message, masked_parameter

TIMEOUTS = (Reason.CONNECT_TIMEOUT, Reason.READ_TIMEOUT, Reason.DEADLINE)
"""The reasons that are timeouts."""

_CONDITIONS = (
    ("already been attached to a customer", "already_attached"),
    ("may not be used again", "not_reusable"),
    ("is not attached to a customer", "not_attached"),
    ("must save this PaymentMethod to a customer", "not_attached"),
    ("does not belong to the Customer", "not_the_customers"),
    ("must be attached to the customer", "not_the_customers"),
    ("include the Customer", "customer_missing"),
    ("cannot be saved to customers", "type_not_savable"),
    ("is not allowed for this SetupIntent", "type_not_allowed"),
    ("is not allowed for this PaymentIntent", "type_not_allowed"),
    ("missing a payment method", "payment_method_missing"),
    ("must provide a `return_url`", "return_url_missing"),
    ("`mandate_data` is required", "mandate_missing"),
    ("requires a mandate", "mandate_missing"),
    ("Metadata keys can have up to", "metadata_key_too_long"),
    ("Metadata values can have up to", "metadata_value_too_long"),
    ("Metadata can have up to", "metadata_too_large"),
    ("Try using a 2-character alphanumeric country code", "country_unknown"),
    ("; must be at most", "text_too_long"),
    ("Invalid Stripe API version", "api_version_invalid"),
)
"""Phrases in Stripe's messages that identify an error without a code. Clients of Stripe match on them."""


@dataclass(frozen=True, slots=True)
class UnusableBody:
    """The loggable facts about the body of a success that can't be used. `limit` is the size limit that it exceeds.

    `size` is None if the body was not read and has no Content-Length.
    """

    content_type: str | None
    size: int | None
    limit: int | None = None


class StripeError(Exception):
    """A failed call to Stripe.

    `message` is Stripe's own text. It may repeat input, or a part of a rejected key, so `str()` does not contain it.
    Logs contain codes, ids and `loggable_message`.

    `retryable`: the same request may be sent again. `in_doubt`: this attempt may have taken effect, although no
    response says so. `replayed`: Stripe repeated the stored response to an earlier request with the same key.
    After the last attempt, `after_lost_response` says that an earlier attempt was in doubt, and `outcome_unknown`
    that a write may have taken effect. Sending it again with the same idempotency key shows its outcome.
    """

    settles_outcome: ClassVar[bool] = False
    """Whether this error is the outcome of the request, so that no earlier attempt can have taken effect."""

    failure_reason: Reason | None = None
    """The reason of the failure. None if the response is for the client."""

    def __init__(
        self,
        message: str = "",
        *,
        code: str | None = None,
        param: str | None = None,
        decline_code: str | None = None,
        advice_code: str | None = None,
        payment_method_type: str | None = None,
        request_id: str | None = None,
        http_status: int | None = None,
        replayed: bool = False,
        retryable: bool = False,
        in_doubt: bool = False,
    ) -> None:
        super().__init__(message)
        self.message: Final = message
        self.code: Final = code
        self.param: Final = param
        self.decline_code: Final = decline_code
        self.advice_code: Final = advice_code
        self.payment_method_type: Final = payment_method_type
        self.request_id: Final = request_id
        self.http_status: Final = http_status
        self.replayed: Final = replayed
        self.retryable: Final = retryable
        self.in_doubt: Final = in_doubt
        self.after_lost_response: Final[bool] = False
        self.outcome_unknown: Final[bool] = False

    def with_outcome(self, *, after_lost_response: bool, write: bool) -> Self:
        """This error as the result of all attempts. `after_lost_response`: an earlier attempt was in doubt."""
        unknown = write and (self.in_doubt or (after_lost_response and not self.settles_outcome))
        return self._copy(after_lost_response=after_lost_response, outcome_unknown=unknown)

    def with_param(self, param: str) -> Self:
        """This error, about another parameter."""
        return self._copy(param=param)

    def _copy(self, **changes: Any) -> Self:
        copy = type(self).__new__(type(self), *self.args)
        copy.__dict__.update(self.__dict__, **changes)
        return copy

    def __str__(self) -> str:
        known = {
            "status": self.http_status,
            "code": self.code,
            "decline_code": self.decline_code,
            "param": masked_parameter(self.param),
            "request_id": self.request_id,
        }
        return " ".join(f"{name}={value}" for name, value in known.items() if value is not None)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"

    @property
    def loggable_message(self) -> str:
        """The shape of Stripe's message without the values in it. Unknown messages are withheld."""
        return masked_message(self.message) or "(message withheld)"


class CardError(StripeError):
    """The issuer declined the card. The message is written for the cardholder."""

    settles_outcome = True


class InvalidRequestError(StripeError):
    """There is no object with this id, or a parameter or the object's state does not allow the request."""

    settles_outcome = True

    @property
    def condition(self) -> str | None:
        """The condition that Stripe's message names without a code. None for a message that is not in the table."""
        return next((name for words, name in _CONDITIONS if words in self.message), None)


class IdempotencyError(StripeError):
    """The idempotency key was used with other parameters, or (status 409) its first request is still running.

    Other parameters are the client's mistake, and so no failure.
    """

    def __init__(self, message: str = "", **details: Any) -> None:
        super().__init__(message, **details)
        self.failure_reason = Reason.KEY_IN_USE if self.http_status == 409 else None


class AuthenticationError(StripeError):
    """Stripe does not accept the service's key."""

    failure_reason = Reason.KEY_REFUSED


class AccountInaccessible(StripeError):
    """There is no such connected account, or it has disconnected from the platform."""

    failure_reason = Reason.ACCOUNT_INACCESSIBLE


class PermissionDenied(StripeError):
    """The service's key is restricted and lacks a permission."""

    failure_reason = Reason.PERMISSION_MISSING


class RateLimitError(StripeError):
    """Too many requests, or another request has locked the object.

    `reason` is Stripe's name for the limit, if given. `retry_after` is the number of seconds that Stripe asks to wait.
    """

    def __init__(
        self, message: str = "", *, reason: str | None = None, retry_after: float | None = None, **details: Any
    ) -> None:
        super().__init__(message, **details)
        self.reason: Final = reason
        self.retry_after: Final = retry_after
        is_locked = self.code == "lock_timeout" or reason == "resource-specific"
        self.failure_reason = Reason.LOCK_TIMEOUT if is_locked else Reason.RATE_LIMITED


class APIError(StripeError):
    """A failure of Stripe, or a response that can't be parsed. `reason` is the service's own description of it.

    By default, `failure_reason` depends on the status.
    """

    def __init__(
        self,
        message: str = "",
        *,
        reason: str = "",
        failure_reason: Reason | None = None,
        body: UnusableBody | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message, **details)
        self.reason: Final = reason
        self.body: Final = body
        by_status = Reason.SERVER_ERROR if (self.http_status or 0) >= 500 else Reason.NOT_STRIPE
        self.failure_reason = failure_reason or by_status

    def __str__(self) -> str:
        return " ".join(filter(None, (self.reason, super().__str__())))


class APIConnectionError(StripeError):
    """There was no response. `timed_out`: a timeout is the cause.

    `connection_lost`: the connection closed after the request was sent. `may_be_stale`: the connection was reused, and
    may have closed before. Such a failure says nothing about the health of Stripe.
    """

    failure_reason: Reason

    def __init__(
        self, failure_reason: Reason, *, connection_lost: bool = False, may_be_stale: bool = False, **details: Any
    ) -> None:
        self.failure_reason = failure_reason
        self.timed_out: Final = failure_reason in TIMEOUTS
        self.connection_lost: Final = connection_lost
        self.may_be_stale: Final = may_be_stale
        message = "no response in time" if self.timed_out else "connection failed"
        super().__init__(message, **details)

    def __str__(self) -> str:
        return self.message


class NotSent(StripeError):
    """The call was not sent. The caller can try again after `retry_after` seconds.

    `setting` is the name of the setting whose limit was reached, if any.
    """

    def __init__(self, retry_after: int, *, setting: str | None = None) -> None:
        super().__init__()
        self.retry_after: Final = retry_after
        self.setting: Final = setting


class Overloaded(NotSent):
    """Too many calls are waiting for Stripe's rate limits."""

    failure_reason = Reason.QUEUE_FULL


class CallerLimitReached(NotSent):
    """The caller makes more calls than allowed. `setting` is the name of the limit."""

    def __init__(self, retry_after: int, *, setting: str) -> None:
        super().__init__(retry_after, setting=setting)
        self.failure_reason = Reason[setting]


class CircuitOpen(NotSent):
    """The circuit breaker is open, because earlier calls failed."""

    failure_reason = Reason.BREAKER_OPEN


class TooManyCalls(StripeError):
    """The operation has made `limit` calls, which is the maximum. This call was not sent."""

    failure_reason = Reason.MAX_CALLS

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit: Final = limit
