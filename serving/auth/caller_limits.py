"""The limit of concurrent operations per caller, so that one caller can't use up the capacity of the process."""

from __future__ import annotations

import contextlib
from collections import Counter

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

    def slots(self) -> CallerSlots:
        """The slots of one request, for a `with` block around its execution."""
        return CallerSlots(self)

    def free(self, identity: str, count: int) -> None:
        """Free slots of a caller."""
        self.running[identity] -= count
        if not self.running[identity]:
            del self.running[identity]


class CallerSlots(contextlib.ExitStack):
    """The slots that a request has taken. Leaving the block frees them."""

    def __init__(self, operations: RunningOperations) -> None:
        super().__init__()
        self._operations = operations

    def take(self, caller: Caller, count: int = 1) -> None:
        """Take slots for `count` operations. Raises RequestRejected if the caller runs too many."""
        limit, running = self._operations.limit, self._operations.running
        if limit is None:
            return
        if running[caller.identity] + count > limit_for(caller, limit):
            raise _too_many()
        running[caller.identity] += count
        self.callback(self._operations.free, caller.identity, count)


def _too_many() -> Exception:
    return rejection(
        "Too many of your operations are running (MAX_OPERATIONS_PER_CALLER). Try again when one of them has finished.",
        code=ErrorCode.RATE_LIMITED,
        status=429,
        limit="MAX_OPERATIONS_PER_CALLER",
        retry_after=RETRY_AFTER,
    )
