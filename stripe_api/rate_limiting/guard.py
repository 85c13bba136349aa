"""Care for the upstream: what each call asks before it is sent, and what is learnt from how it ended."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

from stripe_api.errors import APIConnectionError, APIError, RateLimitError, StripeError
from stripe_api.failure_reasons import Reason
from stripe_api.rate_limiting.circuit_breaker import CircuitBreaker, State
from stripe_api.rate_limiting.loop_monitor import LoopMonitor
from stripe_api.rate_limiting.scheduler import ALL, Permit, Scheduler, Urgency

PATIENCE = 1.0
"""Seconds that a try must have had before its running out of time says anything of Stripe."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How things stand, for metrics. The counts go up from the start of the process; times are seconds.

    `slots` and `limits` have an entry for all calls together and for each endpoint that was called: the calls per
    second that are let through now, and those that the settings allow; None where there is no limit.
    """

    in_flight: int
    waiting: Mapping[str, int]
    sent: int
    waited: int
    waited_seconds: float
    shed: Mapping[str, int]
    rate_limited: int
    slots: Mapping[str, int | None]
    limits: Mapping[str, int | None]
    replicas: int
    breaker: State
    breaker_opened: int
    breaker_refused: int


class Turn:
    """Leave to send one call, for a `with` block around it. How the block ends is taken note of."""

    __slots__ = ("_guard", "began", "endpoint", "is_probe", "permit", "stopped_before")

    def __init__(self, guard: UpstreamGuard, permit: Permit, endpoint: str, *, is_probe: bool) -> None:
        self._guard = guard
        self.permit = permit
        self.began = permit.granted_at
        self.endpoint = endpoint
        self.is_probe = is_probe
        guard.monitor.start(self.began)
        self.stopped_before = guard.monitor.stopped(self.began)

    def __enter__(self) -> Turn:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._guard.ended(self, error)


class UpstreamGuard:
    """The scheduler and the breaker, as the client of Stripe sees them."""

    def __init__(self, scheduler: Scheduler | None = None, breaker: CircuitBreaker | None = None) -> None:
        self.scheduler = scheduler or Scheduler()
        self.breaker = breaker or CircuitBreaker()
        self.monitor = LoopMonitor(lambda: self.scheduler.in_flight > 0)
        self.refused = 0

    def take(self, endpoint: str, urgency: Urgency, now: float) -> Turn | None:
        """Leave to send, where there is room at once. Raises CircuitOpen."""
        probe = self._admit(urgency, now)
        permit = self.scheduler.take(endpoint, now)
        if permit is not None:
            return Turn(self, permit, endpoint, is_probe=probe)
        if probe:
            self.breaker.gave_up()
        return None

    async def wait(self, endpoint: str, urgency: Urgency, deadline: float | None) -> Turn:
        """Leave to send, after a wait. Raises NotSent, at once where it is known."""
        permit = await self.scheduler.wait(endpoint, urgency, deadline=deadline)
        try:
            probe = self._admit(urgency, asyncio.get_running_loop().time())
        except StripeError:
            permit.unused()
            raise
        return Turn(self, permit, endpoint, is_probe=probe)

    def ended(self, turn: Turn, error: BaseException | None) -> None:
        """Note how a call ended: `error` None with an answer."""
        now = asyncio.get_running_loop().time()
        turn.permit.over(now)
        if error is None:
            self.breaker.answered(turn.began)
        elif _is_failure(error, now - turn.began, self.monitor.stopped(now) - turn.stopped_before):
            if self.breaker.failed(now, probe=turn.is_probe):
                self.scheduler.turn_away(self.breaker.refusal(now))
        elif isinstance(error, StripeError) and not isinstance(error, APIConnectionError):
            self.breaker.answered(turn.began)
            if isinstance(error, RateLimitError) and not error.is_about_one_object:
                self._slow_down(turn, error, now)
        elif turn.is_probe:
            self.breaker.gave_up()

    def snapshot(self) -> Snapshot:
        """How things stand. CallRecord it on the event loop that the calls run on."""
        now = asyncio.get_running_loop().time()
        scheduler, counts = self.scheduler, self.scheduler.counts
        paces = {pace.name: pace for pace in (scheduler.all, *scheduler.endpoints.values())}
        slots = {name: pace.slots(now) for name, pace in paces.items()}
        return Snapshot(
            in_flight=scheduler.in_flight,
            waiting={urgency.name.lower(): scheduler.all.waiting[urgency] for urgency in Urgency},
            sent=counts.sent,
            waited=counts.waited,
            waited_seconds=counts.waited_seconds,
            shed=dict(counts.shed),
            rate_limited=counts.rate_limited,
            slots={name: None if count == math.inf else int(count) for name, count in slots.items()},
            limits={name: pace.limit for name, pace in paces.items()},
            replicas=scheduler.replicas,
            breaker=self.breaker.state(now),
            breaker_opened=self.breaker.times_opened,
            breaker_refused=self.refused,
        )

    async def aclose(self) -> None:
        """Leave nothing running."""
        await self.scheduler.aclose()

    def _admit(self, urgency: Urgency, now: float) -> bool:
        # What was begun is let through also when the breaker is open: it must not be cut off between two steps, and
        # there is never more of it than was under way.
        if self.breaker.closed or urgency is Urgency.FINISHING:
            return False
        try:
            return self.breaker.admit(now)
        except StripeError:
            self.refused += 1
            raise

    def _slow_down(self, turn: Turn, error: RateLimitError, now: float) -> None:
        name = turn.endpoint if (error.reason or "").startswith("endpoint") else ALL
        self.scheduler.slow_down(name, now=now, pause=error.retry_after or 0.0)


def _is_failure(error: BaseException, had: float, stopped: float) -> bool:
    """Whether it is Stripe's failure, or that of the way there.

    Not so when this process has no file descriptors left, when a kept connection was lost (the retry on a fresh one
    tells), or when its event loop was `stopped` for more than a tenth of the `had` seconds that ran out.
    """
    if isinstance(error, APIConnectionError):
        if error.failure_reason is Reason.DESCRIPTORS_EXHAUSTED or error.may_be_stale:
            return False
        return not error.timed_out or (had >= PATIENCE and stopped <= had / 10)
    return isinstance(error, APIError) and (error.http_status or 0) >= 500
