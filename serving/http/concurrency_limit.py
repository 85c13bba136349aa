"""The limit of concurrent operations in one process."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import rejection

RETRY_AFTER = 1


class ConcurrencyLimit:
    """Counts the running operations of all callers. Those above `limit` are rejected with 503."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.running = 0
        self.rejected = 0

    @property
    def is_full(self) -> bool:
        """Whether no slot is free."""
        return self.running >= self._limit

    @contextlib.contextmanager
    def slot(self) -> Iterator[None]:
        """Take a slot for the duration of an operation. Raises RequestRejected if there is none."""
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
        try:
            yield
        finally:
            self.running -= 1
