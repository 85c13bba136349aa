"""A shop and the devices of its customer: the requests with which one order is paid."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

from quality.faults.client import Client, Outcome, Result
from quality.faults.payments import documents
from quality.faults.payments.device import Device
from quality.faults.payments.orders import CURRENCY, Order, Step
from quality.faults.scene import Scene

SETTLED = frozenset((Outcome.DONE, Outcome.REFUSED))
TRIES = 10
"""How often a shop tries to pay an order; more often than faults can refuse it."""

PAYABLE = ("REQUIRES_PAYMENT_METHOD", "REQUIRES_CONFIRMATION")
_RETURN_URL = "https://shop.example/back"


class GaveUp(Exception):
    """A client stopped before it knew the result."""


class NeverEnded(Exception):
    """A shop tried often without an end that the order allows."""


class Shop:
    """The clients of one order, and all responses to them."""

    def __init__(self, scene: Scene, order: Order) -> None:
        self.scene = scene
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
        """Repeat a request until its result is known. Raises GaveUp if the client stops before that."""
        order = self.order
        key = order.key() if needs_key or (order.has_keys and not repeatable) else None
        step = Step(order, query, variables, caller, key, order.manners(), repeatable)
        client = Client(step, self.scene.replicas, self.scene.settings)
        self.clients.append(client)
        if query in (documents.CREATE, documents.CONFIRM):
            self.paying.append(client)
        await client.run(lambda result: result.outcome in SETTLED)
        self.gave_up, self.late = self.gave_up or client.gave_up, self.late or client.late
        if client.gave_up or client.late:
            raise GaveUp
        return next(result for result in reversed(client.results) if result.outcome in SETTLED)

    async def create(self, **input: Any) -> dict[str, Any] | None:
        """The new PaymentIntent, or None if it was refused. Another try has another key."""
        order = self.order
        given = {"amount": order.amount, "currency": CURRENCY, "customerId": order.ids["customer"], **input}
        return _intent(await self.send(documents.CREATE, {"input": given}, needs_key=bool(input.get("confirm"))))

    async def created(self, **input: Any) -> dict[str, Any]:
        """The new PaymentIntent, after as many tries as it takes."""
        for _ in range(TRIES):
            if (intent := await self.create(**input)) is not None:
                return intent
        raise NeverEnded("never created")

    async def confirm(self, intent: str, *, caller: str = "service", **input: Any) -> dict[str, Any] | None:
        """The PaymentIntent after a confirmation, or None if it was refused."""
        given = {"paymentIntentId": intent, "returnUrl": _RETURN_URL, **input}
        repeatable = self.order.is_careless
        return _intent(await self.send(documents.CONFIRM, {"input": given}, caller=caller, repeatable=repeatable))

    async def cancel(self, intent: str) -> dict[str, Any] | None:
        """The canceled PaymentIntent, or None if it can't be canceled."""
        given = {"paymentIntentId": intent}
        return _intent(await self.send(documents.CANCEL, {"input": given}, repeatable=self.order.is_careless))

    async def status(self, intent: str, *, caller: str = "service") -> str:
        """The status that the service reports."""
        for _ in range(TRIES):
            result = await self.send(documents.READ, {"id": intent}, caller=caller)
            if result.outcome is Outcome.DONE:
                return str(json.loads(result.text)["data"]["paymentIntent"]["status"])
        raise NeverEnded("never read")

    async def pay(self, intent: str, *, caller: str = "service", **input: Any) -> str:
        """Confirm until the PaymentIntent is paid, or can't be any more. Returns its status."""
        for _ in range(TRIES):
            found = await self.confirm(intent, caller=caller, **input)
            status = str(found["status"]) if found is not None else await self.status(intent, caller=caller)
            if status not in PAYABLE:
                return status
        raise NeverEnded("never paid")

    async def pay_on_device(self, intent: dict[str, Any], method: str) -> str:
        """Let the customer's device confirm. Returns the status."""
        device = Device(self.scene.proxy.port, self.scene.sandbox.port, str(intent["clientSecret"]))
        self.devices.append(device)
        return await device.pay(method)

    async def complete(self, intent: str, **input: Any) -> Result:
        """Let the service finish what it saved."""
        given = {"paymentIntentId": intent, **input}
        for _ in range(TRIES):
            result = await self.send(documents.COMPLETE, {"input": given}, caller="customer", repeatable=True)
            if result.outcome is Outcome.DONE:
                return result
        raise NeverEnded("never completed")

    async def both(self, *work: Coroutine[Any, Any, Any]) -> list[Any]:
        """Several clients at once. Raises what one of them raised when all have ended."""
        results = await asyncio.gather(*work, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return list(results)


def _intent(result: Result) -> dict[str, Any] | None:
    payload = next(iter(json.loads(result.text)["data"].values()))
    intent = payload["paymentIntent"] if result.outcome is Outcome.DONE else None
    return dict(intent) if intent is not None else None
