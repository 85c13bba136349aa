"""The stream of changes in one process, for a service without a shared store."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncIterator

from changes.change import WalletChange
from changes.streams.fan_out import FanOut
from changes.streams.stream import Entry


class InProcessStream:
    """Implements ChangeStream. Positions are only known to the process that made them."""

    def __init__(self) -> None:
        self._process = secrets.token_hex(4)
        self._number = 0
        self._fan_out = FanOut(self._position())

    async def publish(self, change: WalletChange) -> None:
        """Append a change, and pass it to its subscribers."""
        self._number += 1
        self._fan_out.add(Entry(self._position(), change))

    @contextlib.asynccontextmanager
    async def subscribe(self, wallet: str, after: str | None) -> AsyncIterator[AsyncIterator[Entry]]:
        """The changes of a wallet: those after a position, then each new one."""
        with self._fan_out.subscribe(wallet, after) as subscriber:
            yield subscriber

    async def aclose(self) -> None:
        """There is nothing to close."""

    def _position(self) -> str:
        return f"{self._process}-{self._number}"
