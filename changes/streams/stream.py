"""The stream of changes, from which each subscriber of a wallet receives that wallet's changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from changes.change import WalletChange


@dataclass(frozen=True, slots=True)
class Entry:
    """A change with its position in the stream, from which a client can resume."""

    position: str
    change: WalletChange


class ChangeStream(Protocol):
    """Receives changes and passes each of them to its subscribers at least once."""

    async def publish(self, change: WalletChange) -> None:
        """Append a change. Raises StreamUnavailable if the shared store can't be used."""
        ...

    def subscribe(self, wallet: str, after: str | None) -> AbstractAsyncContextManager[AsyncIterator[Entry]]:
        """The changes of a wallet: those after a position, then each new one.

        A RESYNC entry replaces changes that are no longer kept, or that a slow subscriber did not take.
        """
        ...


class StreamUnavailable(Exception):
    """The shared store can't be used. A change may or may not have been published."""
