"""Turns that are taken over all replicas: a call's slot is taken here and in the store that they share.

While the store is unavailable, each replica keeps to an equal part of the limits, by the number of replicas that there
were. At the beginning of that no replica calls for CLOSED seconds, because the calls before it may have been any
replica's; at its end each keeps to its part for SETTLING seconds more, because others may not have noticed yet.
"""

from __future__ import annotations

import asyncio
import logging
import math
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from stripe_api.rate_limiting.redis_slots import CLOSED, Answered, Ask, RedisSlots, Refusal, Run, Taken
from stripe_api.rate_limiting.scheduler import ALL, Permit, Scheduler, Urgency, Waiter

logger = logging.getLogger("attache.stripe")

SETTLING = 2.5
"""Seconds after the store's return: others notice it within one second, and their calls count for one more."""

BATCH = 50
"""Most slots that are asked for in one round trip."""

Batch = Sequence[tuple[Waiter, Permit]]


class RedisScheduler(Scheduler):
    """A scheduler whose limits are those of all replicas together. `script`: see RedisSlots."""

    def __init__(
        self,
        script: Callable[[str], Run],
        *,
        account: str,
        per_second: int | None = None,
        per_endpoint: int | None = None,
        **bounds: Any,
    ) -> None:
        super().__init__(per_second=per_second, per_endpoint=per_endpoint, **bounds)
        self._replica = uuid.uuid4().hex
        self._slots = RedisSlots(
            script, replica=self._replica, account=account, per_second=per_second, per_endpoint=per_endpoint
        )
        self._answered: list[tuple[Permit, float]] = []
        self._asking: asyncio.Task[None] | None = None
        self._telling: set[asyncio.Task[None]] = set()
        self._is_alone = False
        self._settled_at = -math.inf

    def take(self, endpoint: str, now: float) -> Permit | None:
        """None: it takes a round trip, for which `wait` waits."""
        if endpoint not in self.endpoints:
            self._new(endpoint)
        return None

    def slow_down(self, name: str, *, now: float, pause: float = 0.0) -> None:
        """Send fewer calls, in all replicas, since Stripe has answered 429."""
        super().slow_down(name, now=now, pause=pause)
        telling = asyncio.ensure_future(self._slots.slow_down(None if name == ALL else name, pause))
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)

    async def aclose(self) -> None:
        """Leave nothing running."""
        await super().aclose()
        tasks = [*self._telling, *([self._asking] if self._asking is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _over(self, permit: Permit, now: float) -> None:
        self._answered.append((permit, now))
        super()._over(permit, now)
        self._serve(now)

    def _serve(self, now: float) -> None:
        if self._asking is None and (self._answered or self._next(now) is not None):
            self._asking = asyncio.get_running_loop().create_task(self._ask())

    async def _ask(self) -> None:
        """Tell which calls were answered, and ask for slots while somebody waits who could use one."""
        clock = asyncio.get_running_loop().time
        try:
            while (batch := self._batch(clock())) or self._answered:
                taken = await self._take(batch, clock())
                refusals = self._heed(taken, len(batch), clock())
                for (waiter, permit), refusal in zip(batch, refusals, strict=True):
                    self._hand_out(waiter, permit, refusal, clock())
        finally:
            self._asking = None

    async def _take(self, batch: Batch, now: float) -> Taken | None:
        try:
            return await self._slots.take([self._of(*one) for one in batch], self._news(now))
        except Exception:
            logger.exception("the answer of the shared store can't be understood")
            return None

    def _batch(self, now: float) -> Batch:
        """Those whose turn it is here; they have left the queue and hold a slot of this replica's."""
        batch: list[tuple[Waiter, Permit]] = []
        while len(batch) < BATCH and (waiter := self._next(now)) is not None:
            self._leave(waiter)
            batch.append((waiter, self._grant(waiter.pace, now)))
        return batch

    def _hand_out(self, waiter: Waiter, permit: Permit, refusal: Refusal | None, now: float) -> None:
        if refusal is None and not waiter.turn.done():
            self._hand_over(waiter, permit)
            return
        if refusal is not None:
            pace = self.all if refusal.endpoint is None else self.endpoints[refusal.endpoint]
            pace.pause(now + refusal.wait)
            if not waiter.turn.done():
                self._enqueue(waiter)
        permit.unused()

    def _heed(self, taken: Taken | None, asked: int, now: float) -> Sequence[Refusal | None]:
        """The answer to each ask: the store's, or this replica's own while the store is unavailable."""
        if taken is None:
            return self._alone(asked, now)
        if self._is_alone:
            self._is_alone = False
            self._settled_at = now + SETTLING
        self.replicas, self.busy_replicas = taken.replicas, taken.busy
        self._share(self.replicas if now < self._settled_at else 1)
        return taken.refusals

    def _alone(self, asked: int, now: float) -> Sequence[Refusal | None]:
        self._share(self.replicas)
        if self._is_alone:
            return [None] * asked
        self._is_alone = True
        self.all.pause(now + CLOSED)
        return [Refusal(None, CLOSED)] * asked

    def _share(self, sharers: int) -> None:
        for pace in (self.all, *self.endpoints.values()):
            pace.sharers = sharers

    def _news(self, now: float) -> Sequence[Answered]:
        answered, self._answered = self._answered, []
        return [Answered(self._name(permit), permit.pace.name, now - at) for permit, at in answered]

    def _of(self, waiter: Waiter, permit: Permit) -> Ask:
        return Ask(self._name(permit), waiter.pace.name, waiter.urgency is Urgency.READ)

    def _name(self, permit: Permit) -> str:
        return f"{self._replica}:{permit.number}"
