"""Requests and operations that are refused as a whole: what is told, and with which HTTP status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from graphql import GraphQLError

from serving.graphql.error_codes import ErrorCode


class NotExecuted(Exception):
    """A request or an operation that was refused as a whole, so that the answer has no data.

    `status` is the HTTP status; None where the request was well formed and its document or variables are wrong, which
    the two media types answer with different ones.
    """

    def __init__(
        self,
        errors: Sequence[GraphQLError],
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__("not executed")
        self.errors = errors
        self.status = status
        self.headers = dict(headers or {})
        self._reason = reason

    @property
    def reason(self) -> str:
        """Why, in one of few words: the limit that was met, else the first error's code."""
        extensions = self.errors[0].extensions or {} if self.errors else {}
        return self._reason or str(extensions.get("limit") or extensions.get("code") or "unknown").lower()


def refused(
    message: str,
    *,
    code: ErrorCode = ErrorCode.BAD_USER_INPUT,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    reason: str | None = None,
    **details: Any,
) -> NotExecuted:
    """A refusal with one error; its extensions have the code and the details."""
    errors = [GraphQLError(message, extensions={"code": code, **details})]
    return NotExecuted(errors, status=status, headers=headers, reason=reason)


class Sent(Protocol):
    """A REST call."""

    endpoint: str


class EndedWrite(Protocol):
    """A mutation field that has ended, as the log records it."""

    @property
    def outcome(self) -> str:
        """DONE, NOT_DONE, PARTIAL or UNKNOWN."""


def response_too_large(
    limit: str, value: int, unit: str, calls: Iterable[Sent], *, writes: Sequence[EndedWrite] = ()
) -> NotExecuted:
    """The response is withheld. If a write was sent to Stripe, the error has its outcome.

    `writes` are all mutation fields of an operation that was executed to its end; none if its execution was stopped.
    """
    message = f"The response has too many {unit}: at most {value} ({limit}). Select less, or ask for smaller pages."
    details: dict[str, Any] = {"limit": limit, "value": value}
    if any(call.endpoint.startswith("POST ") for call in calls):
        details["outcome"] = _outcome(writes)
        message += _OUTCOMES[details["outcome"]]
    return refused(message, **details)


_OUTCOMES = {
    "DONE": " All changes were made: send them again with their idempotencyKey to get their results.",
    "NOT_DONE": " Nothing was changed.",
    "UNKNOWN": " Whether the changes were made is not known: send them again with their idempotencyKey to find out.",
    "PARTIAL": " Some of the changes were made: send them again with their idempotencyKey to complete them.",
}


def _outcome(writes: Sequence[EndedWrite]) -> str:
    """The outcome of all mutation fields together. Different known outcomes make it PARTIAL."""
    outcomes = {write.outcome for write in writes}
    if not outcomes or "UNKNOWN" in outcomes:
        return "UNKNOWN"
    return outcomes.pop() if len(outcomes) == 1 else "PARTIAL"
