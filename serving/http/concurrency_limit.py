"""How many operations may run at once; those above are told to try again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import refused

RETRY_AFTER = 1


class ConcurrencyLimit:
    """Counts the operations that run, of all callers, and refuses those above `limit` with 503."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.running = 0
        self.refused = 0

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the places while an operation runs. Raises NotExecuted when all are taken."""
        if self.running >= self._limit:
            self.refused += 1
            raise refused(
                "Too many operations are running (MAX_OPERATIONS). Try again in a second.",
                code=ErrorCode.OVERLOADED,
                status=503,
                headers={"Retry-After": str(RETRY_AFTER)},
                retryAfter=RETRY_AFTER,
            )
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1
