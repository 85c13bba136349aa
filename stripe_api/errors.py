"""What can go wrong when Stripe is called, named after Stripe's own error types.

StripeError(message, code, param, request_id, http_status)
├── CardError(decline_code)      402: the issuer said no
├── InvalidRequestError          400, 404: an id or parameter is wrong
├── IdempotencyError             a key reused with other parameters, or whose first request still runs
├── AuthenticationError          401: our key
├── PermissionDenied             403: our key's scope (Stripe says PermissionError, which would hide the builtin)
├── RateLimitError               429
├── APIError                     5xx, or an answer that cannot be understood
├── APIConnectionError           no answer: timeout, DNS, reset
├── NotSent(retry_after)         held back here, to spare Stripe
│   ├── Overloaded               its turn would not come in time
│   ├── CallerLimitReached(setting)  the caller has made too many
│   └── CircuitOpen              Stripe has failed for a while
└── TooManyCalls                 the operation has made all the calls that it may
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any

from stripe_api.failure_reasons import Reason
from stripe_api.redaction import masked_message, masked_parameter


class StripeError(Exception):
    """A request to Stripe that did not succeed.

    `message` is Stripe's own text. It may repeat what was sent, and for a refused key a part of the key, so that
    `str()` leaves it out. Logs hold codes and ids, and `loggable_message`.

    `retryable`: the same request may be sent again. `in_doubt`: this try may have been done, though no answer says
    so. `replayed`: Stripe repeated the stored answer of an earlier request with the same key. Once all tries are
    over, `after_lost_response` tells that an earlier try was in doubt, and `outcome_unknown` that nobody knows whether
    a write was done: the same idempotency key finds out.
    """

    settles_outcome = False
    """Whether this kind of answer is the request's own outcome, so that no earlier try is left open."""

    retryable = False
    in_doubt = False
    after_lost_response = False
    outcome_unknown = False

    def __init__(
        self,
        message: str = "",
        *,
        code: str | None = None,
        param: str | None = None,
        decline_code: str | None = None,
        advice_code: str | None = None,
        request_id: str | None = None,
        http_status: int | None = None,
        replayed: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.decline_code = decline_code
        self.advice_code = advice_code
        self.request_id = request_id
        self.http_status = http_status
        self.replayed = replayed

    def settle(self, *, after_lost_response: bool, write: bool) -> None:
        """Take in what the earlier tries of the same request have left open."""
        self.after_lost_response = after_lost_response
        self.outcome_unknown = write and (self.in_doubt or (after_lost_response and not self.settles_outcome))

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
    def failure_reason(self) -> Reason | None:
        """Why the call failed; None where the response is for the client."""
        return None

    @property
    def loggable_message(self) -> str:
        """Stripe's own text without the values in it; where its shape is unknown, no more than that."""
        return masked_message(self.message) or "(a text of unknown shape)"


class CardError(StripeError):
    """The issuer refused the card; the message is meant for the card's holder."""

    settles_outcome = True


class InvalidRequestError(StripeError):
    """An id names nothing, or a parameter or a state does not fit."""

    settles_outcome = True

    @property
    def condition(self) -> str | None:
        """What Stripe says in words alone, without a code: see the table; None otherwise."""
        return next((name for words, name in _CONDITIONS if words in self.message), None)


class IdempotencyError(StripeError):
    """The idempotency key was used with other parameters, or its first request is still running."""

    @property
    def failure_reason(self) -> Reason | None:
        """Using a key with other parameters is the client's mistake, and no failure."""
        return Reason.KEY_IN_USE if self.http_status == 409 else None


class AuthenticationError(StripeError):
    """Stripe does not accept our key."""

    failure_reason = Reason.KEY_REFUSED


class PermissionDenied(StripeError):
    """Our key is restricted and lacks the permission."""

    failure_reason = Reason.PERMISSION_MISSING


class RateLimitError(StripeError):
    """Too many requests, or another request holds the object.

    `reason` is Stripe's word for which limit it was, where it gives one; `retry_after` the seconds it asks for.
    """

    reason: str | None = None
    retry_after: float | None = None

    @property
    def is_about_one_object(self) -> bool:
        """Whether it is an object that is in demand, rather than Stripe as a whole."""
        return self.code == "lock_timeout" or self.reason == "resource-specific"

    @property
    def failure_reason(self) -> Reason:
        """Which of the two."""
        return Reason.LOCK_TIMEOUT if self.is_about_one_object else Reason.RATE_LIMITED


class APIError(StripeError):
    """A failure on Stripe's side, or an answer that cannot be understood. `reason` says which, in our words."""

    def __init__(
        self, message: str = "", *, reason: str = "", failure_reason: Reason | None = None, **details: Any
    ) -> None:
        super().__init__(message, **details)
        self.reason = reason
        self._failure_reason = failure_reason

    @property
    def failure_reason(self) -> Reason:
        """As given; else a failure of the server by its status."""
        by_status = Reason.SERVER_ERROR if (self.http_status or 0) >= 500 else Reason.NOT_STRIPE
        return self._failure_reason or by_status

    def __str__(self) -> str:
        return " ".join(filter(None, (self.reason, super().__str__())))


class APIConnectionError(StripeError):
    """No answer came, for the reason given. `timed_out` when it was time that ran out.

    `connection_lost`: the connection broke after the request was sent on it, as kept connections do.
    `may_be_stale`: it was a kept one, which had perhaps ended long before. That says nothing of Stripe.
    """

    connection_lost = False
    may_be_stale = False

    def __init__(self, failure_reason: Reason) -> None:
        self._failure_reason = failure_reason
        self.timed_out = failure_reason in TIMEOUTS
        super().__init__("no answer in time" if self.timed_out else "connection failed")

    @property
    def failure_reason(self) -> Reason:
        """As given."""
        return self._failure_reason

    def __str__(self) -> str:
        return self.message


class NotSent(StripeError):
    """A call that was held back to spare Stripe. Nothing was sent; `retry_after` seconds are best waited."""

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


class Overloaded(NotSent):
    """More is asked for than Stripe takes, so that this call's turn would not come in time."""

    failure_reason = Reason.OVERLOADED


class CallerLimitReached(NotSent):
    """The caller makes more calls than it may. `setting` is the name of the limit."""

    failure_reason = Reason.CALLER_LIMIT

    def __init__(self, retry_after: int, *, setting: str) -> None:
        super().__init__(retry_after)
        self.setting = setting


class CircuitOpen(NotSent):
    """Stripe has failed for a while, and is asked again only after a pause."""

    failure_reason = Reason.BREAKER_OPEN


class TooManyCalls(StripeError):
    """The operation has made all the calls that it may: `limit` of them. Nothing was sent."""

    failure_reason = Reason.CALL_LIMIT

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit


TIMEOUTS = (Reason.CONNECT_TIMEOUT, Reason.READ_TIMEOUT, Reason.DEADLINE)
"""The reasons for which time ran out."""

MAX_MESSAGE_LENGTH = 1_000
"""Of Stripe's text that an error keeps. Stripe's own texts are shorter, unless they repeat what was sent."""

# Phrases that clients match on, since these refusals carry no code.
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
    ("must provide a `return_url`", "return_url_missing"),
    ("`mandate_data` is required", "mandate_missing"),
    ("requires a mandate", "mandate_missing"),
    ("Metadata keys can have up to", "metadata_key_too_long"),
    ("Metadata values can have up to", "metadata_value_too_long"),
    ("Metadata can have up to", "metadata_too_large"),
    ("Try using a 2-character alphanumeric country code", "country_unknown"),
    ("; must be at most", "text_too_long"),
)
_BY_CODE: Mapping[str, type[StripeError]] = {
    "idempotency_key_in_use": IdempotencyError,
    "rate_limit": RateLimitError,
    "lock_timeout": RateLimitError,
}
_BY_TYPE: Mapping[str, type[StripeError]] = {
    "card_error": CardError,
    "idempotency_error": IdempotencyError,
}
_BY_STATUS: Mapping[int, type[StripeError]] = {
    400: InvalidRequestError,
    401: AuthenticationError,
    402: CardError,
    403: PermissionDenied,
    404: InvalidRequestError,
    429: RateLimitError,
}


def error_from_response(status: int, body: object, *, request_id: str | None, replayed: bool = False) -> StripeError:
    """The error that an answer of this status stands for. `body` is the decoded JSON, or None when it is none."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return APIError(reason="no error object in the answer", http_status=status, request_id=request_id)
    code, type_ = _text(error, "code"), _text(error, "type")
    kind = _BY_CODE.get(code or "") or _BY_TYPE.get(type_ or "") or _BY_STATUS.get(status) or APIError
    if kind is CardError and type_ == "invalid_request_error":
        kind = InvalidRequestError  # No issuer declined anything.
    # Only the text of a card error is meant for the card's holder.
    message = "" if kind is CardError and type_ != "card_error" else _text(error, "message")
    return kind(
        (message or "")[:MAX_MESSAGE_LENGTH],
        code=code,
        param=_text(error, "param"),
        decline_code=_text(error, "decline_code"),
        advice_code=_text(error, "advice_code"),
        request_id=request_id,
        http_status=status,
        replayed=replayed,
    )


def _text(error: dict[str, Any], member: str) -> str | None:
    value = error.get(member)
    return value if isinstance(value, str) and value else None


def release_frames(error: BaseException | None) -> None:
    """Drop the tracebacks of an error, its causes and its original error, and the local variables of their frames.

    A traceback keeps its frames, and these keep the response bodies that were read in them. All of the frames must
    have ended: clearing a suspended coroutine's frame would close the coroutine.
    """
    released: set[int] = set()
    pending = [error]
    while pending:
        one = pending.pop()
        if one is not None and id(one) not in released:
            released.add(id(one))
            traceback.clear_frames(one.__traceback__)
            one.__traceback__ = None
            pending += [one.__cause__, one.__context__, getattr(one, "original_error", None)]
