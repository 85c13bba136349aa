"""How many operations of one caller run at once, so that no caller takes the places of all others."""

from __future__ import annotations

from collections import Counter
from types import TracebackType

from serving.auth.tokens import Caller, CallerKind
from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import refused

SERVICE_FACTOR = 5
"""How many times a customer's operations and REST calls at once a service may have: it acts for many people."""

RETRY_AFTER = 1


def at_once(limit: int, caller: Caller) -> int:
    """What a limit of things at once is for this caller."""
    return limit * SERVICE_FACTOR if caller.kind is CallerKind.SERVICE else limit


class RunningOperations:
    """Counts the operations of each caller. A limit of None refuses nothing."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self.running: Counter[str] = Counter()

    def place(self) -> Place:
        """The places of one request, for a `with` block around all that is done for it."""
        return Place(self)


class Place:
    """The places that a request has taken. Leaving the block frees them."""

    __slots__ = ("_count", "_identity", "_operations")

    def __init__(self, operations: RunningOperations) -> None:
        self._operations = operations
        self._identity = ""
        self._count = 0

    def take(self, caller: Caller, count: int = 1) -> None:
        """Take places for so many operations. Raises NotExecuted where the caller has too many already."""
        limit, running = self._operations.limit, self._operations.running
        if limit is None:
            return
        if running.get(caller.identity, 0) + count > at_once(limit, caller):
            raise _too_many()
        self._identity = caller.identity
        self._count += count
        running[self._identity] += count

    def __enter__(self) -> Place:
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
    return refused(
        "Too many of your operations are running (MAX_OPERATIONS_PER_CALLER). Try again when one has ended.",
        code=ErrorCode.RATE_LIMITED,
        status=429,
        headers={"Retry-After": str(RETRY_AFTER)},
        limit="MAX_OPERATIONS_PER_CALLER",
        retryAfter=RETRY_AFTER,
    )
