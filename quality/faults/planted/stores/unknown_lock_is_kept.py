"""A lock that the store grants after the owner's timeout is not released."""

from __future__ import annotations

from serving.redis import locks


def _keep(self: locks.SharedLocks, lock: locks._StoreLock) -> None:
    pass


locks.LIFETIME = 32.0
locks.SharedLocks._release_later = _keep  # type: ignore[method-assign]
