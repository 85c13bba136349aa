"""Gives Stripe a rest when it has failed for a while, and those who wait an answer at once.

Closed: all calls go through. After `failures` tries in a row without a proper answer it opens: what would begin is
refused. After `pause` seconds one call at a time goes through as a probe; the first that is answered closes it.
"""

from __future__ import annotations

import logging
import math
from enum import Enum

from stripe_api.errors import CircuitOpen

logger = logging.getLogger("attache.stripe")


class State(Enum):
    """What the breaker does with calls. The values are words for logs and metrics."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class CircuitBreaker:
    """Times are seconds of the event loop's clock. `failures` None keeps it closed for ever."""

    def __init__(self, *, failures: int | None = None, pause: float = 5.0) -> None:
        self._most = math.inf if failures is None else failures
        self._pause = pause
        self._in_a_row = 0
        self._opened_at = -math.inf
        self._probing = False
        self.closed = True
        self.times_opened = 0

    def state(self, now: float) -> State:
        """What it does with calls now."""
        if self.closed:
            return State.CLOSED
        return State.OPEN if now < self._opened_at + self._pause and not self._probing else State.HALF_OPEN

    def admit(self, now: float) -> bool:
        """Whether this call is the probe; False while closed. Raises CircuitOpen when it must not be sent."""
        if self.closed:
            return False
        if self._probing or now < self._opened_at + self._pause:
            raise self.refusal(now)
        self._probing = True
        return True

    def refusal(self, now: float) -> CircuitOpen:
        """What those are told who are not let through."""
        left = self._opened_at + self._pause - now
        return CircuitOpen(max(1, math.ceil(left if left > 0 else self._pause)))

    def answered(self, sent_at: float) -> None:
        """Stripe has answered a call: with what was asked for, or with a refusal that is the call's own."""
        self._in_a_row = 0
        if not self.closed and sent_at >= self._opened_at:
            self.closed, self._probing = True, False
            logger.info("Stripe answers again: calls go through")

    def failed(self, now: float, *, probe: bool) -> bool:
        """No answer came, or one that tells of a failure of Stripe's. True when the breaker opens by that."""
        self._in_a_row += 1
        if probe:
            self._probing, self._opened_at = False, now
        if not self.closed or self._in_a_row < self._most:
            return False
        self.closed, self._opened_at = False, now
        self.times_opened += 1
        logger.warning("Stripe failed %d times in a row: calls are held back", self._in_a_row)
        return True

    def gave_up(self) -> None:
        """The probe ended without telling anything: the next call is one."""
        self._probing = False
