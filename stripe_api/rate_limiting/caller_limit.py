"""The limits of one caller: its concurrent REST calls and their rate, so that it can't use up the account's limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from weakref import WeakValueDictionary

from stripe_api.errors import CallerLimitReached
from stripe_api.rate_limiting.waiting_queue import Urgency

CountCall = Callable[[], Awaitable[None]]
"""Counts one REST call. Raises CallerLimitReached if the caller has reached its rate limit."""


class CallerLimit:
    """The limits of an operation's caller.

    A caller's calls beyond `concurrent` wait here in the order of arrival, and not in the queue that all callers share.
    Later steps of a write are counted, but they neither wait nor are rejected.
    """

    def __init__(self, concurrent: asyncio.Semaphore | None, count: CountCall | None) -> None:
        self._concurrent = concurrent
        self._count = count

    @asynccontextmanager
    async def hold(self, urgency: Urgency, deadline: float | None) -> AsyncIterator[None]:
        """Wait until the caller may make another call, and count it. Raises CallerLimitReached."""
        finishing = urgency is Urgency.FINISHING
        concurrent = None if finishing else self._concurrent
        if concurrent is not None:
            await _acquire(concurrent, deadline)
        try:
            await self._count_call(reject=not finishing)
            yield
        finally:
            if concurrent is not None:
                concurrent.release()

    async def _count_call(self, *, reject: bool) -> None:
        try:
            if self._count is not None:
                await self._count()
        except CallerLimitReached:
            if reject:
                raise


async def _acquire(semaphore: asyncio.Semaphore, deadline: float | None) -> None:
    try:
        # Without a wait, no timer is needed.
        async with asyncio.timeout_at(deadline) if semaphore.locked() else nullcontext():
            await semaphore.acquire()
    except TimeoutError:
        raise CallerLimitReached(1, setting="STRIPE_MAX_CALLS_PER_CALLER") from None


class ConcurrentCalls:
    """The semaphores of all callers. A caller's semaphore is dropped when none of its operations is running."""

    def __init__(self) -> None:
        self._semaphores: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, caller: str, limit: int) -> asyncio.Semaphore:
        """The semaphore that all operations of one caller share."""
        found = self._semaphores.get(caller)
        if found is None:
            found = self._semaphores[caller] = asyncio.Semaphore(limit)
        return found
