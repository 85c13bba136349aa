"""The expected wait of a new call, from the calls before it and their recent rate."""

from __future__ import annotations

import math
from collections.abc import Mapping

from stripe_api.rate_limiting.rate_limit import WINDOW, RateLimit
from stripe_api.rate_limiting.waiting_queue import Urgency


class ExpectedWait:
    """Estimates waits under the limit `all`, the limit of an endpoint, and at most `concurrent` calls in flight.

    `busy_replicas` is the number of replicas with waiting calls, which share the slots.
    """

    def __init__(self, all: RateLimit, concurrent: float) -> None:
        self._all = all
        self._concurrent = concurrent
        self._response_time = 0.1
        self._urgent_fraction = 0.0
        self.busy_replicas = 1

    def observe_response_time(self, seconds: float) -> None:
        """A call has ended."""
        self._response_time += 0.1 * (seconds - self._response_time)

    def observe_grant(self, urgency: Urgency) -> None:
        """A waiting call got its slot. Reads wait longer while many recent slots went to writes."""
        self._urgent_fraction += 0.05 * ((urgency is not Urgency.READ) - self._urgent_fraction)

    def seconds(self, limit: RateLimit, urgency: Urgency, now: float) -> float:
        """Expected seconds until a new call gets a slot."""
        return max(self.by_setting(limit, urgency, now).values())

    def by_setting(self, limit: RateLimit, urgency: Urgency, now: float) -> Mapping[str, float]:
        """Expected seconds for each limit, by the name of its setting."""
        before = sum(self._all.waiting[: urgency + 1])
        return {
            "STRIPE_CALLS_PER_SECOND": self._for_limit(self._all, urgency, now),
            "STRIPE_CALLS_PER_SECOND_PER_ENDPOINT": self._for_limit(limit, urgency, now),
            "STRIPE_MAX_CONNECTIONS": before / self._concurrent * self._response_time,
        }

    def _for_limit(self, limit: RateLimit, urgency: Urgency, now: float) -> float:
        slots = limit.slots(now)
        paused = max(0.0, limit.paused_until - now)
        if slots == math.inf:
            return paused
        before = sum(limit.waiting[: urgency + 1]) - (0 if paused else max(0, slots - limit.taken))
        if urgency is Urgency.READ:
            slots *= 1 - 0.98 * self._urgent_fraction
        return paused + max(0, before) / slots * self.busy_replicas * (WINDOW + self._response_time)
