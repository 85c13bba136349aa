"""The limits of one caller: its concurrent REST calls and their rate, so that it can't use up the account's limits."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
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

    async def acquire(self, urgency: Urgency, deadline: float | None) -> asyncio.Semaphore | None:
        """Wait until the caller may make another call, and count it. Raises CallerLimitReached.

        If this returns a semaphore, release it after the call.
        """
        if urgency is Urgency.FINISHING:
            with contextlib.suppress(CallerLimitReached):
                await self._count_call()
            return None
        if self._concurrent is not None:
            await _acquire(self._concurrent, deadline)
        try:
            await self._count_call()
        except BaseException:
            if self._concurrent is not None:
                self._concurrent.release()
            raise
        return self._concurrent

    async def _count_call(self) -> None:
        if self._count is not None:
            await self._count()


async def _acquire(semaphore: asyncio.Semaphore, deadline: float | None) -> None:
    try:
        # Without a wait, no timer is needed.
        async with asyncio.timeout_at(deadline) if semaphore.locked() else contextlib.nullcontext():
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
