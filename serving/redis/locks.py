"""Named locks: within the process, or across all replicas through the shared store."""

from __future__ import annotations

import asyncio
import contextlib
import math
import uuid
from collections.abc import AsyncIterator, Awaitable
from typing import Any, Protocol

from serving.redis.store import SharedStore, StoreUnavailable

LIFETIME = 5.0
"""Seconds after which the store releases a lock that is not renewed, because its owner has died."""

RENEW_SECONDS = 1.0
FIRST_POLL, LONGEST_POLL = 0.05, 0.2
"""Seconds until a lock that is taken is requested again. The interval doubles up to the second value."""


class LockTimeout(Exception):
    """The lock was not free before the deadline."""


class LockLost(Exception):
    """The lock was lost, so another owner may have held it in the meantime."""


class Lease:
    """The time until which a lock is held, by the event loop's clock. Each renewal extends it."""

    __slots__ = ("until",)

    def __init__(self) -> None:
        self.until = math.inf

    def check(self) -> None:
        """Raises LockLost if another owner may hold the lock."""
        if asyncio.get_running_loop().time() >= self.until:
            raise LockLost


class Locks(Protocol):
    """Locks by name. `deadline` is a time of the event loop's clock.

    `hold` waits for the lock and holds it during the block. Before the block, it raises LockTimeout at the deadline, or
    StoreUnavailable. After a block without an error, it raises LockLost if the lock was lost meanwhile.
    """

    def hold(self, name: str, *, deadline: float | None) -> contextlib.AbstractAsyncContextManager[Lease]: ...

    async def aclose(self) -> None: ...


class LocksInProcess:
    """Locks within this process."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @contextlib.asynccontextmanager
    async def hold(self, name: str, *, deadline: float | None) -> AsyncIterator[Lease]:
        """See `Locks`."""
        lock, waiting = self._locks.get(name, (asyncio.Lock(), 0))
        self._locks[name] = (lock, waiting + 1)
        try:
            try:
                async with asyncio.timeout_at(deadline):
                    await lock.acquire()
            except TimeoutError:
                raise LockTimeout from None
            try:
                yield Lease()
            finally:
                lock.release()
        finally:
            lock, waiting = self._locks[name]
            self._locks[name] = (lock, waiting - 1)
            if waiting == 1:
                del self._locks[name]

    async def aclose(self) -> None:
        """Does nothing, because nothing runs in the background."""


class SharedLocks:
    """Locks across all replicas: first within the process, then in the store.

    The owner renews its lock. If the owner dies, the store releases the lock after LIFETIME seconds.
    """

    def __init__(self, store: SharedStore) -> None:
        self._store = store
        self._local = LocksInProcess()
        self._unreleased: set[_StoreLock] = set()
        self._releasing: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def hold(self, name: str, *, deadline: float | None) -> AsyncIterator[Lease]:
        """See `Locks`."""
        async with self._local.hold(name, deadline=deadline):
            lock = _StoreLock(self._store, f"attache:lock:{name}")
            try:
                await lock.acquire(deadline)
                renewing = asyncio.create_task(lock.keep())
                try:
                    yield lock.lease
                finally:
                    renewing.cancel()
                    was_held = await self._release(lock)
                if not was_held:
                    raise LockLost
            finally:
                if lock.may_be_held:
                    self._release_later(lock)

    async def aclose(self) -> None:
        """Stop background tasks."""
        if self._releasing is not None:
            self._releasing.cancel()
            await asyncio.gather(self._releasing, return_exceptions=True)

    async def _release(self, lock: _StoreLock) -> bool:
        """Release the lock. Returns whether it was certainly held until now."""
        try:
            return await lock.release()
        except StoreUnavailable:
            return False

    def _release_later(self, lock: _StoreLock) -> None:
        """Release the lock as soon as the store responds: a lost response may have granted it."""
        self._unreleased.add(lock)
        if self._releasing is None:
            self._releasing = asyncio.create_task(self._release_all())

    async def _release_all(self) -> None:
        while self._unreleased:
            await asyncio.sleep(FIRST_POLL)
            for lock in list(self._unreleased):
                with contextlib.suppress(StoreUnavailable):
                    await lock.release()
                    self._unreleased.discard(lock)
        self._releasing = None


class _StoreLock:
    """One lock in the store. Its token identifies the owner."""

    def __init__(self, store: SharedStore, name: str) -> None:
        self.lease = Lease()
        self.may_be_held = False
        """True even if the lock was requested and no response arrived."""

        self._store = store
        self._token = uuid.uuid4().hex.encode()
        self._lock = store.client.lock(name, timeout=LIFETIME, thread_local=False)

    async def acquire(self, deadline: float | None) -> None:
        """Wait for the lock. Raises LockTimeout or StoreUnavailable."""
        clock, poll = asyncio.get_running_loop().time, FIRST_POLL
        while not await self._take(deadline):
            if deadline is not None and clock() + poll > deadline:
                raise LockTimeout
            await asyncio.sleep(poll)
            poll = min(2 * poll, LONGEST_POLL)

    async def _take(self, deadline: float | None) -> bool:
        async def take() -> bool:
            self.may_be_held = True
            return bool(await self._lock.acquire(blocking=False, token=self._token))

        asked = asyncio.get_running_loop().time()
        self.may_be_held = await self._store.use(take, deadline=deadline)
        self.lease.until = asked + LIFETIME
        return self.may_be_held

    async def keep(self) -> None:
        """Renew the lock until it is lost."""
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            asked = clock()
            with contextlib.suppress(StoreUnavailable):
                if not await self._store.use(lambda: _owns(self._lock.reacquire())):
                    self.lease.until = -math.inf
                    return
                self.lease.until = asked + LIFETIME

    async def release(self) -> bool:
        """Release the lock. Returns whether it was held. Raises StoreUnavailable."""
        was_held = await self._store.use(lambda: _owns(self._lock.do_release(self._token)))
        self.may_be_held = False
        return was_held


async def _owns(asked: Awaitable[Any]) -> bool:
    from redis.exceptions import LockError

    try:
        await asked
    except LockError:
        return False
    return True


def create_locks(store: SharedStore | None) -> Locks:
    """Locks in the shared store, or in this process without one."""
    return LocksInProcess() if store is None else SharedLocks(store)
