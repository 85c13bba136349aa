"""The limit of concurrent operations in one process."""

from __future__ import annotations

from types import TracebackType

from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import rejection

RETRY_AFTER = 1


class ConcurrencyLimit:
    """Counts the running operations of all callers. Those above `limit` are rejected with 503.

    A `with` block takes a slot. Entering it raises RequestRejected if there is none.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.running = 0
        self.rejected = 0

    @property
    def is_full(self) -> bool:
        """Whether no slot is free."""
        return self.running >= self._limit

    def __enter__(self) -> None:
        if self.is_full:
            self.rejected += 1
            raise rejection(
                "Too many operations are running (MAX_OPERATIONS). Try again in a second.",
                code=ErrorCode.OVERLOADED,
                status=503,
                reason="max_operations",
                retry_after=RETRY_AFTER,
            )
        self.running += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.running -= 1
