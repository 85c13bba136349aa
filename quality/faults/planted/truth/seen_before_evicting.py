"""An event is marked as seen before its wallets are evicted, with a delay in between.

A second delivery during the delay is accepted although nothing was evicted. A crash during the delay loses the event.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from changes.change import ChangeKind
from changes.events.event import Event
from changes.events.handler import EventHandler

STORE_SECONDS = 0.05

_apply = EventHandler._apply


async def _apply_late(self: EventHandler, event: Event, kind: ChangeKind) -> Collection[str]:
    await self._state.mark_seen(event.id, None)
    await asyncio.sleep(STORE_SECONDS)
    return await _apply(self, event, kind)


EventHandler._apply = _apply_late  # type: ignore[method-assign]
