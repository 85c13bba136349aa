"""The limit of concurrent operations per caller, so that one caller can't use up the capacity of the process."""

from __future__ import annotations

from collections import Counter
from types import TracebackType

from serving.auth.tokens import Caller, CallerKind
from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import rejection

SERVICE_FACTOR = 5
"""Factor of the concurrency limits for service callers, which act for many customers."""

RETRY_AFTER = 1


def limit_for(caller: Caller, limit: int) -> int:
    """The concurrency limit for this caller, from the limit for customers."""
    return limit * SERVICE_FACTOR if caller.kind is CallerKind.SERVICE else limit


class RunningOperations:
    """Counts the running operations of each caller. None means no limit."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self.running: Counter[str] = Counter()


class CallerSlots:
    """The slots that a request has taken. Leaving the block frees them."""

    __slots__ = ("_count", "_identity", "_operations")

    def __init__(self, operations: RunningOperations) -> None:
        self._operations = operations
        self._identity = ""
        self._count = 0

    def take(self, caller: Caller, count: int = 1) -> None:
        """Take slots for `count` operations. Raises RequestRejected if the caller runs too many."""
        limit, running = self._operations.limit, self._operations.running
        if limit is None:
            return
        if running.get(caller.identity, 0) + count > limit_for(caller, limit):
            raise _too_many()
        self._identity = caller.identity
        self._count += count
        running[self._identity] += count

    def __enter__(self) -> CallerSlots:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._count:
            running = self._operations.running
            running[self._identity] -= self._count
            if not running[self._identity]:
                del running[self._identity]


def _too_many() -> Exception:
    return rejection(
        "Too many of your operations are running (MAX_OPERATIONS_PER_CALLER). Try again when one of them has finished.",
        code=ErrorCode.RATE_LIMITED,
        status=429,
        limit="MAX_OPERATIONS_PER_CALLER",
        retry_after=RETRY_AFTER,
    )
