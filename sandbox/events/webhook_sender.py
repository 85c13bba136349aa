"""Sends each event to the webhook endpoints in the background, so that no response waits for them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sandbox.events.delivery import Attempt, Deliver, Delivery
from sandbox.events.delivery_faults import DeliveryFault, DeliveryFaultQueue
from sandbox.events.delivery_log import DeliveryLog
from sandbox.events.delivery_queue import DeliveryQueue
from sandbox.objects.webhooks.event import Event
from sandbox.objects.webhooks.webhook_endpoint import WebhookEndpoint
from sandbox.state.store import Store

# Stripe does not publish how long it waits for a response.
RESPONSE_TIMEOUT = 10.0
_CONCURRENT = 20


class WebhookSender:
    """Creates a delivery for each event and endpoint, and sends them while `running` is entered.

    Without `deliver` nothing is sent. Sending starts in the order of the events, up to twenty at a time.
    """

    def __init__(self, store: Store, deliver: Deliver | None) -> None:
        self._store = store
        self._deliver = deliver
        self._log = DeliveryLog()
        self._queue: DeliveryQueue | None = None
        self.faults = DeliveryFaultQueue()
        store.subscribe(self._create_deliveries)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Sends what is pending and what follows, until the context ends. Attempts in progress then end too."""
        if self._deliver is None:
            yield
            return
        self._queue = queue = DeliveryQueue()
        workers = [asyncio.create_task(self._send_queued(queue, self._deliver)) for _ in range(_CONCURRENT)]
        for delivery in self._log.pending():
            queue.put(delivery)
        try:
            yield
        finally:
            self._queue = None
            queue.close()
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def wait_until_settled(self) -> None:
        """Waits until no delivery is pending."""
        await self._log.wait_until_settled()

    def deliveries(self, after: int = 0) -> list[Delivery]:
        """Returns the deliveries after number `after`, oldest first."""
        return self._log.deliveries(after)

    def clear(self) -> None:
        """Cancels and deletes all deliveries, and deletes all faults."""
        self._log.clear()
        self.faults.clear()

    def _create_deliveries(self, event: Event, endpoints: Sequence[WebhookEndpoint]) -> None:
        for endpoint in endpoints:
            self._create(event, endpoint, self.faults.take(event.type))

    def _create(self, event: Event, endpoint: WebhookEndpoint, fault: DeliveryFault | None) -> None:
        delivery = self._log.add(event, endpoint, fault)
        if fault is not None and fault.kind == "lose":
            self._log.settle(delivery, "lost")
            return
        copies = fault.copies if fault is not None and fault.kind == "duplicate" else 0
        created = [delivery, *(self._log.add(event, endpoint, fault, copy_of=delivery.seq) for _ in range(copies))]
        if fault is not None and fault.kind == "second_event":
            created.append(self._log.add(self._store.add_second_event(event), endpoint, fault))
        if self._queue is not None:
            for each in created:
                self._queue.put(each)

    async def _send_queued(self, queue: DeliveryQueue, deliver: Deliver) -> None:
        while True:
            delivery = await queue.get()
            if delivery.is_pending:
                await self._send(delivery, deliver, queue)
            queue.release_overtaken(delivery)

    async def _send(self, delivery: Delivery, deliver: Deliver, queue: DeliveryQueue) -> None:
        """Makes one attempt, and plans the next one if it failed."""
        if not self._store.is_receiving(delivery.endpoint):
            self._log.settle(delivery, "canceled")
            return
        attempt = await self._attempt(delivery, deliver)
        delivery.attempts.append(attempt)
        if not delivery.is_pending:  # It was canceled in the meantime.
            return
        pauses = self._store.settings.retry_pauses
        if attempt.is_accepted:
            if delivery.copy_of is None:
                delivery.event.count_delivery()
            self._log.settle(delivery, "succeeded")
        elif len(delivery.attempts) > len(pauses):
            self._log.settle(delivery, "failed")
        else:
            queue.put_later(pauses[len(delivery.attempts) - 1], delivery)

    async def _attempt(self, delivery: Delivery, deliver: Deliver) -> Attempt:
        clock = self._store.clock
        # The source's time, because receivers compare it with their own clock.
        timestamp = clock.source_time()
        try:
            async with asyncio.timeout(RESPONSE_TIMEOUT):
                return Attempt(timestamp, status=await deliver(delivery.request(timestamp, clock.time())))
        except Exception as error:  # What a receiver does must not end the sender.
            return Attempt(timestamp, error=f"{type(error).__name__}: {error}".removesuffix(": "))
