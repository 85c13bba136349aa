"""The circuit breaker: pauses calls to Stripe after repeated failures, and rejects calls immediately during the pause.

Closed: all calls are sent. After `failures` failed attempts in a row it opens, and new calls are rejected. After
`pause` seconds it is half open and sends one call at a time as a probe. The first response closes it.
"""

from __future__ import annotations

import logging
import math
from enum import Enum

from stripe_api.errors import CircuitOpen
from stripe_api.failures.failure_reasons import Reason

logger = logging.getLogger("attache.stripe")


class State(Enum):
    """The state of the circuit breaker, as in logs and metrics."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class CircuitBreaker:
    """Times are seconds of the event loop's clock. With `failures` None it never opens."""

    def __init__(self, *, failures: int | None = None, pause: float = 5.0) -> None:
        self._max_failures = math.inf if failures is None else failures
        self._pause = pause
        self._failures = 0
        self._opened_at = -math.inf
        self._probing = False
        self.closed = True
        self.times_opened = 0

    def state(self, now: float) -> State:
        """The current state."""
        if self.closed:
            return State.CLOSED
        return State.OPEN if now < self._opened_at + self._pause and not self._probing else State.HALF_OPEN

    def admit(self, now: float) -> bool:
        """Whether this call is the probe. False while closed. Raises CircuitOpen if the call must not be sent."""
        if self.closed:
            return False
        if self._probing or now < self._opened_at + self._pause:
            raise self.error(now)
        self._probing = True
        return True

    def error(self, now: float) -> CircuitOpen:
        """The error for a rejected call."""
        left = self._opened_at + self._pause - now
        return CircuitOpen(max(1, math.ceil(left if left > 0 else self._pause)))

    def record_response(self, sent_at: float) -> None:
        """Record a response of Stripe: a success, or an error that concerns one call."""
        self._failures = 0
        if not self.closed and sent_at >= self._opened_at:
            self.closed, self._probing = True, False
            logger.info("Circuit breaker closed: Stripe responds again")

    def record_failure(self, now: float, reason: Reason | None, *, probe: bool) -> bool:
        """Record a failed attempt and its reason. Returns True if it opens the breaker."""
        self._failures += 1
        if probe:
            self._probing, self._opened_at = False, now
        if not self.closed or self._failures < self._max_failures:
            return False
        self.closed, self._opened_at = False, now
        self.times_opened += 1
        logger.warning(
            "Circuit breaker opened after %d failed tries", self._failures, extra={"facts": {"reason": reason}}
        )
        return True

    def cancel_probe(self) -> None:
        """The probe ended without a result. The next call is the probe."""
        self._probing = False
