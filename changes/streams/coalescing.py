"""Combines equal changes of a wallet that shortly follow each other, so that subscribers receive one of them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from changes.change import ChangeKind
from changes.streams.stream import Entry

WINDOW_SECONDS = 0.25
"""Seconds from the first change of a window to its end, when its changes are passed on."""


class Coalesced(AsyncIterator[Entry]):
    """The changes of one wallet, in windows of WINDOW_SECONDS that begin with a change.

    Of the changes in a window that have the same kind and payment method, only the last is passed on. A RESYNC replaces
    all changes before it. Positions ascend, so a client can resume after any of them. Cancelling the wait for a change
    loses none.
    """

    __slots__ = ("_closes", "_entries", "_ready", "_window")

    def __init__(self, entries: AsyncIterator[Entry]) -> None:
        self._entries = entries
        self._window: dict[tuple[ChangeKind, str | None], Entry] = {}
        self._closes = 0.0
        self._ready: deque[Entry] = deque()

    async def __anext__(self) -> Entry:
        if not self._ready:
            await self._fill()
        return self._ready.popleft()

    async def _fill(self) -> None:
        """Wait for a change and for the end of its window."""
        if not self._window:
            self._add(await anext(self._entries))
            self._closes = asyncio.get_running_loop().time() + WINDOW_SECONDS
        try:
            async with asyncio.timeout_at(self._closes):
                while True:
                    self._add(await anext(self._entries))
        except TimeoutError:
            self._ready.extend(self._window.values())
            self._window.clear()

    def _add(self, entry: Entry) -> None:
        kind = entry.change.kind
        if kind is ChangeKind.RESYNC:
            self._window.clear()
        key = (kind, entry.change.payment_method)
        # The order is that of the last change with each key.
        self._window.pop(key, None)
        self._window[key] = entry
