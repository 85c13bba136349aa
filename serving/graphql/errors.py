"""Rejected requests: the errors of the response, and its HTTP status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from graphql import GraphQLError

from serving.graphql.error_codes import ErrorCode


class RequestRejected(Exception):
    """A request or an operation whose response has errors and no data.

    `status` is the HTTP status. None means that the document or the variables are invalid: the status then depends on
    the media type of the response.
    """

    def __init__(
        self,
        errors: Sequence[GraphQLError],
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__("request rejected")
        self.errors = errors
        self.status = status
        self.headers = dict(headers or {})
        self._reason = reason

    @property
    def reason(self) -> str:
        """The reason in a word: by default the exceeded limit, otherwise the code of the first error."""
        extensions = self.errors[0].extensions or {} if self.errors else {}
        return self._reason or str(extensions.get("limit") or extensions.get("code") or "unknown").lower()


def rejection(
    message: str,
    *,
    code: ErrorCode = ErrorCode.BAD_USER_INPUT,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    reason: str | None = None,
    retry_after: int | None = None,
    **details: Any,
) -> RequestRejected:
    """A rejection with one error. The error's extensions contain the code and the details.

    `retry_after` is the number of seconds after which the client can try again. A header and the extensions contain it.
    """
    if retry_after is not None:
        headers = {**(headers or {}), "Retry-After": str(retry_after)}
        details["retryAfter"] = retry_after
    errors = [GraphQLError(message, extensions={"code": code, **details})]
    return RequestRejected(errors, status=status, headers=headers, reason=reason)


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
) -> RequestRejected:
    """The rejection of an operation whose response exceeds a limit. After a write, the error contains its outcome.

    `writes` are the mutation fields of an operation that was executed completely. Without them, it was stopped.
    """
    message = f"The response has too many {unit}: at most {value} ({limit}). Select less, or ask for smaller pages."
    details: dict[str, Any] = {"limit": limit, "value": value}
    if any(call.endpoint.startswith("POST ") for call in calls):
        details["outcome"] = _outcome(writes)
        message += _OUTCOMES[details["outcome"]]
    return rejection(message, **details)


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
