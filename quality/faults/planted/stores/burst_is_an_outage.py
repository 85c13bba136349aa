"""The store is declared unavailable when all connections of the pool are in use."""

from __future__ import annotations

from serving.redis import store
from serving.redis.store import SharedStore

_refuse = SharedStore._check_available


def _refuse_when_busy(self: SharedStore) -> None:
    if self._connections.locked():
        self._failed("busy")
    _refuse(self)


store.MAX_CONNECTIONS = 5
SharedStore._check_available = _refuse_when_busy  # type: ignore[method-assign]
