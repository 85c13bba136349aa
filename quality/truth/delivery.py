"""Injects faults into the sandbox's deliveries: events are delayed, duplicated, reordered and lost."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from quality.truth.world import World
from quality.truth.writes import RestCall


async def disturb_deliveries(world: World, rng: random.Random) -> None:
    """Inject a fault from time to time, until cancelled."""
    while True:
        await asyncio.sleep(rng.uniform(0, 4))
        await world.call_stripe(RestCall("POST", "/_sandbox/delivery_faults", json=_fault(rng)))


def _fault(rng: random.Random) -> dict[str, Any]:
    times = rng.randint(1, 4)
    match rng.choice(("delay", "delay", "duplicate", "second_event", "reorder", "lose")):
        case "delay":
            return {"kind": "delay", "times": times, "delay": rng.choice((rng.uniform(0.1, 3), rng.uniform(3, 40)))}
        case "duplicate":
            return {"kind": "duplicate", "times": times, "copies": rng.randint(1, 3)}
        case kind:
            return {"kind": kind, "times": times}
