"""Who calls Stripe next: within its limits, the urgent first, nobody in vain.

Calls that find room go at once. The others wait, and whoever would wait too long is told so at once. What finishes
work that was begun goes first and is never turned away; then what begins a write; then reads. Of equals, who came
first goes first. A call that waits for its endpoint alone holds up nobody else.
"""

from __future__ import annotations

import asyncio
import bisect
import itertools
import math
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum

from stripe_api.errors import NotSent, Overloaded
from stripe_api.rate_limiting.limit import WINDOW, RateLimit

ALL = "all"
"""The name of the pace of all calls together; the others are named after their endpoints."""

STEP = 0.05
"""Seconds after which the queue is looked at again, since pauses end and paces recover by themselves."""


LONGEST_ADVICE = 10
"""Most seconds after which a refused client is told to come back, unless Stripe itself asks for more."""


class Urgency(IntEnum):
    """Who goes first."""

    FINISHING = 0
    """A later step of a write that was begun, or a repetition of one whose answer was lost."""
    WRITE = 1
    """What begins a write, and the reads that prepare it."""
    READ = 2


class Permit:
    """Leave to send one call. Each must be ended by `over` or `unused`."""

    __slots__ = ("_governor", "granted_at", "number", "pace")

    def __init__(self, scheduler: Scheduler, pace: RateLimit, now: float, number: int) -> None:
        self._governor = scheduler
        self.pace = pace
        self.granted_at = now
        self.number = number

    def over(self, now: float) -> None:
        """The call has ended, with or without an answer."""
        self._governor._over(self, now)

    def unused(self) -> None:
        """The call was not sent after all."""
        self._governor._unused(self)


class Waiter:
    """A call that waits for its turn. `place` is where it stands in the queue."""

    __slots__ = ("pace", "place", "since", "turn", "urgency")

    def __init__(self, pace: RateLimit, urgency: Urgency, number: int, since: float) -> None:
        self.since = since
        self.pace = pace
        self.urgency = urgency
        self.place = (urgency, number)
        self.turn: asyncio.Future[Permit] = asyncio.get_running_loop().create_future()


@dataclass
class Counts:
    """What has happened since the start."""

    sent: int = 0
    waited: int = 0
    waited_seconds: float = 0.0
    rate_limited: int = 0
    shed: dict[str, int] = field(default_factory=lambda: {urgency.name.lower(): 0 for urgency in Urgency})


class Scheduler:
    """The turns of all calls of this process. Use it on one event loop.

    `per_second` bounds the calls that reach Stripe in any one second, `per_endpoint` those to one endpoint,
    `concurrent` the calls under way; None is no bound. At most `max_waiting` calls wait, and only while they can expect
    their turn within `max_wait` seconds; for reads it is half of both, so that there is room for writes.
    """

    def __init__(
        self,
        *,
        per_second: int | None = None,
        per_endpoint: int | None = None,
        concurrent: int | None = None,
        max_waiting: int = 2000,
        max_wait: float = 3.0,
    ) -> None:
        self._per_endpoint = per_endpoint
        self._concurrent = math.inf if concurrent is None else concurrent
        self._max_waiting = max_waiting
        self._max_wait = max_wait
        self._response_time = 0.1
        self._share_of_urgent = 0.0
        self._queue: list[tuple[Urgency, int, Waiter]] = []
        self._number = itertools.count()
        self._frees: deque[tuple[float, Permit]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self.all = RateLimit(ALL, per_second)
        self.endpoints: dict[str, RateLimit] = {}
        self.replicas = 1
        self.busy_replicas = 1
        self.in_flight = 0
        self.counts = Counts()

    @property
    def waiting(self) -> int:
        """How many calls wait for their turn."""
        return len(self._queue)

    def take(self, endpoint: str, now: float) -> Permit | None:
        """Leave to send, if there is room at once."""
        pace = self.endpoints.get(endpoint) or self._new(endpoint)
        if self._frees or self._queue:
            self._catch_up(now)
        if self.in_flight < self._concurrent and self.all.has_room(now) and pace.has_room(now):
            return self._grant(pace, now)
        return None

    async def wait(self, endpoint: str, urgency: Urgency, *, deadline: float | None) -> Permit:
        """Leave to send, after a wait. Raises Overloaded, at once where it is known, and what `turn_away` is given."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        pace = self.endpoints[endpoint]
        until = self._patience(pace, urgency, began, deadline)
        waiter = Waiter(pace, urgency, next(self._number), began)
        self._enqueue(waiter)
        self._catch_up(began)
        try:
            async with asyncio.timeout_at(until):
                return await waiter.turn
        except BaseException as error:
            self._give_up(waiter)
            if isinstance(error, TimeoutError):
                raise self._shed(pace, urgency, loop.time()) from None
            raise
        finally:
            self.counts.waited += 1
            self.counts.waited_seconds += loop.time() - began

    def slow_down(self, name: str, *, now: float, pause: float = 0.0) -> None:
        """Send fewer calls, since Stripe has answered 429: about one endpoint, or about ALL."""
        self.counts.rate_limited += 1
        pace = self.all if name == ALL else self.endpoints[name]
        pace.slow_down(now, pause=pause)

    def turn_away(self, refusal: NotSent) -> None:
        """All that wait are refused, but for those that finish what was begun."""
        for urgency, _, waiter in list(self._queue):
            if urgency is not Urgency.FINISHING and not waiter.turn.done():
                self._leave(waiter)
                # One error each: an error's traceback must hold the frames of one call alone.
                waiter.turn.set_exception(type(refusal)(refusal.retry_after))

    def expected_wait(self, pace: RateLimit, urgency: Urgency, now: float) -> float:
        """Seconds until a call's turn, by those before it and the pace at which they have gone lately."""
        window = WINDOW + self._response_time
        return max(
            self._expected(self.all, urgency, now, window),
            self._expected(pace, urgency, now, window),
            sum(self.all.waiting[: urgency + 1]) / self._concurrent * self._response_time,
        )

    def _expected(self, pace: RateLimit, urgency: Urgency, now: float, window: float) -> float:
        slots = pace.slots(now)
        paused = max(0.0, pace.paused_until - now)
        if slots == math.inf:
            return paused
        before = sum(pace.waiting[: urgency + 1]) - (0 if paused else max(0, slots - pace.taken))
        if urgency is Urgency.READ:
            slots *= 1 - 0.98 * self._share_of_urgent
        return paused + max(0, before) / slots * self.busy_replicas * window

    async def aclose(self) -> None:
        """Leave nothing running."""
        if self._timer is not None:
            self._timer.cancel()

    # --- Slots ------------------------------------------------------------------------------------------------------

    def _new(self, endpoint: str) -> RateLimit:
        pace = self.endpoints[endpoint] = RateLimit(endpoint, self._per_endpoint)
        pace.sharers = self.all.sharers
        return pace

    def _grant(self, pace: RateLimit, now: float) -> Permit:
        permit = Permit(self, pace, now, next(self._number))
        self.in_flight += 1
        self.counts.sent += 1
        self.all.taken += 1
        pace.taken += 1
        return permit

    def _over(self, permit: Permit, now: float) -> None:
        self.in_flight -= 1
        self._response_time += 0.1 * (now - permit.granted_at - self._response_time)
        self._frees.append((now + WINDOW, permit))
        if self._queue:
            self._catch_up(now)

    def _unused(self, permit: Permit) -> None:
        self.in_flight -= 1
        self.counts.sent -= 1
        self._free(permit)
        if self._queue:
            self._catch_up(asyncio.get_running_loop().time())

    def _free(self, permit: Permit) -> None:
        self.all.taken -= 1
        permit.pace.taken -= 1

    # --- The queue --------------------------------------------------------------------------------------------------

    def _patience(self, pace: RateLimit, urgency: Urgency, now: float, deadline: float | None) -> float | None:
        """Until when the call waits at most: longer than it can expect, since others may go before it."""
        if urgency is Urgency.FINISHING:
            return deadline
        part = 0.5 if urgency is Urgency.READ else 1.0
        longest = self._max_wait * part
        if deadline is not None:
            longest = min(longest, deadline - now)
        if sum(self.all.waiting) >= self._max_waiting * part or self.expected_wait(pace, urgency, now) > longest:
            raise self._shed(pace, urgency, now)
        until = now + 2 * self._max_wait
        return until if deadline is None else min(until, deadline)

    def _shed(self, pace: RateLimit, urgency: Urgency, now: float) -> Overloaded:
        self.counts.shed[urgency.name.lower()] += 1
        paused = max(self.all.paused_until, pace.paused_until) - now
        advice = max(paused, min(self.expected_wait(pace, urgency, now), LONGEST_ADVICE))
        return Overloaded(max(1, math.ceil(advice)))

    def _enqueue(self, waiter: Waiter) -> None:
        bisect.insort(self._queue, (*waiter.place, waiter))
        self.all.waiting[waiter.urgency] += 1
        waiter.pace.waiting[waiter.urgency] += 1

    def _leave(self, waiter: Waiter) -> bool:
        """Take a call out of the queue; False when it has left already."""
        at = bisect.bisect_left(self._queue, waiter.place)
        if at == len(self._queue) or self._queue[at][2] is not waiter:
            return False
        del self._queue[at]
        self.all.waiting[waiter.urgency] -= 1
        waiter.pace.waiting[waiter.urgency] -= 1
        return True

    def _give_up(self, waiter: Waiter) -> None:
        """Nobody waits for this turn any more; it may have come in this very moment."""
        turn = waiter.turn
        if not self._leave(waiter) and turn.done() and not turn.cancelled() and turn.exception() is None:
            turn.result().unused()
        turn.cancel()

    def _catch_up(self, now: float) -> None:
        """Free the slots whose window is over, and give them to those who wait."""
        while self._frees and self._frees[0][0] <= now:
            self._free(self._frees.popleft()[1])
        if self._queue:
            self._promote(now)
            self._serve(now)
            self._arm(now)

    def _promote(self, now: float) -> None:
        """A read that writes have overtaken for long enough goes with them from now on."""
        while (at := bisect.bisect_left(self._queue, (Urgency.READ,))) < len(self._queue):
            waiter = self._queue[at][2]
            if now < waiter.since + self._max_wait:
                return
            self._leave(waiter)
            waiter.urgency = Urgency.WRITE
            waiter.place = (waiter.urgency, waiter.place[1])
            self._enqueue(waiter)

    def _serve(self, now: float) -> None:
        while (waiter := self._next(now)) is not None:
            self._leave(waiter)
            self._hand_over(waiter, self._grant(waiter.pace, now))

    def _hand_over(self, waiter: Waiter, permit: Permit) -> None:
        # Of those who waited lately, how many went before reads: the next reads can expect no better.
        self._share_of_urgent += 0.05 * ((waiter.urgency is not Urgency.READ) - self._share_of_urgent)
        waiter.turn.set_result(permit)

    def _next(self, now: float) -> Waiter | None:
        """The first of those who wait whose endpoint has room; whoever gave up just now is passed over."""
        if self.in_flight >= self._concurrent or not self.all.has_room(now):
            return None
        queued = (waiter for _, _, waiter in self._queue)
        return next((waiter for waiter in queued if waiter.pace.has_room(now) and not waiter.turn.done()), None)

    def _arm(self, now: float) -> None:
        if self._queue and self._timer is None:
            at = min(self._frees[0][0] if self._frees else math.inf, now + STEP)
            self._timer = asyncio.get_running_loop().call_at(at, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._catch_up(asyncio.get_running_loop().time())
