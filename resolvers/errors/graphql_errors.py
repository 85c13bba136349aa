"""Converts any raised error into the top-level error that the client receives: a code, and a message without secrets.

This is the only place that does so. An unexpected error is logged with its stack trace, and the client receives
INTERNAL. Requests of the service that Stripe refuses are counted in the log: with a revoked key, Stripe refuses all.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError

from resolvers.errors.exceptions import COMPLETE_WITH_KEY, FieldError, WriteFailed, no_such_entry
from schema.reading import UnreadableValue
from serving.auth.rate_limits import RateLimited
from serving.graphql.error_codes import ErrorCode
from serving.telemetry import logs
from stripe_api import (
    AccountInaccessible,
    APIConnectionError,
    APIError,
    AuthenticationError,
    CallerLimitReached,
    IdempotencyError,
    InvalidRequestError,
    NotSent,
    Overloaded,
    PermissionDenied,
    RateLimitError,
    StripeError,
    TooManyCalls,
    release_frames,
)

logger = logging.getLogger("attache.errors")

ACCOUNT_INACCESSIBLE = "Stripe does not let this service act for the connected account of your token."
REQUEST_REFUSED = "Stripe refused the service's request. The error was logged."
_CURSORS = {"starting_after": "after", "ending_before": "before"}
_OUTCOME_UNKNOWN = " Whether it took effect is not known: send it again with this idempotencyKey to find out."


@dataclass(frozen=True)
class _Response:
    """The parts of a top-level error that the client receives. `refused` is for the log only."""

    code: ErrorCode
    message: str
    extensions: Mapping[str, Any] = field(default_factory=dict)
    refused: StripeError | None = None


class ResponseErrors:
    """Converts the errors of all operations."""

    def __init__(self) -> None:
        self._refused = logs.RepeatedEvents(logs.logger("attache.errors"))

    def flush(self) -> None:
        """Log the counts of repeated events."""
        self._refused.flush()

    def present(self, error: GraphQLError) -> GraphQLError:
        """The error as the client receives it.

        Releases the frames of the raised error, because graphql-core keeps an operation's errors in reference cycles.
        """
        response = _convert(error)
        if response.refused is not None:
            self._log_refused(response.refused)
        release_frames(error)
        return GraphQLError(
            response.message,
            nodes=error.nodes,
            source=error.source,
            positions=error.positions,
            path=error.path,
            original_error=error.original_error,
            extensions={"code": response.code, **response.extensions},
        )

    def _log_refused(self, error: StripeError) -> None:
        key = {"error": type(error).__name__, "status": error.http_status, "code": error.code}
        facts = {"detail": str(error), "message": error.loggable_message}
        self._refused.log(logging.ERROR, _refusal(error), key, **facts)


def _refusal(error: StripeError) -> str:
    """The event of a request that Stripe refuses although the client did nothing wrong."""
    match error:
        case AuthenticationError():
            return "Stripe rejected the API key"
        case PermissionDenied():
            return "The Stripe key lacks a permission"
    return "stripe refused the service's own request"


def _convert(error: GraphQLError) -> _Response:
    original = error.original_error
    while isinstance(original, GraphQLError):
        original = original.original_error
    match original:
        case WriteFailed():
            return _from_stripe(original.error, original)
        case StripeError():
            return _from_stripe(original)
        case RateLimited():
            details = {"retryAfter": original.retry_after, "limit": original.setting}
            return _Response(ErrorCode.RATE_LIMITED, str(original), details)
        case FieldError():
            return _Response(original.code, str(original), original.extensions)
        case UnreadableValue():
            return _Response(ErrorCode.INTERNAL, str(original))
        case None if error.path is None:
            return _Response(ErrorCode.BAD_USER_INPUT, error.message, error.extensions or {})
    if error.message.startswith("Cannot return null for non-nullable field"):
        return _Response(ErrorCode.INTERNAL, error.message)
    _log(error)
    return _Response(ErrorCode.INTERNAL, "Something went wrong in the service. The error was logged; try again later.")


def _from_stripe(error: StripeError, write: WriteFailed | None = None) -> _Response:
    details: dict[str, Any] = {"requestId": error.request_id} if error.request_id else {}
    advice = ""
    if write is not None and (error.outcome_unknown or write.partly_done):
        details |= {
            "outcome": "UNKNOWN" if error.outcome_unknown else "PARTIAL",
            "idempotencyKey": write.idempotency_key,
        }
        advice = _OUTCOME_UNKNOWN if error.outcome_unknown else COMPLETE_WITH_KEY
    if isinstance(error, NotSent | TooManyCalls):
        return _not_sent(error, details, advice)
    return _failed_call(error, details, advice)


def _failed_call(error: StripeError, details: dict[str, Any], advice: str) -> _Response:
    """For a request that was sent to Stripe, or for which Stripe could not be reached."""
    timed_out = isinstance(error, APIConnectionError) and error.timed_out
    if timed_out or isinstance(error, IdempotencyError):
        return _Response(ErrorCode.UPSTREAM_TIMEOUT, "Stripe did not respond in time." + advice, details)
    if isinstance(error, RateLimitError):
        message = "Stripe is receiving too many requests. Try again in a few seconds."
        return _Response(ErrorCode.RATE_LIMITED, message + advice, details)
    if isinstance(error, AccountInaccessible):
        return _Response(ErrorCode.FORBIDDEN, ACCOUNT_INACCESSIBLE, details)
    if isinstance(error, APIConnectionError | APIError):
        message = "Stripe can't be reached, or sent an invalid response."
        return _Response(ErrorCode.UPSTREAM_UNAVAILABLE, message + advice, details)
    if isinstance(error, InvalidRequestError) and error.param in _CURSORS:
        entry = no_such_entry(_CURSORS[error.param])
        return _Response(entry.code, str(entry), details)
    return _Response(ErrorCode.INTERNAL, REQUEST_REFUSED + advice, details, refused=error)


def _not_sent(error: NotSent | TooManyCalls, details: dict[str, Any], advice: str) -> _Response:
    """For a request that the service did not send, to stay within a limit."""
    if isinstance(error, TooManyCalls):
        message = f"The operation takes too many REST calls: at most {error.limit} (MAX_CALLS)."
        return _Response(ErrorCode.BAD_USER_INPUT, message, {**details, "limit": "MAX_CALLS", "value": error.limit})
    details = {**details, "retryAfter": error.retry_after}
    seconds = "a second" if error.retry_after == 1 else f"{error.retry_after} seconds"
    advice = advice or f" Nothing was sent: try again in {seconds}."
    if isinstance(error, CallerLimitReached):
        message = f"You are making too many requests ({error.setting})."
        return _Response(ErrorCode.RATE_LIMITED, message + advice, {**details, "limit": error.setting})
    if isinstance(error, Overloaded):
        message = "The service has more calls to make than Stripe accepts."
        return _Response(ErrorCode.OVERLOADED, message + advice, details)
    return _Response(
        ErrorCode.UPSTREAM_UNAVAILABLE, "Calls to Stripe are paused, because it can't be reached." + advice, details
    )


def _log(error: GraphQLError) -> None:
    # Only the stack trace: the exception's message may contain anything that a request contained.
    original = error.original_error or error
    trace = "".join(traceback.format_tb(original.__traceback__))
    logger.error("%s at %s\n%s", type(original).__name__, error.path, trace)
