"""Reads large wallets to fill the read cache, so that it drops the wallets of histories."""

from __future__ import annotations

import asyncio
import random

from quality.truth.reads import Read
from quality.truth.world import World
from quality.truth.writes import RestCall

CACHE_BYTES = 2 * 1024 * 1024
"""The size of the cache. Responses get half of it, which the large wallets exceed."""

CUSTOMERS = 5
CARDS = 9
METADATA = {f"metadata[{number}]": "x" * 500 for number in range(50)}
BURSTS = 40
_PAGE = "query($id: ID!) { customer(id: $id) { id paymentMethods(first: 100) { nodes { id } } } }"


async def fill_cache(world: World, rng: random.Random) -> None:
    """Read large wallets repeatedly."""
    customers = await asyncio.gather(*(_prepare(world) for _ in range(CUSTOMERS)))
    reads = [Read(_PAGE, {"id": customer}, lambda data: iter(())) for customer in customers]
    caller = world.caller("cache pressure", None)
    for _ in range(BURSTS):
        await asyncio.sleep(rng.uniform(0.5, 5))
        pairs = zip(customers, reads, strict=True)
        await asyncio.gather(*(world.read(rng, caller, id, read, no_cache=False) for id, read in pairs))


async def _prepare(world: World) -> str:
    """Create a customer whose page of payment methods takes a fifth of the cache's space for responses."""
    customer: str = (await world.call_stripe(RestCall("POST", "/v1/customers")))["id"]
    for _ in range(CARDS):
        path = "/v1/payment_methods/pm_card_visa/attach"
        card = await world.call_stripe(RestCall("POST", path, {"customer": customer}))
        await world.call_stripe(RestCall("POST", f"/v1/payment_methods/{card['id']}", METADATA))
    return customer
