"""Attaches the same card twice concurrently to each of many wallets, and checks the wallets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from quality.faults.client import Outcome, Result, parse_result
from quality.faults.plan import Fault
from quality.faults.stores.cluster import Cluster
from quality.harness import wire
from quality.harness.wire import Message

POLICIES = ("REUSE_EXISTING", "REPLACE_EXISTING", "REJECT")
ATTACH = """mutation Attach($input: AttachPaymentMethodInput!) { attachPaymentMethod(input: $input) {
  paymentMethod { id } errors { code } } }"""
SETTLED = frozenset((Outcome.DONE, Outcome.REFUSED))
SETTLES_WITHIN = 20.0


@dataclass
class Request:
    """An attach to a wallet through a replica. `first` is the result of the first attempt."""

    customer: str
    policy: str
    replica: int
    first: Result | None = None

    async def send(self, cluster: Cluster, replica: int | None = None) -> Result:
        """Send the request once."""
        key = f"{self.customer} {self.replica}"
        input = {"paymentMethodId": "pm_card_amex", "customerId": self.customer, "onDuplicate": self.policy}
        variables = {"input": {**input, "idempotencyKey": key}}
        port = cluster.replicas[self.replica if replica is None else replica].port
        result = parse_result(await post(port, {"query": ATTACH, "variables": variables}))
        self.first = self.first or result
        return result

    async def settle(self, cluster: Cluster, replica: int | None = None) -> str | None:
        """Send the request until it is done or refused. Returns a violation on timeout."""
        end = time.monotonic() + SETTLES_WITHIN
        while (result := await self.send(cluster, replica)).outcome not in SETTLED:
            if time.monotonic() > end:
                return f"never settled: {result}"
            await asyncio.sleep(0.2)
        return None


async def post(port: int, body: Mapping[str, object]) -> Message | None:
    """Send a GraphQL request. Returns the response, or None if there is none."""
    headers = {"Host": "localhost", "Content-Type": "application/json"}
    request = wire.request("POST", "/graphql", body=json.dumps(body).encode(), headers=headers)
    with contextlib.suppress(TimeoutError):
        return await asyncio.wait_for(wire.exchange(port, request), SETTLES_WITHIN)
    return None


async def pairs(cluster: Cluster, wallets: int, policy: str, *, delay: float = 0.0) -> list[Request]:
    """Two attaches for each new wallet, one through each replica. Stripe's responses are delayed by `delay` seconds."""
    created = [wire.call(cluster.sandbox.port, "POST", "/v1/customers") for _ in range(wallets)]
    customers = [(await one)["id"] for one in created]
    if delay:
        for customer in customers:
            cluster.proxy.plan([customer], [Fault(delay=delay, after=True)] * 4)
    return [Request(customer, policy, replica) for customer in customers for replica in range(2)]


async def attach(
    cluster: Cluster, wallets: int, disturb: Callable[[Cluster], Awaitable[None]], delay: float
) -> list[str]:
    """Attach with each policy during a disturbance. Returns the violations of the first policy that has any."""
    violations: list[str] = []
    for policy in POLICIES:
        requests = await pairs(cluster, wallets, policy, delay=delay)
        disturbing = asyncio.ensure_future(disturb(cluster))
        await asyncio.gather(*(request.send(cluster) for request in requests))
        await disturbing
        for one, other in zip(requests[::2], requests[1::2], strict=True):
            violations += [f"{policy}: {found}" for found in await _violations(cluster, one, other)]
        unsettled = [one for one in requests if one.first is not None and one.first.outcome not in SETTLED]
        violations += [found for found in await asyncio.gather(*(one.settle(cluster) for one in unsettled)) if found]
        if violations:
            break
    return violations


async def _violations(cluster: Cluster, one: Request, other: Request) -> list[str]:
    """Compare a wallet with the first results of both clients. Returns the violations."""
    listed = await wire.call(cluster.sandbox.port, "GET", f"/v1/customers/{one.customer}/payment_methods")
    cards, results = len(listed["data"]), [result for result in (one.first, other.first) if result is not None]
    outcomes = [result.outcome for result in results]
    if cards > 1 and SETTLED.issuperset(outcomes):
        return [f"{cards} cards in a wallet, but the results are {[str(result) for result in results]}"]
    if cards == 0 and Outcome.DONE in outcomes:
        return [f"no card in a wallet, but the results are {[str(result) for result in results]}"]
    return [f"internal error: {result}" for result in results if "INTERNAL" in result.text]
