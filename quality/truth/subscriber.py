"""Subscribes to a wallet's changes, and checks that each change was received."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.types import ASGIApp

from quality.harness import asgi
from quality.truth.log import Log, Now
from sandbox.state.ledger import Entry

KINDS: Mapping[str, frozenset[str]] = {
    "payment_method.attached": frozenset({"PAYMENT_METHOD_ATTACHED"}),
    "payment_method.detached": frozenset({"PAYMENT_METHOD_DETACHED"}),
    "payment_method.updated": frozenset({"PAYMENT_METHOD_UPDATED"}),
    "payment_method.automatically_updated": frozenset({"PAYMENT_METHOD_AUTOMATICALLY_UPDATED"}),
    "customer.updated": frozenset({"CUSTOMER_UPDATED", "DEFAULT_CHANGED"}),
    "customer.deleted": frozenset({"CUSTOMER_DELETED"}),
}
MESSAGE_LIMIT = 15.0
"""The limit in seconds from the publication of a change to its message, which may need slow REST calls."""

QUERY = "subscription { walletChanged { kind paymentMethodId customer { email } } }"
QUERY_OF_SERVICE = QUERY.replace("walletChanged", "walletChanged(customerId: $id)").replace(" {", "($id: ID!) {", 1)


@dataclass(frozen=True)
class Received:
    """A received message: its arrival time, the kind of change, and the changed payment method."""

    time: float
    kind: str
    payment_method: str | None


@dataclass
class Subscriber:
    """Subscribes over server-sent events. The subscription was active from `start` to `end`."""

    name: str
    customer: str
    start: float = 0.0
    end: float = 0.0
    received: list[Received] = field(default_factory=list)

    async def run(self, app: ASGIApp, headers: Mapping[str, str], now: Now, *, is_service: bool) -> None:
        """Receive messages until cancelled, or until the service ends the stream."""
        variables = {"id": self.customer} if is_service else {}
        body = json.dumps({"query": QUERY_OF_SERVICE if is_service else QUERY, "variables": variables}).encode()
        fields = {**headers, "Accept": "text/event-stream", "Content-Type": "application/json"}
        async with asgi.stream(app, "/graphql", fields, body) as chunks:
            await chunks.get()
            self.start = now()
            try:
                while (chunk := await chunks.get()) and b"event: complete" not in chunk:
                    self._add(chunk, now())
            finally:
                self.end = now()

    def _add(self, chunk: bytes, time: float) -> None:
        for line in chunk.splitlines():
            if line.startswith(b"data: {"):
                change = (json.loads(line.removeprefix(b"data: ")).get("data") or {}).get("walletChanged") or {}
                self.received.append(Received(time, change.get("kind", "UNKNOWN"), change.get("paymentMethodId")))


def missed_changes(subscriber: Subscriber, entries: Sequence[Entry], log: Log, *, swept: float) -> Iterator[str]:
    """The violations: changes during the subscription that had an event, and that the subscriber did not receive."""
    for entry in entries:
        published = [log.accepted.get(event, entry.time + swept) for event in log.events.get(entry.seq, ())]
        if not published or entry.operation not in KINDS:
            continue
        due = min(*published, entry.time + swept) + MESSAGE_LIMIT
        is_due = subscriber.start < entry.time and due < subscriber.end
        if is_due and not any(_reports(message, entry, due) for message in subscriber.received):
            missed = f"{entry.operation} of {entry.object}"
            yield f"[{entry.time:.3f} to {due:.3f}] {subscriber.name} never received {missed}"


def _reports(message: Received, entry: Entry, due: float) -> bool:
    if not entry.time <= message.time <= due:
        return False
    is_same = message.payment_method in (None, entry.object) and message.kind in KINDS[entry.operation]
    return is_same or message.kind == "RESYNC"


async def unsubscribe(subscribers: Sequence[asyncio.Task[None]]) -> None:
    """Cancel the subscriptions."""
    for task in subscribers:
        task.cancel()
    await asyncio.gather(*subscribers, return_exceptions=True)
