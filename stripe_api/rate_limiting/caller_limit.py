"""How many REST calls one caller makes at once and in a time, so that its calls don't use up the account's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from stripe_api.errors import CallerLimitReached
from stripe_api.rate_limiting.scheduler import Urgency

Count = Callable[[], Awaitable[None]]
"""Counts one REST call. Raises CallerLimitReached when it is one too many."""


class CallerLimit:
    """The REST calls of one operation, held to what its caller may have.

    Calls beyond `at_once` of that caller wait here, in the order in which they came, and not in the queue that all
    callers share. The later steps of a write that was begun are counted, but neither wait nor are refused.
    """

    def __init__(self, at_once: asyncio.Semaphore | None, count: Count | None) -> None:
        self._at_once = at_once
        self._count = count

    @asynccontextmanager
    async def hold(self, urgency: Urgency, deadline: float | None) -> AsyncIterator[None]:
        """Wait until the caller may make one more call, and count it. Raises CallerLimitReached."""
        if urgency is Urgency.FINISHING:
            await self._counted(refuse=False)
            yield
            return
        if self._at_once is None:
            await self._counted(refuse=True)
            yield
            return
        await self._acquire(self._at_once, deadline)
        try:
            await self._counted(refuse=True)
            yield
        finally:
            self._at_once.release()

    async def _counted(self, *, refuse: bool) -> None:
        try:
            if self._count is not None:
                await self._count()
        except CallerLimitReached:
            if refuse:
                raise

    @staticmethod
    async def _acquire(semaphore: asyncio.Semaphore, deadline: float | None) -> None:
        try:
            async with asyncio.timeout_at(deadline):
                await semaphore.acquire()
        except TimeoutError:
            raise CallerLimitReached(1, setting="STRIPE_MAX_CALLS_PER_CALLER") from None


class CallsAtOnce:
    """The calls of each caller at once. A caller is forgotten when none of its operations is left."""

    def __init__(self) -> None:
        self._callers: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, caller: str, limit: int) -> asyncio.Semaphore:
        """What the operations of one caller share."""
        found = self._callers.get(caller)
        if found is None:
            found = self._callers[caller] = asyncio.Semaphore(limit)
        return found
