"""Locks that hold over all replicas, in the store that they share."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Protocol

from serving.shared import SharedStore

POLL_SECONDS = 0.05


class Locks(Protocol):
    """Holds names within the process."""

    def hold(self, name: str, *, deadline: float | None) -> contextlib.AbstractAsyncContextManager[None]: ...


class SharedLocks:
    """Takes turns within the process first, then with the other replicas.

    While the store is away, turns are taken within each replica alone. A replica that dies gives its turn up after
    `longest` seconds, which no operation outlasts.
    """

    def __init__(self, store: SharedStore, here: Locks, *, longest: float) -> None:
        self._store = store
        self._here = here
        self._longest = longest

    @contextlib.asynccontextmanager
    async def hold(self, name: str, *, deadline: float | None) -> AsyncIterator[None]:
        """Wait until nobody holds the name, at most until `deadline` of the event loop's clock, and hold it."""
        async with self._here.hold(name, deadline=deadline):
            lock = self._store.client.lock(f"attache:lock:{name}", timeout=self._longest, sleep=POLL_SECONDS)
            held = await self._store.ask(lambda: _acquire(lock, deadline), _not_held)
            try:
                yield
            finally:
                if held:
                    await self._store.ask(lambda: _release(lock), _not_held)


async def _acquire(lock: Any, deadline: float | None) -> bool:
    left = None if deadline is None else max(0.0, deadline - asyncio.get_running_loop().time())
    return bool(await lock.acquire(blocking_timeout=left))


async def _release(lock: Any) -> bool:
    from redis.exceptions import LockError

    with contextlib.suppress(LockError):
        await lock.release()
    return True


async def _not_held() -> bool:
    return False
