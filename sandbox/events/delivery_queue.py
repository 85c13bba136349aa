"""The deliveries that are due, and those that a pause or a fault holds until later."""

import asyncio
from typing import NamedTuple

from sandbox.events.delivery import Delivery
from sandbox.events.delivery_faults import REORDER_SECONDS


class _Held(NamedTuple):
    delivery: Delivery
    timer: asyncio.TimerHandle


class DeliveryQueue:
    """Returns deliveries when they are due, in the order in which they became due."""

    def __init__(self) -> None:
        self._due: asyncio.Queue[Delivery] = asyncio.Queue()
        self._timers: set[asyncio.TimerHandle] = set()
        # The reordered delivery of each endpoint that waits for the endpoint's next one.
        self._held: dict[str, _Held] = {}
        # Reordered deliveries by the number of the one after whose attempt they are due.
        self._after: dict[int, Delivery] = {}

    async def get(self) -> Delivery:
        """Waits for a delivery that is due, and returns it."""
        return await self._due.get()

    def put(self, delivery: Delivery) -> None:
        """Adds a new delivery. Its fault decides when it is due."""
        held = self._held.pop(delivery.endpoint.id, None)
        if held is not None:
            self._cancel(held.timer)
            self._after[delivery.seq] = held.delivery
        fault = delivery.fault
        if fault is not None and fault.kind == "reorder" and held is None:
            self._hold(delivery, fault.delay or REORDER_SECONDS)
        elif fault is not None and fault.kind == "delay":
            self.put_later(fault.delay, delivery)
        else:
            self._due.put_nowait(delivery)

    def put_later(self, seconds: float, delivery: Delivery) -> asyncio.TimerHandle:
        """Makes the delivery due after some seconds."""

        def make_due() -> None:
            self._timers.discard(timer)
            held = self._held.get(delivery.endpoint.id)
            if held is not None and held.delivery is delivery:
                del self._held[delivery.endpoint.id]
            self._due.put_nowait(delivery)

        timer = asyncio.get_running_loop().call_later(seconds, make_due)
        self._timers.add(timer)
        return timer

    def release_overtaken(self, delivery: Delivery) -> None:
        """Makes the delivery due that this one overtook, if any."""
        overtaken = self._after.pop(delivery.seq, None)
        if overtaken is not None:
            self._due.put_nowait(overtaken)

    def close(self) -> None:
        """Ends all pauses."""
        for timer in list(self._timers):
            self._cancel(timer)

    def _hold(self, delivery: Delivery, seconds: float) -> None:
        """Holds the delivery until the endpoint's next one, or until the time has passed."""
        self._held[delivery.endpoint.id] = _Held(delivery, self.put_later(seconds, delivery))

    def _cancel(self, timer: asyncio.TimerHandle) -> None:
        timer.cancel()
        self._timers.discard(timer)
