"""One at a time for each name: within the process, or over all replicas through the store that they share."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Protocol

from serving.shared import SharedStore

POLL_SECONDS = 0.05


class Locks(Protocol):
    """Waits until nobody holds the name and holds it; raises `too_late` when that is not before `deadline`.

    `deadline` is a time of the event loop's clock.
    """

    def hold(
        self, name: str, *, deadline: float | None, too_late: Exception
    ) -> contextlib.AbstractAsyncContextManager[None]: ...


class LocksInProcess:
    """Locks that hold within this process."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @contextlib.asynccontextmanager
    async def hold(self, name: str, *, deadline: float | None, too_late: Exception) -> AsyncIterator[None]:
        """As `Locks` says."""
        lock, waiting = self._locks.get(name, (asyncio.Lock(), 0))
        self._locks[name] = (lock, waiting + 1)
        try:
            try:
                async with asyncio.timeout_at(deadline):
                    await lock.acquire()
            except TimeoutError:
                raise too_late from None
            try:
                yield
            finally:
                lock.release()
        finally:
            lock, waiting = self._locks[name]
            self._locks[name] = (lock, waiting - 1)
            if waiting == 1:
                del self._locks[name]


class SharedLocks:
    """Takes turns within the process first, then with the other replicas.

    While the store is away, turns are taken within each replica alone. A replica that dies gives its turn up after
    `longest` seconds, which no operation outlasts.
    """

    def __init__(self, store: SharedStore, *, longest: float) -> None:
        self._store = store
        self._here = LocksInProcess()
        self._longest = longest

    @contextlib.asynccontextmanager
    async def hold(self, name: str, *, deadline: float | None, too_late: Exception) -> AsyncIterator[None]:
        """As `Locks` says."""
        async with self._here.hold(name, deadline=deadline, too_late=too_late):
            lock = self._store.client.lock(f"attache:lock:{name}", timeout=self._longest, sleep=POLL_SECONDS)
            held = await self._store.ask(lambda: _acquire(lock, deadline), _nobody)
            if held is False:
                raise too_late
            try:
                yield
            finally:
                if held:
                    await self._store.ask(lambda: _release(lock), _nobody)


async def _acquire(lock: Any, deadline: float | None) -> bool | None:
    left = None if deadline is None else max(0.0, deadline - asyncio.get_running_loop().time())
    return bool(await lock.acquire(blocking_timeout=left))


async def _release(lock: Any) -> None:
    from redis.exceptions import LockError

    with contextlib.suppress(LockError):
        await lock.release()


async def _nobody() -> None:
    return None
