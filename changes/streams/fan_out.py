"""Keeps the latest changes in this process, and passes each new one to the subscribers of its wallet."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace

from changes.change import ChangeKind, WalletChange
from changes.streams.stream import Entry

KEPT_CHANGES = 10_000
"""Maximum number of changes, of all wallets together, that are kept for clients that resume."""

QUEUED_CHANGES = 100
"""Maximum number of changes that wait for one subscriber. If there are more, a RESYNC replaces them."""


class Subscriber(AsyncIterator[Entry]):
    """The changes for one subscriber, in a bounded queue. Cancelling the wait for a change loses none."""

    __slots__ = ("_arrived", "_entries")

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries: deque[Entry] = deque()
        self._arrived = asyncio.Event()
        for entry in entries:
            self.add(entry)

    async def __anext__(self) -> Entry:
        while not self._entries:
            self._arrived.clear()
            await self._arrived.wait()
        return self._entries.popleft()

    def add(self, entry: Entry) -> None:
        """Queue a change. If the queue is full, a RESYNC at the position of this change replaces all of it."""
        if len(self._entries) >= QUEUED_CHANGES:
            self._entries.clear()
            entry = Entry(entry.position, replace(entry.change, kind=ChangeKind.RESYNC, payment_method=None))
        self._entries.append(entry)
        self._arrived.set()


class FanOut:
    """The latest changes by position and by wallet, and the subscribers of each wallet.

    `start` is the position before the first change. Only positions of kept changes, and the one before the oldest of
    them, are known.
    """

    def __init__(self, start: str) -> None:
        self._subscribers: dict[str, set[Subscriber]] = {}
        self._keep(start, ())

    @property
    def head(self) -> str:
        """The position of the latest change."""
        return self._entries[-1].position if self._entries else self._start

    def add(self, entry: Entry) -> None:
        """Keep a change, and pass it to the subscribers of its wallet."""
        self._append(entry)
        for subscriber in self._subscribers.get(entry.change.wallet, ()):
            subscriber.add(entry)

    def restart(self, start: str, entries: Iterable[Entry]) -> None:
        """Replace the kept changes after changes may have been missed. Every subscriber gets a RESYNC."""
        self._keep(start, entries)
        for wallet, subscribers in self._subscribers.items():
            for subscriber in subscribers:
                subscriber.add(self._resync(wallet))

    @contextlib.contextmanager
    def subscribe(self, wallet: str, after: str | None) -> Iterator[Subscriber]:
        """The changes of a wallet: the kept ones after a position, then each new one."""
        subscriber = Subscriber(self._since(wallet, after) if after is not None else ())
        self._subscribers.setdefault(wallet, set()).add(subscriber)
        try:
            yield subscriber
        finally:
            self._remove(wallet, subscriber)

    def _remove(self, wallet: str, subscriber: Subscriber) -> None:
        left = self._subscribers[wallet]
        left.discard(subscriber)
        if not left:
            del self._subscribers[wallet]

    def _keep(self, start: str, entries: Iterable[Entry]) -> None:
        self._start = start
        self._first = 0
        self._entries: deque[Entry] = deque()
        self._numbers: dict[str, int] = {}
        self._by_wallet: dict[str, deque[Entry]] = {}
        for entry in entries:
            self._append(entry)

    def _append(self, entry: Entry) -> None:
        self._numbers[entry.position] = self._first + len(self._entries)
        self._entries.append(entry)
        self._by_wallet.setdefault(entry.change.wallet, deque()).append(entry)
        if len(self._entries) > KEPT_CHANGES:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        oldest = self._entries.popleft()
        self._first += 1
        self._start = oldest.position
        del self._numbers[oldest.position]
        of_wallet = self._by_wallet[oldest.change.wallet]
        of_wallet.popleft()
        if not of_wallet:
            del self._by_wallet[oldest.change.wallet]

    def _since(self, wallet: str, after: str) -> list[Entry]:
        """The kept changes of a wallet after a position. A RESYNC if the position is not known."""
        number = self._first - 1 if after == self._start else self._numbers.get(after)
        if number is None:
            return [self._resync(wallet)]
        return [entry for entry in self._by_wallet.get(wallet, ()) if self._numbers[entry.position] > number]

    def _resync(self, wallet: str) -> Entry:
        return Entry(self.head, WalletChange(wallet, ChangeKind.RESYNC, int(time.time())))
