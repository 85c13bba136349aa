"""Requests and operations that are refused as a whole: what is told, and with which HTTP status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graphql import GraphQLError

BAD_USER_INPUT = "BAD_USER_INPUT"


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
    ) -> None:
        super().__init__("not executed")
        self.errors = errors
        self.status = status
        self.headers = dict(headers or {})


def refused(
    message: str, *, code: str = BAD_USER_INPUT, status: int | None = None, headers: Mapping[str, str] | None = None
) -> NotExecuted:
    """A refusal with one error."""
    return NotExecuted([GraphQLError(message, extensions={"code": code})], status=status, headers=headers)
