"""Decides which calls may wait for a slot and for how long, and rejects the others immediately."""

from __future__ import annotations

import math

from stripe_api.errors import Overloaded
from stripe_api.rate_limiting.expected_wait import ExpectedWait
from stripe_api.rate_limiting.rate_limit import RateLimit
from stripe_api.rate_limiting.waiting_queue import Urgency

MAX_RETRY_AFTER = 10
"""Maximum seconds that a rejected client is asked to wait, unless Stripe itself asks for more."""


class LoadShedding:
    """At most `max_waiting` calls wait, and only if their expected wait is at most `max_wait` seconds.

    For reads both limits are halved, to leave room for writes.
    """

    def __init__(self, all: RateLimit, expected: ExpectedWait, *, max_waiting: int, max_wait: float) -> None:
        self._all = all
        self._expected = expected
        self._max_waiting = max_waiting
        self._max_wait = max_wait

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
        return self._expected.seconds(limit, urgency, now) <= longest

    def wait_until(self, urgency: Urgency, now: float, deadline: float | None) -> float | None:
        """The end of the wait. It is later than expected, because more urgent calls may overtake."""
        if urgency is Urgency.FINISHING:
            return deadline
        until = now + 2 * self._max_wait
        return until if deadline is None else min(until, deadline)

    def error(self, limit: RateLimit, urgency: Urgency, now: float, *, connections_in_use: bool) -> Overloaded:
        """The error of a rejected call. It names the setting for which the call would wait longest."""
        waits = self._expected.by_setting(limit, urgency, now)
        is_full = {
            "STRIPE_CALLS_PER_SECOND": not self._all.has_room(now),
            "STRIPE_CALLS_PER_SECOND_PER_ENDPOINT": not limit.has_room(now),
            "STRIPE_MAX_CONNECTIONS": connections_in_use,
        }
        paused = max(self._all.paused_until, limit.paused_until) - now
        seconds = max(paused, min(max(waits.values()), MAX_RETRY_AFTER))
        longest = max(waits, key=lambda setting: (waits[setting], is_full[setting]))
        return Overloaded(max(1, math.ceil(seconds)), setting=longest)
