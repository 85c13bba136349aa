"""The record of one event from Stripe, for its observers: logs, metrics, traces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

WEBHOOK, SWEEP = "webhook", "sweep"
"""The sources of events. Polling is a sweep of all events."""


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One event that was received. Observers may pass on all of it, because it has no id of a customer.

    `account` is the id of the connected account, if it is an event of one.
    `type` is None if events of this type concern no wallet. `outcome` is an EventOutcome. `wallets` is the number of
    wallets that changed. `delay` is the time since the event, and `seconds` the time that handling it took.
    """

    source: str
    outcome: str
    id: str | None = None
    type: str | None = None
    wallets: int = 0
    delay: float | None = None
    seconds: float = 0.0
    account: str | None = None


class EventObserver(Protocol):
    """Observes events."""

    def event_handled(self, record: EventRecord) -> None:
        """An event was handled or ignored."""


def observe(observers: Sequence[EventObserver], record: EventRecord) -> None:
    """Pass a record to all observers."""
    for observer in observers:
        observer.event_handled(record)
