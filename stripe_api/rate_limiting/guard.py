"""The upstream guard: asks the scheduler and the circuit breaker before each call, and reports its result to them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TypeGuard

from stripe_api.errors import APIConnectionError, APIError, RateLimitError, StripeError
from stripe_api.failures.failure_reasons import Reason
from stripe_api.rate_limiting.circuit_breaker import CircuitBreaker, State
from stripe_api.rate_limiting.connected_schedulers import ConnectedSchedulers
from stripe_api.rate_limiting.loop_monitor import LoopMonitor
from stripe_api.rate_limiting.scheduler import ALL, Scheduler, Slot
from stripe_api.rate_limiting.waiting_queue import Urgency

MIN_TIMEOUT = 1.0
"""Seconds that an attempt must have had, so that its timeout counts as a failure of Stripe."""


@dataclass(frozen=True, slots=True)
class GuardSnapshot:
    """The current state of all accounts together, for metrics. Counts start with the process.

    `slots` are those of the API key's own account; infinite without a limit.
    """

    in_flight: int
    waiting: Mapping[str, int]
    waited_seconds: float
    shed: Mapping[str, int]
    slots: float
    breaker: State
    breaker_opened: int
    breaker_refused: int


class Permit:
    """Permission to send one call. A `with` block around the call reports its result to the guard."""

    __slots__ = ("_guard", "granted_at", "is_probe", "slot", "stopped_before")

    def __init__(self, guard: UpstreamGuard, slot: Slot, *, is_probe: bool) -> None:
        self._guard = guard
        self.slot = slot
        self.granted_at = slot.granted_at
        self.is_probe = is_probe
        guard.monitor.start(self.granted_at)
        self.stopped_before = guard.monitor.stopped(self.granted_at)

    def __enter__(self) -> Permit:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._guard.record_result(self, error)


class UpstreamGuard:
    """Combines the schedulers and the circuit breaker for the client.

    `scheduler` is for the calls of the API key's own account. `create_connected` makes that of a connected account.
    They share one circuit breaker: it detects that Stripe or the network fails, which no account does.
    """

    def __init__(
        self,
        scheduler: Scheduler | None = None,
        breaker: CircuitBreaker | None = None,
        *,
        create_connected: Callable[[str], Scheduler] | None = None,
    ) -> None:
        self.scheduler = scheduler or Scheduler()
        self.connected = ConnectedSchedulers(create_connected or (lambda _: Scheduler(shared=self.scheduler.shared)))
        self.breaker = breaker or CircuitBreaker()
        self.monitor = LoopMonitor(lambda: self.scheduler.shared.in_flight > 0)
        self.refused = 0

    async def acquire(
        self, endpoint: str, urgency: Urgency, deadline: float | None, account: str | None = None
    ) -> Permit:
        """A permit, as soon as there is a slot. Raises NotSent, immediately if the wait is too long."""
        clock = asyncio.get_running_loop().time
        now = clock()
        probe = self._pass_breaker(urgency, now)
        scheduler = self.scheduler if account is None else self.connected.of(account, now)
        slot = scheduler.try_acquire(endpoint, now)
        if slot is None:
            if probe:
                self.breaker.cancel_probe()
            slot = await scheduler.acquire(endpoint, urgency, deadline=deadline)
            try:
                probe = self._pass_breaker(urgency, clock())
            except StripeError:
                slot.cancel()
                raise
        return Permit(self, slot, is_probe=probe)

    def record_result(self, permit: Permit, error: BaseException | None) -> None:
        """Record the result of a call. `error` is None for a success."""
        now = asyncio.get_running_loop().time()
        permit.slot.release(now)
        if error is None:
            self.breaker.record_response(permit.granted_at)
        elif _is_failure(error, now - permit.granted_at, self.monitor.stopped(now) - permit.stopped_before):
            if self.breaker.record_failure(now, error.failure_reason, probe=permit.is_probe):
                for scheduler in self._schedulers():
                    scheduler.reject_waiting(self.breaker.error(now))
        elif isinstance(error, StripeError) and not isinstance(error, APIConnectionError):
            self.breaker.record_response(permit.granted_at)
            if isinstance(error, RateLimitError) and error.failure_reason is Reason.RATE_LIMITED:
                self._slow_down(permit, error, now)
        elif permit.is_probe:
            self.breaker.cancel_probe()

    def snapshot(self) -> GuardSnapshot:
        """The current state. Call it on the event loop of the calls."""
        now = asyncio.get_running_loop().time()
        shared, schedulers = self.scheduler.shared, self._schedulers()
        return GuardSnapshot(
            in_flight=shared.in_flight,
            waiting={urgency.name.lower(): sum(one.all.waiting[urgency] for one in schedulers) for urgency in Urgency},
            waited_seconds=shared.counts.waited_seconds,
            shed=dict(shared.counts.shed),
            slots=self.scheduler.all.slots(now),
            breaker=self.breaker.state(now),
            breaker_opened=self.breaker.times_opened,
            breaker_refused=self.refused,
        )

    async def aclose(self) -> None:
        """Stop all background work."""
        for scheduler in self._schedulers():
            await scheduler.aclose()

    def _schedulers(self) -> list[Scheduler]:
        return [self.scheduler, *self.connected.all]

    def _pass_breaker(self, urgency: Urgency, now: float) -> bool:
        """Whether the call is the probe of a half-open circuit breaker. Raises CircuitOpen."""
        # The breaker never stops later steps of a write, so that a write is not interrupted. Their number is limited
        # by the number of writes in progress.
        if self.breaker.closed or urgency is Urgency.FINISHING:
            return False
        try:
            return self.breaker.admit(now)
        except StripeError:
            self.refused += 1
            raise

    def _slow_down(self, permit: Permit, error: RateLimitError, now: float) -> None:
        name = permit.slot.limit.name if (error.reason or "").startswith("endpoint") else ALL
        permit.slot.scheduler.slow_down(name, now=now, pause=error.retry_after or 0.0)


def _is_failure(error: BaseException, seconds: float, stopped: float) -> TypeGuard[StripeError]:
    """Whether the error counts as a failure of Stripe or the network.

    It does not if this process has no file descriptors left, or if a reused connection was lost (the retry on a new
    connection counts). A timeout after `seconds` does not count if the event loop was `stopped` for more than a tenth
    of them.
    """
    if isinstance(error, APIConnectionError):
        if error.failure_reason is Reason.DESCRIPTORS_EXHAUSTED or error.may_be_stale:
            return False
        return not error.timed_out or (seconds >= MIN_TIMEOUT and stopped <= seconds / 10)
    return isinstance(error, APIError) and (error.http_status or 0) >= 500
