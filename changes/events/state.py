"""The state of received events: which were handled, which own writes came back as events, and the last sweep.

Replicas share it in the store (`redis_state`). Without a store, each process has its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from cachetools import TTLCache

from stripe_api.ids import name_in

SEEN_SECONDS = 7 * 24 * 3600
"""How long the id of a handled event is kept. Stripe repeats deliveries for three days."""

RETURNED_SECONDS = 24 * 3600
"""How long the handled event of an attach or a detach is kept. Repeating an attach causes no event."""

MAX_SEEN = 50_000
"""Maximum number of ids that one process keeps. An event whose id is forgotten is handled again, which is safe."""

NEVER = 0.0
"""Stands for the time of something that has not happened yet."""


@dataclass(frozen=True, slots=True)
class ExpectedEvent:
    """The event that an attach or a detach causes.

    Those of connected accounts have types of their own: Stripe sends them to another endpoint, which may fail alone.
    """

    type: str
    payment_method: str


def expected_event(type: str, payment_method: str, account: str | None) -> ExpectedEvent:
    """The event with this type, of a connected account if one is given."""
    if account is None:
        return ExpectedEvent(type, payment_method)
    return ExpectedEvent(f"connect {type}", name_in(account, payment_method))


@dataclass(frozen=True, slots=True)
class EventTimes:
    """The Unix times of the last sweep that succeeded, and by type of event, of the last arrival and the last miss.

    An own write that did not come back as an event is a miss.
    """

    swept: float = NEVER
    arrived: Mapping[str, float] = field(default_factory=dict)
    missed: Mapping[str, float] = field(default_factory=dict)

    @property
    def missing_types(self) -> frozenset[str]:
        """The types of events that don't arrive: the latest event of the type was missed."""
        return frozenset(type for type, at in self.missed.items() if at >= self.arrived.get(type, NEVER))


class EventState(Protocol):
    """The state. Its methods raise StoreUnavailable if the shared store can't be used."""

    async def is_seen(self, id: str) -> bool:
        """Whether the event was handled before."""
        ...

    async def mark_seen(self, id: str, event: ExpectedEvent | None) -> None:
        """Record that the event was handled. `event` is given for that of an attach or a detach."""
        ...

    async def has_returned(self, event: ExpectedEvent) -> bool:
        """Whether this event was handled in the last day, by any replica."""
        ...

    async def record_miss(self, type: str) -> None:
        """Record that the event of an own write did not arrive."""
        ...

    async def times(self) -> EventTimes:
        """The times of sweeps, arrivals and misses in all replicas."""
        ...

    async def take_lease(self, seconds: float) -> bool:
        """Acquire the lease for sweeps for some seconds. Returns False if another replica holds it."""
        ...

    async def record_sweep(self, until: float) -> None:
        """Record that a sweep has read all events until this Unix time."""
        ...


class EventStateInProcess:
    """The state of one process. `now` returns the Unix time."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._seen: TTLCache[str, None] = TTLCache(MAX_SEEN, SEEN_SECONDS, now)
        self._returned: TTLCache[ExpectedEvent, None] = TTLCache(MAX_SEEN, RETURNED_SECONDS, now)
        self._times = EventTimes()

    async def is_seen(self, id: str) -> bool:
        """See `EventState`."""
        return id in self._seen

    async def mark_seen(self, id: str, event: ExpectedEvent | None) -> None:
        """See `EventState`."""
        self._seen[id] = None
        if event is not None:
            self._returned[event] = None
            self._times = replace(self._times, arrived={**self._times.arrived, event.type: self._now()})

    async def has_returned(self, event: ExpectedEvent) -> bool:
        """See `EventState`."""
        return event in self._returned

    async def record_miss(self, type: str) -> None:
        """See `EventState`."""
        self._times = replace(self._times, missed={**self._times.missed, type: self._now()})

    async def times(self) -> EventTimes:
        """See `EventState`."""
        return self._times

    async def take_lease(self, seconds: float) -> bool:
        """Always true: there is no other replica."""
        return True

    async def record_sweep(self, until: float) -> None:
        """See `EventState`."""
        self._times = replace(self._times, swept=until)
