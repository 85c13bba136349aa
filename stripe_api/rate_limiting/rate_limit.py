"""One limit of calls per second, for an endpoint or for all calls. It falls after 429s and recovers."""

from __future__ import annotations

import math

WINDOW = 1.02
"""Seconds for which a call keeps its slot after the response: Stripe's second, and 0.02 for differing clocks."""

RECOVERY = 0.05
"""The fraction of the limit that is restored per second after 429s."""

MIN_LEARNED = 25
"""The lowest limit that is learned from 429s if none is set. It is Stripe's own limit for one endpoint."""

DROP_FACTOR = 2.0
DROP_SECONDS = 5.0
"""A learned limit is dropped when it has recovered to this multiple, or after so many seconds without a 429."""

TOLERATED = 0.05
"""The fraction of calls with a 429 up to which no limit is learned: it would recover as fast as it falls."""

MAX_PAUSE = 60.0
ROUNDING = 1e-6


class RateLimit:
    """A limit of n calls per second is n slots. None is no limit. Times are seconds of the event loop's clock.

    A call takes a slot when it is sent, and returns it one window after its response. It reached Stripe at some time in
    between. So of all calls that reach Stripe within one second, the first still has its slot when the last is sent:
    there are never more than n, whatever the latency, and only the local clock is needed.

    Each 429 removes one slot, so the limit falls by the number of calls per second that Stripe rejects. The minimum is
    one slot. The limit recovers by RECOVERY per second. If none is set, one is learned from the current rate of calls
    when Stripe rejects more than TOLERATED of them.
    """

    __slots__ = (
        "_factor",
        "_learned",
        "_rejected",
        "_slowed_at",
        "name",
        "paused_until",
        "per_second",
        "sharers",
        "taken",
        "waiting",
    )

    def __init__(self, name: str, per_second: int | None) -> None:
        self.name = name
        self.per_second = per_second
        self.taken = 0
        self.waiting = [0, 0, 0]
        self.sharers = 1
        self.paused_until = self._slowed_at = -math.inf
        self._learned: int | None = None
        self._rejected = 0.0
        self._factor = 1.0

    def has_room(self, now: float) -> bool:
        """Whether a call may be sent."""
        return now >= self.paused_until and self.taken < self.slots(now)

    def slots(self, now: float) -> float:
        """The current number of slots. Infinite without a limit."""
        if self.per_second is not None:
            factor = min(1.0, self._current_factor(now))
            return max(1, int(self.per_second * factor / self.sharers + ROUNDING))
        if self._learned is None or self._is_dropped(now):
            return math.inf
        return max(1, int(self._learned * self._current_factor(now) + ROUNDING))

    def is_lowered(self, now: float) -> bool:
        """Whether there are fewer slots than configured, or a pause."""
        return now < self.paused_until or self.slots(now) < (self.per_second or math.inf)

    def pause(self, until: float) -> None:
        """Send nothing before this time."""
        self.paused_until = max(self.paused_until, until)

    def slow_down(self, now: float, *, pause: float = 0.0) -> None:
        """Remove one slot after a 429. `pause` is the number of seconds that Stripe asks to wait."""
        self.pause(now + min(pause, MAX_PAUSE))
        limit = self.per_second or self._learn(now)
        if limit is not None:
            factor = min(self._current_factor(now), 1.0 if self.per_second is not None else DROP_FACTOR)
            self._factor = max(0.0, factor - 1 / limit)
        self._slowed_at = now

    def _learn(self, now: float) -> int | None:
        """The learned limit. None while Stripe rejects so few calls that no limit is needed."""
        self._rejected = 1 + self._rejected * math.exp(self._slowed_at - now)
        if self._learned is None or self._is_dropped(now):
            enough = self._rejected > max(1, TOLERATED * self.taken)
            self._learned, self._factor, self._slowed_at = max(self.taken, MIN_LEARNED) if enough else None, 1.0, now
        return self._learned

    def _is_dropped(self, now: float) -> bool:
        return self._current_factor(now) >= DROP_FACTOR or now - self._slowed_at > DROP_SECONDS

    def _current_factor(self, now: float) -> float:
        # The minimum is for the time before the first 429, when _slowed_at is infinite.
        return self._factor + RECOVERY * min(now - self._slowed_at, 1 / RECOVERY)
