"""A store whose connections are all in use is declared unavailable."""

from __future__ import annotations

from serving.redis import store
from serving.redis.store import SharedStore

_refuse = SharedStore._refuse_if_unavailable


def _refuse_when_busy(self: SharedStore) -> None:
    if self._places.locked():
        self._failed("busy")
    _refuse(self)


store.PLACES = 5
SharedStore._refuse_if_unavailable = _refuse_when_busy  # type: ignore[method-assign]
