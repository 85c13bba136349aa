"""The newest deliveries, and which of them are pending."""

import asyncio

from sandbox.events.delivery import Delivery, Status
from sandbox.events.delivery_faults import DeliveryFault
from sandbox.objects.webhooks.event import Event
from sandbox.objects.webhooks.webhook_endpoint import WebhookEndpoint


class DeliveryLog:
    """Keeps the newest `limit` deliveries. Numbers are never reused, not even after `clear`."""

    def __init__(self, limit: int = 10_000) -> None:
        self._limit = limit
        self._deliveries: dict[int, Delivery] = {}
        self._seq = 0
        self._pending: set[int] = set()
        # Set when nothing is pending.
        self._settled = asyncio.Event()

    def add(
        self, event: Event, endpoint: WebhookEndpoint, fault: DeliveryFault | None = None, copy_of: int | None = None
    ) -> Delivery:
        """Adds a pending delivery and returns it. At the limit, the oldest one is canceled and deleted."""
        self._seq += 1
        delivery = Delivery(self._seq, event, endpoint, fault, copy_of)
        self._deliveries[delivery.seq] = delivery
        self._pending.add(delivery.seq)
        if len(self._deliveries) > self._limit:
            oldest = self._deliveries.pop(next(iter(self._deliveries)))
            if oldest.is_pending:
                self.settle(oldest, "canceled")
        return delivery

    def deliveries(self, after: int = 0) -> list[Delivery]:
        """Returns the deliveries after number `after`, oldest first."""
        return [delivery for delivery in self._deliveries.values() if delivery.seq > after]

    def pending(self) -> list[Delivery]:
        """Returns the deliveries that have neither succeeded nor failed, oldest first."""
        return [self._deliveries[seq] for seq in sorted(self._pending)]

    def settle(self, delivery: Delivery, status: Status) -> None:
        """Ends the delivery with that status."""
        delivery.status = status
        self._pending.discard(delivery.seq)
        if not self._pending:
            self._settled.set()

    async def wait_until_settled(self) -> None:
        """Waits until no delivery is pending."""
        while self._pending:
            self._settled.clear()
            await self._settled.wait()

    def clear(self) -> None:
        """Cancels and deletes all deliveries."""
        for delivery in self.pending():
            self.settle(delivery, "canceled")
        self._deliveries.clear()
