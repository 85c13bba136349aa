"""One limit of calls per second, of an endpoint or of all together, which yields to 429s and recovers."""

from __future__ import annotations

import math

WINDOW = 1.02
"""Seconds for which a slot stays taken after the answer: Stripe's second, and two hundredths for differing clocks."""

RECOVERY = 0.05
"""The part of the limit that comes back per second after 429s."""

LEAST_LEARNED = 25
"""The lowest limit that is assumed after a 429 where none is set: Stripe's own for one endpoint."""

FORGOTTEN = 2.0
FORGOTTEN_AFTER = 5.0
"""A learned limit is dropped at this multiple of it, and after so many seconds without a 429."""

TOLERATED = 0.05
"""The part of the calls whose 429s set no limit where there is none: it would recover as fast as it fell."""

LONGEST_PAUSE = 60.0
ROUNDING = 1e-6


class RateLimit:
    """A limit of n is n slots; None is no limit. Times are seconds of the event loop's clock.

    A call takes a slot when it is sent and leaves it one window after its answer came. It reached Stripe at some time
    between the two, so that of all calls that reach it within any one second, the first still has its slot when the
    last one arrives: there are never more than n, however long the way there took, and with no clock but our own.

    Each 429 takes one slot, so the limit falls by as many calls per second as Stripe refuses, and no further than to
    one. It recovers by RECOVERY per second. Where no limit is set, one is learned from the present rate of calls once
    more of them than TOLERATED are refused.
    """

    __slots__ = (
        "_learned",
        "_part",
        "_refused",
        "_slowed_at",
        "limit",
        "name",
        "paused_until",
        "sharers",
        "taken",
        "waiting",
    )

    def __init__(self, name: str, limit: int | None) -> None:
        self.name = name
        self.limit = limit
        self.taken = 0
        self.waiting = [0, 0, 0]
        self.sharers = 1
        self.paused_until = self._slowed_at = -math.inf
        self._learned: int | None = None
        self._refused = 0.0
        self._part = 1.0

    def has_room(self, now: float) -> bool:
        """Whether a call may be sent."""
        return now >= self.paused_until and self.taken < self.slots(now)

    def slots(self, now: float) -> float:
        """The slots at this time; infinite without a limit."""
        if self.limit is not None:
            return max(1, int(self.limit * min(1.0, self._part_left(now)) / self.sharers + ROUNDING))
        if self._learned is None or self._is_forgotten(now):
            return math.inf
        return max(1, int(self._learned * self._part_left(now) + ROUNDING))

    def pause(self, until: float) -> None:
        """Nothing is sent before then."""
        self.paused_until = max(self.paused_until, until)

    def slow_down(self, now: float, *, pause: float = 0.0) -> None:
        """Take one slot, since Stripe has answered a call with 429. `pause`: the seconds it asks to wait."""
        self.pause(now + min(pause, LONGEST_PAUSE))
        limit = self.limit or self._learn(now)
        if limit is not None:
            part = min(self._part_left(now), 1.0 if self.limit is not None else FORGOTTEN)
            self._part = max(0.0, part - 1 / limit)
        self._slowed_at = now

    def _learn(self, now: float) -> int | None:
        """The limit where none is set; None while so few calls are refused that there need not be one."""
        self._refused = 1 + self._refused * math.exp(self._slowed_at - now)
        if self._learned is None or self._is_forgotten(now):
            enough = self._refused > max(1, TOLERATED * self.taken)
            self._learned, self._part, self._slowed_at = max(self.taken, LEAST_LEARNED) if enough else None, 1.0, now
        return self._learned

    def _is_forgotten(self, now: float) -> bool:
        return self._part_left(now) >= FORGOTTEN or now - self._slowed_at > FORGOTTEN_AFTER

    def _part_left(self, now: float) -> float:
        # Before the first 429 the whole limit is there.
        return self._part + RECOVERY * min(now - self._slowed_at, 1 / RECOVERY)
