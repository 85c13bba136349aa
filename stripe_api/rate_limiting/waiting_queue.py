"""The queue of calls that wait for a slot: by urgency, then in the order of arrival."""

from __future__ import annotations

import asyncio
import bisect
from collections.abc import Iterator
from enum import IntEnum
from typing import TYPE_CHECKING

from stripe_api.rate_limiting.rate_limit import RateLimit

if TYPE_CHECKING:
    from stripe_api.rate_limiting.scheduler import Slot


class Urgency(IntEnum):
    """The priority of a call. The lowest number goes first."""

    FINISHING = 0
    """A later step of a write in progress, or a retry whose earlier attempt is in doubt."""
    WRITE = 1
    """The first step of a write, and the reads that prepare it."""
    READ = 2


class Waiter:
    """A waiting call. `place` is its position in the queue; `slot` is its result."""

    __slots__ = ("limit", "place", "since", "slot", "urgency")

    def __init__(self, limit: RateLimit, urgency: Urgency, number: int, since: float) -> None:
        self.since = since
        self.limit = limit
        self.urgency = urgency
        self.place = (urgency, number)
        self.slot: asyncio.Future[Slot] = asyncio.get_running_loop().create_future()


class WaitingQueue:
    """The waiting calls, in order. Both `all` and the limit of a call's endpoint count the calls by urgency."""

    def __init__(self, all: RateLimit) -> None:
        self._all = all
        self._entries: list[tuple[Urgency, int, Waiter]] = []

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Waiter]:
        return (waiter for _, _, waiter in self._entries)

    def add(self, waiter: Waiter) -> None:
        """Add a call, at its place."""
        bisect.insort(self._entries, (*waiter.place, waiter))
        self._all.waiting[waiter.urgency] += 1
        waiter.limit.waiting[waiter.urgency] += 1

    def remove(self, waiter: Waiter) -> bool:
        """Remove a call. Returns False if it is no longer in the queue."""
        at = bisect.bisect_left(self._entries, waiter.place)
        if at == len(self._entries) or self._entries[at][2] is not waiter:
            return False
        del self._entries[at]
        self._all.waiting[waiter.urgency] -= 1
        waiter.limit.waiting[waiter.urgency] -= 1
        return True

    def promote_reads(self, now: float, max_wait: float) -> None:
        """Give the urgency of writes to reads that have waited `max_wait` seconds."""
        while (at := bisect.bisect_left(self._entries, (Urgency.READ,))) < len(self._entries):
            waiter = self._entries[at][2]
            if now < waiter.since + max_wait:
                return
            self.remove(waiter)
            waiter.urgency = Urgency.WRITE
            waiter.place = (waiter.urgency, waiter.place[1])
            self.add(waiter)

    def first_ready(self, now: float) -> Waiter | None:
        """The first call whose endpoint has a free slot. A call that was cancelled in the meantime is skipped."""
        return next((waiter for waiter in self if waiter.limit.has_room(now) and not waiter.slot.done()), None)
