"""The log of a world: changes, deliveries of events, writes and reads, with timestamps."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quality.truth.reads import Fact
from sandbox import Sandbox
from sandbox.objects.webhooks.event import Event
from sandbox.objects.webhooks.webhook_endpoint import WebhookEndpoint
from sandbox.state.ledger import Entry

if TYPE_CHECKING:
    from quality.truth.subscriber import Subscriber

Now = Callable[[], float]
"""Returns the time of the sandbox's clock in seconds."""


@dataclass(frozen=True)
class Observation:
    """The facts in a response to a read. `ids` has the ids of all its customers and payment methods."""

    customer: str
    reader: str
    start: float
    end: float
    no_cache: bool
    facts: Sequence[Fact]
    ids: frozenset[str]


@dataclass(frozen=True)
class ServiceWrite:
    """The times at which a mutation of a wallet started and ended."""

    customer: str
    start: float
    end: float


@dataclass
class Log:
    """The records that the auditor needs."""

    sandbox: Sandbox
    now: Now
    observations: list[Observation] = field(default_factory=list)
    writes: list[ServiceWrite] = field(default_factory=list)
    accepted: dict[str, float] = field(default_factory=dict)
    """The time at which the service first accepted each event, by event id."""

    events: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The event ids of each ledger entry, by the entry's number. Stripe may send two events for a change."""

    subscribers: list[Subscriber] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    """The number of failed responses by error code."""

    def __post_init__(self) -> None:
        self.sandbox.store.subscribe(self._add_event)

    def _add_event(self, event: Event, endpoints: Sequence[WebhookEndpoint]) -> None:
        self.events[self.sandbox.ledger.last_seq].append(event.id)

    def accept(self, event: str) -> bool:
        """Record that the service has accepted an event. Returns whether it is the first time."""
        is_first = event not in self.accepted
        self.accepted.setdefault(event, self.now())
        return is_first

    def entries_of(self, customer: str) -> list[Entry]:
        """The ledger entries of the customer and of all its payment methods, including detached ones."""
        entries = self.sandbox.ledger.entries()
        objects = {entry.object for entry in entries if entry.customer == customer}
        return [entry for entry in entries if entry.object in objects]
