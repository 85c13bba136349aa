"""Sends each event to the webhook endpoints in the background, so that no response waits for them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sandbox.events.delivery import Attempt, Deliver, Delivery
from sandbox.events.delivery_log import DeliveryLog
from sandbox.objects.event import Event
from sandbox.objects.webhook_endpoint import WebhookEndpoint
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
        self._queue: asyncio.Queue[Delivery] | None = None
        self._timers: set[asyncio.TimerHandle] = set()
        store.subscribe(self._create_deliveries)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Sends what is pending and what follows, until the context ends. Attempts in progress then end too."""
        if self._deliver is None:
            yield
            return
        self._queue = asyncio.Queue()
        workers = [asyncio.create_task(self._send_queued(self._queue, self._deliver)) for _ in range(_CONCURRENT)]
        for delivery in self._log.pending():
            self._enqueue(delivery)
        try:
            yield
        finally:
            self._queue = None
            for timer in self._timers:
                timer.cancel()
            self._timers.clear()
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
        """Cancels and deletes all deliveries."""
        self._log.clear()

    def _create_deliveries(self, event: Event, endpoints: Sequence[WebhookEndpoint]) -> None:
        for endpoint in endpoints:
            self._enqueue(self._log.add(event, endpoint))

    def _enqueue(self, delivery: Delivery) -> None:
        if self._queue is not None:
            self._queue.put_nowait(delivery)

    def _enqueue_later(self, pause: float, delivery: Delivery) -> None:
        def enqueue() -> None:
            self._timers.discard(timer)
            self._enqueue(delivery)

        timer = asyncio.get_running_loop().call_later(pause, enqueue)
        self._timers.add(timer)

    async def _send_queued(self, queue: asyncio.Queue[Delivery], deliver: Deliver) -> None:
        while True:
            delivery = await queue.get()
            if delivery.is_pending:
                await self._send(delivery, deliver)

    async def _send(self, delivery: Delivery, deliver: Deliver) -> None:
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
            delivery.event.count_delivery()
            self._log.settle(delivery, "succeeded")
        elif len(delivery.attempts) > len(pauses):
            self._log.settle(delivery, "failed")
        else:
            self._enqueue_later(pauses[len(delivery.attempts) - 1], delivery)

    async def _attempt(self, delivery: Delivery, deliver: Deliver) -> Attempt:
        # The source's time, because receivers compare it with their own clock.
        now = self._store.clock.source_time()
        try:
            async with asyncio.timeout(RESPONSE_TIMEOUT):
                return Attempt(now, status=await deliver(delivery.request(now)))
        except Exception as error:  # What a receiver does must not end the sender.
            return Attempt(now, error=f"{type(error).__name__}: {error}".removesuffix(": "))
