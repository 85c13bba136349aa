"""Converts an error response of Stripe to a StripeError."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from stripe_api.errors import (
    AccountInaccessible,
    APIError,
    AuthenticationError,
    CardError,
    IdempotencyError,
    InvalidRequestError,
    PermissionDenied,
    RateLimitError,
    StripeError,
)
from stripe_api.retries import response_allows_retry

MAX_MESSAGE_LENGTH = 1_000
"""Maximum length of an error's message. Stripe's own messages are shorter, unless they repeat input."""

_DIGITS = re.compile(r"[0-9]{1,9}")
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


def error_from_response(status: int, headers: Mapping[str, str], body: object) -> StripeError:
    """The error for a response. `body` is the decoded JSON, or None if the body is not JSON."""
    member = body.get("error") if isinstance(body, dict) else None
    error = member if isinstance(member, dict) else None
    kind = _kind(status, error)
    details: dict[str, Any] = {
        "request_id": headers.get("request-id"),
        "http_status": status,
        "retryable": response_allows_retry(status, headers),
        # A 409 usually means that the same request is still running. A response that is not Stripe's proves nothing.
        "in_doubt": status >= 500 or status == 409 or kind is APIError,
    }
    if error is None:
        return APIError(reason="no error object in the response", **details)
    if kind is RateLimitError:
        details["reason"] = headers.get("stripe-rate-limited-reason")
        details["retry_after"] = _seconds(headers.get("retry-after"))
    return kind(
        _message(kind, error),
        code=_text(error, "code"),
        param=_text(error, "param"),
        decline_code=_text(error, "decline_code"),
        advice_code=_text(error, "advice_code"),
        payment_method_type=_text(_object(error, "payment_method"), "type"),
        replayed=is_replayed(headers),
        **details,
    )


def is_replayed(headers: Mapping[str, str]) -> bool:
    """Whether Stripe repeated the stored response to an earlier request with the same idempotency key."""
    return headers.get("idempotent-replayed") == "true"


def _kind(status: int, error: Mapping[str, Any] | None) -> type[StripeError]:
    if error is None:
        return APIError
    code, type_ = _text(error, "code") or "", _text(error, "type") or ""
    if code == "account_invalid" and status in (401, 403):
        return AccountInaccessible
    kind = _BY_CODE.get(code) or _BY_TYPE.get(type_) or _BY_STATUS.get(status) or APIError
    # With this type, no issuer declined a card.
    return InvalidRequestError if kind is CardError and type_ == "invalid_request_error" else kind


def _message(kind: type[StripeError], error: Mapping[str, Any]) -> str:
    # Only the message of a card_error is written for the cardholder.
    if kind is CardError and _text(error, "type") != "card_error":
        return ""
    return (_text(error, "message") or "")[:MAX_MESSAGE_LENGTH]


def _text(error: Mapping[str, Any], member: str) -> str | None:
    value = error.get(member)
    return value if isinstance(value, str) and value else None


def _object(error: Mapping[str, Any], member: str) -> Mapping[str, Any]:
    value = error.get(member)
    return value if isinstance(value, dict) else {}


def _seconds(retry_after: str | None) -> float | None:
    """The seconds of a Retry-After header. None without one, and for a date, which Stripe never sends."""
    return float(retry_after) if retry_after is not None and _DIGITS.fullmatch(retry_after) else None
