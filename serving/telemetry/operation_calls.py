"""The parts of an operation's record: calls to Stripe, cached reads and writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class UnusableBody(Protocol):
    """Facts about the body of a success that can't be used. `limit` is the size limit that it exceeds, if any."""

    @property
    def content_type(self) -> str | None:
        """The media type without parameters."""

    @property
    def size(self) -> int | None:
        """The number of bytes, if known."""

    @property
    def limit(self) -> int | None:
        """The size limit that it exceeds, if any."""


class StripeCall(Protocol):
    """The record of one call to Stripe with all its attempts. Times are in seconds."""

    endpoint: str
    tries: int
    status: int | None
    request_id: str | None
    started: float
    seconds: float
    rate_limited: int
    account: str | None

    @property
    def reason(self) -> str | None:
        """The reason of its failure, if any."""

    @property
    def retry_reason(self) -> str | None:
        """The reason of its last retry, if any."""

    @property
    def setting(self) -> str | None:
        """The name of the setting whose limit kept it from being sent, if any."""

    @property
    def body(self) -> UnusableBody | None:
        """Log fields about a successful response whose body can't be used."""


class ReadSource(Protocol):
    """Where the response to a read came from, if the read made no call to Stripe: `hit` or `joined`."""

    @property
    def value(self) -> str:
        """`hit` for the read cache, `joined` for a call of another operation."""


@dataclass(frozen=True, slots=True)
class WriteRecord:
    """The record of one mutation field. `outcome` is DONE, NOT_DONE, PARTIAL or UNKNOWN.

    `key` is a digest of the idempotency key; `errors` are the codes of the payload's user errors.
    """

    mutation: str
    outcome: str
    key: str | None
    errors: Sequence[str] = ()
