"""Decides which calls may wait for a slot and for how long, and rejects the others immediately."""

from __future__ import annotations

import math
from collections.abc import Mapping

from stripe_api.errors import Overloaded
from stripe_api.rate_limiting.rate_limit import WINDOW, RateLimit
from stripe_api.rate_limiting.waiting_queue import Urgency

MAX_RETRY_AFTER = 10
"""Maximum seconds that a rejected client is asked to wait, unless Stripe itself asks for more."""


class LoadShedding:
    """At most `max_waiting` calls wait, and only if their expected wait is at most `max_wait` seconds.

    For reads both limits are halved, to leave room for writes. The expected wait depends on the limit `all`, the limit
    of the call's endpoint, and at most `concurrent` calls in flight. `busy_replicas` is the number of replicas with
    waiting calls, which share the slots.
    """

    def __init__(self, all: RateLimit, concurrent: float, *, max_waiting: int, max_wait: float) -> None:
        self._all = all
        self._concurrent = concurrent
        self._max_waiting = max_waiting
        self._max_wait = max_wait
        self._response_time = 0.1
        self._urgent_fraction = 0.0
        self.busy_replicas = 1

    def observe_response_time(self, seconds: float) -> None:
        """A call has ended."""
        self._response_time += 0.1 * (seconds - self._response_time)

    def observe_grant(self, urgency: Urgency) -> None:
        """A waiting call got its slot. Reads wait longer while many recent slots went to writes."""
        self._urgent_fraction += 0.05 * ((urgency is not Urgency.READ) - self._urgent_fraction)

    def may_wait(self, limit: RateLimit, urgency: Urgency, now: float, deadline: float | None) -> bool:
        """Whether a new call may wait. Later steps of a write always may."""
        if urgency is Urgency.FINISHING:
            return True
        share = 0.5 if urgency is Urgency.READ else 1.0
        if sum(self._all.waiting) >= self._max_waiting * share:
            return False
        longest = self._max_wait * share
        if deadline is not None:
            longest = min(longest, deadline - now)
        return max(self._expected_waits(limit, urgency, now).values()) <= longest

    def wait_until(self, urgency: Urgency, now: float, deadline: float | None) -> float | None:
        """The end of the wait. It is later than expected, because more urgent calls may overtake."""
        if urgency is Urgency.FINISHING:
            return deadline
        until = now + 2 * self._max_wait
        return until if deadline is None else min(until, deadline)

    def error(self, limit: RateLimit, urgency: Urgency, now: float, *, connections_in_use: bool) -> Overloaded:
        """The error of a rejected call. It names the setting for which the call would wait longest."""
        waits = self._expected_waits(limit, urgency, now)
        is_full = {
            "STRIPE_CALLS_PER_SECOND": not self._all.has_room(now),
            "STRIPE_CALLS_PER_SECOND_PER_ENDPOINT": not limit.has_room(now),
            "STRIPE_MAX_CONNECTIONS": connections_in_use,
        }
        paused = max(self._all.paused_until, limit.paused_until) - now
        seconds = max(paused, min(max(waits.values()), MAX_RETRY_AFTER))
        longest = max(waits, key=lambda setting: (waits[setting], is_full[setting]))
        return Overloaded(max(1, math.ceil(seconds)), setting=longest)

    def _expected_waits(self, limit: RateLimit, urgency: Urgency, now: float) -> Mapping[str, float]:
        """Expected seconds until a new call gets a slot, by the setting of each limit."""
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
