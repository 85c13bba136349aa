"""While the store is unavailable, replicas use local locks instead of shared ones."""

from __future__ import annotations

from serving.redis import locks
from serving.redis.store import StoreUnavailable

_acquire, _release = locks._StoreLock.acquire, locks._StoreLock.release


async def _acquire_anyway(self: locks._StoreLock, deadline: float | None) -> None:
    try:
        await _acquire(self, deadline)
    except StoreUnavailable:
        self.may_be_held = False


async def _release_anyway(self: locks._StoreLock) -> bool:
    return await _release(self) if self.may_be_held else True


locks._StoreLock.acquire = _acquire_anyway  # type: ignore[method-assign]
locks._StoreLock.release = _release_anyway  # type: ignore[method-assign]
