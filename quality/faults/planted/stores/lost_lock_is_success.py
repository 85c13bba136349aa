"""Success is reported although the lock was lost."""

from __future__ import annotations

from serving.redis import locks

_release = locks.SharedLocks._release


async def _always_held(self: locks.SharedLocks, lock: locks._StoreLock) -> bool:
    await _release(self, lock)
    return True


def _no_check(self: locks.Lease) -> None:
    pass


locks.SharedLocks._release = _always_held  # type: ignore[method-assign]
locks.Lease.check = _no_check  # type: ignore[method-assign]
