"""One at a time for each wallet, where what is done depends on what was read."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Protocol

from resolvers.errors import UPSTREAM_TIMEOUT, Fault


class Locks(Protocol):
    """Holds names. Raises a fault when a name does not become free before the deadline."""

    def hold(self, name: str, *, deadline: float | None) -> contextlib.AbstractAsyncContextManager[None]: ...


class LocksInProcess:
    """Locks that hold within this process."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @contextlib.asynccontextmanager
    async def hold(self, name: str, *, deadline: float | None) -> AsyncIterator[None]:
        """Wait until nobody holds the name, at most until `deadline` of the event loop's clock, and hold it."""
        lock, waiting = self._locks.get(name, (asyncio.Lock(), 0))
        self._locks[name] = (lock, waiting + 1)
        try:
            await _acquire(lock, deadline)
            try:
                yield
            finally:
                lock.release()
        finally:
            lock, waiting = self._locks[name]
            self._locks[name] = (lock, waiting - 1)
            if waiting == 1:
                del self._locks[name]


async def _acquire(lock: asyncio.Lock, deadline: float | None) -> None:
    try:
        async with asyncio.timeout_at(deadline):
            await lock.acquire()
    except TimeoutError:
        raise Fault(UPSTREAM_TIMEOUT, "Other requests for this wallet took too long. Try again.") from None
