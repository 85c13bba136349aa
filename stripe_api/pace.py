"""One limit of calls per second, of an endpoint or of all together, which yields to 429s and recovers."""

from __future__ import annotations

import math

WINDOW = 1.02
"""Seconds for which a slot stays taken after the answer: Stripe's second, and two hundredths for differing clocks."""

SLOWED = 0.5
"""What is left of the limit after a 429."""

RECOVERY = 0.05
"""What of the limit comes back per second."""

SETTLING = 1.0
"""Seconds after a 429 in which further ones are the echo of calls that were under way."""

PAUSE = 1.0
"""Seconds for which nothing is sent after a 429 where no limit is known that could be lowered."""

LONGEST_PAUSE = 60.0


class Pace:
    """A limit of n is n slots; None is no limit. Times are seconds of the event loop's clock.

    A call takes a slot when it is sent and leaves it one window after its answer came. It reached Stripe at some time
    between the two, so that of all calls that reach it within any one second, the first still has its slot when the
    last one arrives: there are never more than n, however long the way there took, and with no clock but our own.
    """

    __slots__ = ("_part", "_slowed_at", "limit", "name", "paused_until", "sharers", "taken", "waiting")

    def __init__(self, name: str, limit: int | None) -> None:
        self.name = name
        self.limit = limit
        self.taken = 0
        self.waiting = [0, 0, 0]
        self.sharers = 1
        self.paused_until = self._slowed_at = -math.inf
        self._part = 1.0

    def has_room(self, now: float) -> bool:
        """Whether a call may be sent."""
        return now >= self.paused_until and (self.limit is None or self.taken < self.slots(now))

    def slots(self, now: float) -> float:
        """How many slots there are, as things stand; infinite without a limit."""
        if self.limit is None:
            return math.inf
        return max(1, int(self.limit * self._part_left(now) / self.sharers))

    def pause(self, until: float) -> None:
        """Nothing is sent before then."""
        self.paused_until = max(self.paused_until, until)

    def slow_down(self, now: float, *, sent_at: float, pause: float = 0.0) -> bool:
        """Stripe has answered 429 to a call sent at `sent_at`. False where it is an echo of one that was heeded."""
        pause = min(pause, LONGEST_PAUSE)
        self.pause(now + pause)
        if sent_at < self._slowed_at or now - self._slowed_at < SETTLING:
            return False
        if self.limit is None:
            self.pause(now + PAUSE)
        self._part = self._part_left(now) * SLOWED
        self._slowed_at = now
        return True

    def _part_left(self, now: float) -> float:
        return 1.0 if self._part >= 1.0 else min(1.0, self._part + RECOVERY * (now - self._slowed_at))
