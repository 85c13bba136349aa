"""Schedules calls under Stripe's rate limits, by priority.

A call goes immediately if there is room. Otherwise it waits, and is rejected immediately if the expected wait is too
long. Later steps of a write go first and are never rejected; then come first steps of writes; then reads. Within one
urgency, calls go in the order of arrival. A call that waits for its endpoint does not block calls to other endpoints.
"""

from __future__ import annotations

import asyncio
import itertools
import math
from collections import deque

from stripe_api.errors import NotSent, Overloaded
from stripe_api.rate_limiting.load_shedding import LoadShedding
from stripe_api.rate_limiting.rate_limit import WINDOW, RateLimit
from stripe_api.rate_limiting.shared_calls import Counts, SharedCalls
from stripe_api.rate_limiting.waiting_queue import Urgency, Waiter, WaitingQueue

ALL = "all"
"""The name of the limit for all calls. The other limits have the names of their endpoints."""

STEP = 0.05
"""Maximum seconds between two checks of the queue, because pauses end and limits recover without an event."""


class Slot:
    """Permission to send one call. End each slot by `release` or `cancel`. `limit` is the limit of its endpoint."""

    __slots__ = ("granted_at", "limit", "number", "scheduler")

    def __init__(self, scheduler: Scheduler, limit: RateLimit, now: float, number: int) -> None:
        self.scheduler = scheduler
        self.limit = limit
        self.granted_at = now
        self.number = number

    def release(self, now: float) -> None:
        """The call has ended, with or without a response."""
        self.scheduler._release(self, now)

    def cancel(self) -> None:
        """The call was not sent."""
        self.scheduler._cancel(self)


class Scheduler:
    """Grants slots to this process's calls for one account. Use it on one event loop.

    `per_second` limits the calls that reach Stripe within one second, `per_endpoint` those to one endpoint, and
    `concurrent` the calls in flight of all schedulers with the same `shared`. None is no limit. LoadShedding describes
    `max_waiting` and `max_wait`.
    """

    def __init__(
        self,
        *,
        per_second: int | None = None,
        per_endpoint: int | None = None,
        concurrent: int | None = None,
        max_waiting: int = 2000,
        max_wait: float = 3.0,
        shared: SharedCalls | None = None,
    ) -> None:
        self._per_endpoint = per_endpoint
        self._concurrent = math.inf if concurrent is None else concurrent
        self._max_wait = max_wait
        self._number = itertools.count()
        self._released: deque[tuple[float, Slot]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self.all = RateLimit(ALL, per_second)
        self._queue = WaitingQueue(self.all)
        self._load_shedding = LoadShedding(self.all, self._concurrent, max_waiting=max_waiting, max_wait=max_wait)
        self.endpoints: dict[str, RateLimit] = {}
        self.replicas = 1
        self.shared = shared or SharedCalls()

    @property
    def in_flight(self) -> int:
        """The number of calls in flight, of all schedulers with the same `shared`."""
        return self.shared.in_flight

    @property
    def counts(self) -> Counts:
        """The counts of all schedulers with the same `shared`."""
        return self.shared.counts

    @property
    def waiting(self) -> int:
        """The number of waiting calls."""
        return len(self._queue)

    def is_idle(self, now: float) -> bool:
        """Whether no call holds a slot or waits for one, and no limit was lowered after a 429."""
        self._free_released(now)
        limits = (self.all, *self.endpoints.values())
        return not self._queue and not self.all.taken and not any(limit.is_lowered(now) for limit in limits)

    def try_acquire(self, endpoint: str, now: float) -> Slot | None:
        """A slot, if there is one now."""
        limit = self.endpoints.get(endpoint) or self._add_endpoint(endpoint)
        if self._released or self._queue:
            self.catch_up(now)
        if self.shared.in_flight < self._concurrent and self.all.has_room(now) and limit.has_room(now):
            return self._grant(limit, now)
        return None

    async def acquire(self, endpoint: str, urgency: Urgency, *, deadline: float | None) -> Slot:
        """Wait for a slot. Raises Overloaded, immediately if the wait is too long. See also `reject_waiting`."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        limit = self.endpoints[endpoint]
        if not self._load_shedding.may_wait(limit, urgency, began, deadline):
            raise self._shed(limit, urgency, began)
        waiter = Waiter(limit, urgency, next(self._number), began)
        self._queue.add(waiter)
        self.catch_up(began)
        try:
            async with asyncio.timeout_at(self._load_shedding.wait_until(urgency, began, deadline)):
                return await waiter.slot
        except BaseException as error:
            self._abandon(waiter)
            if isinstance(error, TimeoutError):
                raise self._shed(limit, urgency, loop.time()) from None
            raise
        finally:
            self.counts.waited_seconds += loop.time() - began

    def slow_down(self, name: str, *, now: float, pause: float = 0.0) -> None:
        """Send fewer calls after a 429, to one endpoint or to ALL."""
        limit = self.all if name == ALL else self.endpoints[name]
        limit.slow_down(now, pause=pause)

    def reject_waiting(self, error: NotSent) -> None:
        """Reject all waiting calls except later steps of writes."""
        for waiter in list(self._queue):
            if waiter.urgency is not Urgency.FINISHING and not waiter.slot.done():
                self._queue.remove(waiter)
                # One error for each call, because a traceback references the frames of one call.
                waiter.slot.set_exception(type(error)(error.retry_after))

    async def aclose(self) -> None:
        """Cancel the timer."""
        if self._timer is not None:
            self._timer.cancel()

    def _add_endpoint(self, endpoint: str) -> RateLimit:
        limit = self.endpoints[endpoint] = RateLimit(endpoint, self._per_endpoint)
        limit.sharers = self.all.sharers
        return limit

    def _grant(self, limit: RateLimit, now: float) -> Slot:
        slot = Slot(self, limit, now, next(self._number))
        self.shared.in_flight += 1
        self.all.taken += 1
        limit.taken += 1
        return slot

    def _release(self, slot: Slot, now: float) -> None:
        self.shared.in_flight -= 1
        self._load_shedding.observe_response_time(now - slot.granted_at)
        self._released.append((now + WINDOW, slot))
        self._pass_on(now)

    def _cancel(self, slot: Slot) -> None:
        self.shared.in_flight -= 1
        self._free(slot)
        self._pass_on(asyncio.get_running_loop().time())

    def _pass_on(self, now: float) -> None:
        """Grant a slot or a connection that is free to calls that wait for it, of any account."""
        if self._queue:
            self.shared.waiting.setdefault(self)
        if self.shared.waiting:
            self.shared.catch_up(now)

    def _free(self, slot: Slot) -> None:
        self.all.taken -= 1
        slot.limit.taken -= 1

    def _shed(self, limit: RateLimit, urgency: Urgency, now: float) -> Overloaded:
        self.counts.shed[urgency.name.lower()] += 1
        connections_in_use = self.in_flight >= self._concurrent
        return self._load_shedding.error(limit, urgency, now, connections_in_use=connections_in_use)

    def _abandon(self, waiter: Waiter) -> None:
        """Remove a call that no longer waits. Its slot may have been granted in the meantime."""
        slot = waiter.slot
        if not self._queue.remove(waiter) and slot.done() and not slot.cancelled() and slot.exception() is None:
            slot.result().cancel()
        slot.cancel()

    def catch_up(self, now: float) -> bool:
        """Free the slots whose window has ended, and grant them to waiting calls. Returns whether one was granted."""
        self._free_released(now)
        granted = False
        if self._queue:
            self._queue.promote_reads(now, self._max_wait)
            granted = self._grant_waiting(now)
            self._start_timer(now)
        if self._queue:
            self.shared.waiting.setdefault(self)
        else:
            self.shared.waiting.pop(self, None)
        return granted

    def _free_released(self, now: float) -> None:
        while self._released and self._released[0][0] <= now:
            self._free(self._released.popleft()[1])

    def _grant_waiting(self, now: float) -> bool:
        granted = False
        while (waiter := self._next(now)) is not None:
            self._queue.remove(waiter)
            self._resolve(waiter, self._grant(waiter.limit, now))
            granted = True
        return granted

    def _resolve(self, waiter: Waiter, slot: Slot) -> None:
        self._load_shedding.observe_grant(waiter.urgency)
        waiter.slot.set_result(slot)

    def _next(self, now: float) -> Waiter | None:
        """The next call that can be sent now."""
        if self.shared.in_flight >= self._concurrent or not self.all.has_room(now):
            return None
        return self._queue.first_ready(now)

    def _start_timer(self, now: float) -> None:
        if self._queue and self._timer is None:
            at = min(self._released[0][0] if self._released else math.inf, now + STEP)
            self._timer = asyncio.get_running_loop().call_at(at, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self.catch_up(asyncio.get_running_loop().time())
