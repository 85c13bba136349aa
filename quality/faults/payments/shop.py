"""A shop and the devices of its customer, with the requests that pay an order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

from quality.faults.client import Client, Outcome, Result
from quality.faults.cluster import Cluster
from quality.faults.payments import documents
from quality.faults.payments.device import Device
from quality.faults.payments.orders import CURRENCY, Order, Step

SETTLED = frozenset((Outcome.DONE, Outcome.REFUSED))
TRIES = 10
"""The shop's attempts per step. An order has fewer faults that refuse a request."""

PAYABLE = ("REQUIRES_PAYMENT_METHOD", "REQUIRES_CONFIRMATION")
_RETURN_URL = "https://shop.example/back"


class GaveUp(Exception):
    """A client stopped before it had a settled result."""


class NoFinalStatus(Exception):
    """A step did not reach its goal within TRIES attempts."""


class Shop:
    """Pays one order, and keeps its clients with all their results."""

    def __init__(self, cluster: Cluster, order: Order) -> None:
        self.cluster = cluster
        self.order = order
        self.clients: list[Client] = []
        self.devices: list[Device] = []
        self.paying: list[Client] = []
        """The clients whose requests can pay."""
        self.gave_up = False
        self.late = False

    async def send(
        self,
        query: str,
        variables: dict[str, Any],
        *,
        caller: str = "service",
        needs_key: bool = False,
        repeatable: bool = False,
    ) -> Result:
        """Repeat a request until it has a settled result. Raises GaveUp if the client stops earlier."""
        order = self.order
        key = order.key() if needs_key or (order.sends_keys and not repeatable) else None
        step = Step(order, query, variables, caller, key, order.behaviours(), repeatable)
        client = Client(step, self.cluster.replicas, self.cluster.settings)
        self.clients.append(client)
        if query in (documents.CREATE, documents.CONFIRM):
            self.paying.append(client)
        await client.run(lambda result: result.outcome in SETTLED)
        self.gave_up, self.late = self.gave_up or client.gave_up, self.late or client.late
        if client.gave_up or client.late:
            raise GaveUp
        return next(result for result in reversed(client.results) if result.outcome in SETTLED)

    async def create(self, **input: Any) -> dict[str, Any] | None:
        """Create a PaymentIntent. Returns None if it was refused. Each attempt has a new key."""
        order = self.order
        given = {"amount": order.amount, "currency": CURRENCY, "customerId": order.ids["customer"], **input}
        return _intent(await self.send(documents.CREATE, {"input": given}, needs_key=bool(input.get("confirm"))))

    async def created(self, **input: Any) -> dict[str, Any]:
        """Create a PaymentIntent, with up to TRIES attempts."""
        for _ in range(TRIES):
            if (intent := await self.create(**input)) is not None:
                return intent
        raise NoFinalStatus("never created")

    async def confirm(self, intent: str, *, caller: str = "service", **input: Any) -> dict[str, Any] | None:
        """Confirm the PaymentIntent. Returns None if it was refused."""
        given = {"paymentIntentId": intent, "returnUrl": _RETURN_URL, **input}
        repeatable = self.order.repeats_without_key
        return _intent(await self.send(documents.CONFIRM, {"input": given}, caller=caller, repeatable=repeatable))

    async def cancel(self, intent: str) -> dict[str, Any] | None:
        """Cancel the PaymentIntent. Returns None if it was refused."""
        given = {"paymentIntentId": intent}
        return _intent(await self.send(documents.CANCEL, {"input": given}, repeatable=self.order.repeats_without_key))

    async def status(self, intent: str, *, caller: str = "service") -> str:
        """Read the status of the PaymentIntent."""
        for _ in range(TRIES):
            result = await self.send(documents.READ, {"id": intent}, caller=caller)
            if result.outcome is Outcome.DONE:
                return str(json.loads(result.text)["data"]["paymentIntent"]["status"])
        raise NoFinalStatus("never read")

    async def pay(self, intent: str, *, caller: str = "service", **input: Any) -> str:
        """Confirm until the PaymentIntent can't be confirmed again. Returns its status."""
        for _ in range(TRIES):
            found = await self.confirm(intent, caller=caller, **input)
            status = str(found["status"]) if found is not None else await self.status(intent, caller=caller)
            if status not in PAYABLE:
                return status
        raise NoFinalStatus("never paid")

    async def pay_on_device(self, intent: dict[str, Any], method: str) -> str:
        """Confirm on the customer's device. Returns the status."""
        device = Device(self.cluster.proxy.port, self.cluster.sandbox.port, str(intent["clientSecret"]))
        self.devices.append(device)
        return await device.pay(method)

    async def complete(self, intent: str, **input: Any) -> Result:
        """Complete the PaymentIntent through the service."""
        given = {"paymentIntentId": intent, **input}
        for _ in range(TRIES):
            result = await self.send(documents.COMPLETE, {"input": given}, caller="customer", repeatable=True)
            if result.outcome is Outcome.DONE:
                return result
        raise NoFinalStatus("never completed")

    async def run_concurrently(self, *work: Coroutine[Any, Any, Any]) -> list[Any]:
        """Run several clients concurrently. After all have finished, raises the first exception."""
        results = await asyncio.gather(*work, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return list(results)


def _intent(result: Result) -> dict[str, Any] | None:
    payload = next(iter(json.loads(result.text)["data"].values()))
    intent = payload["paymentIntent"] if result.outcome is Outcome.DONE else None
    return dict(intent) if intent is not None else None
