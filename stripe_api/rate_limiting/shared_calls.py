"""The state that the schedulers of all accounts share: the calls in flight, the order of accounts, and counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from stripe_api.rate_limiting.waiting_queue import Urgency


class Waiting(Protocol):
    """A scheduler with waiting calls."""

    def catch_up(self, now: float) -> bool:
        """Grant slots to waiting calls. Returns whether one was granted or requested."""


@dataclass
class Counts:
    """Counts since the start of the process."""

    waited_seconds: float = 0.0
    shed: dict[str, int] = field(default_factory=lambda: {urgency.name.lower(): 0 for urgency in Urgency})


class SharedCalls:
    """`waiting` are the schedulers with waiting calls, the one that was granted a slot least recently first."""

    __slots__ = ("counts", "in_flight", "waiting")

    def __init__(self) -> None:
        self.in_flight = 0
        self.counts = Counts()
        self.waiting: dict[Waiting, None] = {}

    def catch_up(self, now: float) -> None:
        """Let the schedulers grant slots. One that did so goes behind the others."""
        for scheduler in list(self.waiting):
            if scheduler.catch_up(now) and scheduler in self.waiting:
                del self.waiting[scheduler]
                self.waiting[scheduler] = None
