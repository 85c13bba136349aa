"""Concurrent attaches of the same card to many wallets, and their violations."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from quality.faults.client import Outcome, Result, parse_result
from quality.faults.plan import Fault
from quality.faults.stores.scene import Scene
from quality.harness import wire
from quality.harness.wire import Message

POLICIES = ("REUSE_EXISTING", "REPLACE_EXISTING", "REJECT")
ATTACH = """mutation Attach($input: AttachPaymentMethodInput!) { attachPaymentMethod(input: $input) {
  paymentMethod { id } errors { code } } }"""
SETTLED = frozenset((Outcome.DONE, Outcome.REFUSED))
SETTLES_WITHIN = 20.0


@dataclass
class Request:
    """An attach to one wallet through one replica, with its first and last result."""

    customer: str
    policy: str
    replica: int
    first: Result | None = None

    async def send(self, scene: Scene, replica: int | None = None) -> Result:
        """Send it once."""
        key = f"{self.customer} {self.replica}"
        input = {"paymentMethodId": "pm_card_amex", "customerId": self.customer, "onDuplicate": self.policy}
        variables = {"input": {**input, "idempotencyKey": key}}
        port = scene.replicas[self.replica if replica is None else replica].port
        result = parse_result(await post(port, {"query": ATTACH, "variables": variables}))
        self.first = self.first or result
        return result

    async def settle(self, scene: Scene, replica: int | None = None) -> str | None:
        """Send it until it is done or refused; what is wrong if it never is."""
        end = time.monotonic() + SETTLES_WITHIN
        while (result := await self.send(scene, replica)).outcome not in SETTLED:
            if time.monotonic() > end:
                return f"never settled: {result}"
            await asyncio.sleep(0.2)
        return None


async def post(port: int, body: Mapping[str, object]) -> Message | None:
    """The response to a GraphQL request, or None."""
    headers = {"Host": "localhost", "Content-Type": "application/json"}
    request = wire.request("POST", "/graphql", body=json.dumps(body).encode(), headers=headers)
    with contextlib.suppress(TimeoutError):
        return await asyncio.wait_for(wire.exchange(port, request), SETTLES_WITHIN)
    return None


async def pairs(scene: Scene, wallets: int, policy: str, *, delay: float = 0.0) -> list[Request]:
    """Two attaches for each of so many new wallets, one by each replica. Answers of Stripe are delayed."""
    created = [wire.call(scene.sandbox.port, "POST", "/v1/customers") for _ in range(wallets)]
    customers = [(await one)["id"] for one in created]
    if delay:
        for customer in customers:
            scene.proxy.plan([customer], [Fault(delay=delay, after=True)] * 4)
    return [Request(customer, policy, replica) for customer in customers for replica in range(2)]


async def attach(scene: Scene, wallets: int, disturb: Callable[[Scene], Awaitable[None]], delay: float) -> list[str]:
    """Attach with each policy while the store is disturbed; the violations of the first policy that has any."""
    wrong: list[str] = []
    for policy in POLICIES:
        requests = await pairs(scene, wallets, policy, delay=delay)
        disturbing = asyncio.ensure_future(disturb(scene))
        await asyncio.gather(*(request.send(scene) for request in requests))
        await disturbing
        for one, other in zip(requests[::2], requests[1::2], strict=True):
            wrong += [f"{policy}: {found}" for found in await _violations(scene, one, other)]
        unsettled = [one for one in requests if one.first is not None and one.first.outcome not in SETTLED]
        wrong += [found for found in await asyncio.gather(*(one.settle(scene) for one in unsettled)) if found]
        if wrong:
            break
    return wrong


async def _violations(scene: Scene, one: Request, other: Request) -> list[str]:
    """The violations in one wallet, by the first results of both clients."""
    listed = await wire.call(scene.sandbox.port, "GET", f"/v1/customers/{one.customer}/payment_methods")
    cards, results = len(listed["data"]), [result for result in (one.first, other.first) if result is not None]
    outcomes = [result.outcome for result in results]
    if cards > 1 and SETTLED.issuperset(outcomes):
        return [f"{cards} cards in a wallet, but the results are {[str(result) for result in results]}"]
    if cards == 0 and Outcome.DONE in outcomes:
        return [f"no card in a wallet, but the results are {[str(result) for result in results]}"]
    return [f"something unexpected: {result}" for result in results if "INTERNAL" in result.text]
