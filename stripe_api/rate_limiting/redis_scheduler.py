"""A scheduler whose slots are shared by all replicas: each call takes a slot in this process and one in the store.

While the store is unavailable, each replica uses an equal share of the limits, by the last known number of replicas.
When the store becomes unavailable, no replica sends calls for CLOSED seconds, because the latest calls may be those of
any replica. When it is available again, each keeps to its share for SETTLING seconds, because others may not have
noticed yet.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Sequence
from typing import Any

from stripe_api.rate_limiting.redis_slots import CLOSED, Batch, NoSlot, RedisSlots, Run, TakenSlots
from stripe_api.rate_limiting.scheduler import ALL, Scheduler, Slot
from stripe_api.rate_limiting.waiting_queue import Waiter

logger = logging.getLogger("attache.stripe")

SETTLING = 2.5
"""Seconds after the store is available again: others notice within one second, and their calls count for one more."""

BATCH = 50
"""Maximum number of slots that are requested in one round trip."""


class RedisScheduler(Scheduler):
    """A scheduler with the limits of all replicas together. `script`, `account`, `connected`: see RedisSlots."""

    def __init__(
        self,
        script: Callable[[str], Run],
        *,
        account: str,
        connected: str | None = None,
        per_second: int | None = None,
        per_endpoint: int | None = None,
        **bounds: Any,
    ) -> None:
        super().__init__(per_second=per_second, per_endpoint=per_endpoint, **bounds)
        self._slots = RedisSlots(
            script, account=account, connected=connected, per_second=per_second, per_endpoint=per_endpoint
        )
        self._ended: list[tuple[Slot, float]] = []
        self._requesting: asyncio.Task[None] | None = None
        self._slowing_down: set[asyncio.Task[None]] = set()
        self._is_alone = False
        self._settled_at = -math.inf

    def is_idle(self, now: float) -> bool:
        """See `Scheduler`. Ended calls are reported to the store before."""
        is_reporting = self._requesting is not None or self._ended or self._slowing_down
        return not is_reporting and super().is_idle(now)

    def try_acquire(self, endpoint: str, now: float) -> Slot | None:
        """Always None, because a slot takes a round trip. Use `acquire`."""
        if endpoint not in self.endpoints:
            self._add_endpoint(endpoint)
        return None

    def slow_down(self, name: str, *, now: float, pause: float = 0.0) -> None:
        """Send fewer calls in all replicas after a 429."""
        super().slow_down(name, now=now, pause=pause)
        task = asyncio.ensure_future(self._slots.slow_down(None if name == ALL else name, pause))
        self._slowing_down.add(task)
        task.add_done_callback(self._slowing_down.discard)

    async def aclose(self) -> None:
        """Cancel the timer and all tasks."""
        await super().aclose()
        tasks = [*self._slowing_down, *([self._requesting] if self._requesting is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _release(self, slot: Slot, now: float) -> None:
        self._ended.append((slot, now))
        super()._release(slot, now)
        self._grant_waiting(now)

    def _grant_waiting(self, now: float) -> bool:
        if self._requesting is not None or not (self._ended or self._next(now) is not None):
            return False
        self._requesting = asyncio.get_running_loop().create_task(self._request_slots())
        return True

    async def _request_slots(self) -> None:
        """Report the calls that ended, and request slots until no waiting call can be sent."""
        clock = asyncio.get_running_loop().time
        try:
            while (batch := self._batch(clock())) or self._ended:
                taken = await self._take(batch, clock())
                results = self._results(taken, len(batch), clock())
                for (waiter, slot), result in zip(batch, results, strict=True):
                    self._apply(waiter, slot, result, clock())
        finally:
            self._requesting = None

    async def _take(self, batch: Batch, now: float) -> TakenSlots | None:
        ended, self._ended = self._ended, []
        try:
            return await self._slots.take(batch, ended, now)
        except Exception:
            logger.exception("Invalid response of the shared store")
            return None

    def _batch(self, now: float) -> Batch:
        """The calls that can be sent by this replica's own limits. They have left the queue and hold a local slot."""
        batch: list[tuple[Waiter, Slot]] = []
        while len(batch) < BATCH and (waiter := self._next(now)) is not None:
            self._queue.remove(waiter)
            batch.append((waiter, self._grant(waiter.limit, now)))
        return batch

    def _apply(self, waiter: Waiter, slot: Slot, result: NoSlot | None, now: float) -> None:
        """Grant the slot, or put the call back into the queue."""
        if result is None and not waiter.slot.done():
            self._resolve(waiter, slot)
            return
        if result is not None:
            limit = self.all if result.endpoint is None else self.endpoints[result.endpoint]
            limit.pause(now + result.wait)
            if not waiter.slot.done():
                self._queue.add(waiter)
        slot.cancel()

    def _results(self, taken: TakenSlots | None, count: int, now: float) -> Sequence[NoSlot | None]:
        """The result for each request: the store's, or this replica's own while the store is unavailable."""
        if taken is None:
            return self._results_alone(count, now)
        if self._is_alone:
            self._is_alone = False
            self._settled_at = now + SETTLING
        self.replicas, self._load_shedding.busy_replicas = taken.replicas, taken.busy
        self._share(self.replicas if now < self._settled_at else 1)
        return taken.results

    def _results_alone(self, count: int, now: float) -> Sequence[NoSlot | None]:
        self._share(self.replicas)
        if self._is_alone:
            return [None] * count
        self._is_alone = True
        self.all.pause(now + CLOSED)
        return [NoSlot(None, CLOSED)] * count

    def _share(self, sharers: int) -> None:
        for limit in (self.all, *self.endpoints.values()):
            limit.sharers = sharers
