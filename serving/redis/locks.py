"""One at a time for each name: within the process, or over all replicas through the store that they share."""

from __future__ import annotations

import asyncio
import contextlib
import math
import uuid
from collections.abc import AsyncIterator, Awaitable
from typing import Any, Protocol

from serving.redis.store import SharedStore, StoreUnavailable

LIFETIME = 5.0
"""Seconds after which the store releases a lock that nobody renews, because its owner has died."""

RENEW_SECONDS = 1.0
FIRST_POLL, LONGEST_POLL = 0.05, 0.2
"""Seconds until a lock that somebody holds is asked for again; longer each time."""


class LockTimeout(Exception):
    """The deadline came before the lock was free."""


class LockLost(Exception):
    """The lock was not held all the time, so that somebody else may have held it meanwhile."""


class Lease:
    """A lock that is held until a time of the event loop's clock, which its renewals move."""

    __slots__ = ("until",)

    def __init__(self) -> None:
        self.until = math.inf

    def check(self) -> None:
        """Raises LockLost where the lock may have passed to somebody else."""
        if asyncio.get_running_loop().time() >= self.until:
            raise LockLost


class Locks(Protocol):
    """Locks by name. `deadline` is a time of the event loop's clock.

    `hold` waits until nobody holds the name, and holds it. Raises LockTimeout when that is not before the deadline, and
    StoreUnavailable; nothing was done then. Where the block ends without an error, but the lock was lost on the way,
    raises LockLost.
    """

    def hold(self, name: str, *, deadline: float | None) -> contextlib.AbstractAsyncContextManager[Lease]: ...

    async def aclose(self) -> None: ...


class LocksInProcess:
    """Locks that hold within this process."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @contextlib.asynccontextmanager
    async def hold(self, name: str, *, deadline: float | None) -> AsyncIterator[Lease]:
        """As `Locks` says."""
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
        """Nothing runs in the background."""


class SharedLocks:
    """Locks that hold over all replicas: within the process first, then in the store.

    The owner renews a lock while it holds it. When it dies, the store releases the lock after LIFETIME seconds.
    """

    def __init__(self, store: SharedStore) -> None:
        self._store = store
        self._here = LocksInProcess()
        self._unreleased: set[_StoreLock] = set()
        self._releasing: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def hold(self, name: str, *, deadline: float | None) -> AsyncIterator[Lease]:
        """As `Locks` says."""
        async with self._here.hold(name, deadline=deadline):
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
        """Leave nothing running."""
        if self._releasing is not None:
            self._releasing.cancel()
            await asyncio.gather(self._releasing, return_exceptions=True)

    async def _release(self, lock: _StoreLock) -> bool:
        """Whether the lock was held until now, as far as is known."""
        try:
            return await lock.release()
        except StoreUnavailable:
            return False

    def _release_later(self, lock: _StoreLock) -> None:
        """The store may have given the lock to us without our knowledge: release it as soon as the store answers."""
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
    """One lock in the store, known by its token."""

    def __init__(self, store: SharedStore, name: str) -> None:
        self.lease = Lease()
        self.may_be_held = False
        """Also where the store was asked for the lock, and the answer did not come."""

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
        """Whether it was held. Raises StoreUnavailable."""
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
