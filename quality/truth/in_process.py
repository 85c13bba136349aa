"""Histories over an in-process replica in virtual time. An hour of virtual time takes about a second."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from starlette.types import ASGIApp

from app import Service
from quality.harness import asgi, virtual_time
from quality.truth.cache_pressure import CACHE_BYTES, fill_cache
from quality.truth.deadlines import Bounds
from quality.truth.history import Pace
from quality.truth.network import Delays, Network
from quality.truth.run import Result, run_histories
from quality.truth.world import SETTINGS, WEBHOOK_SECRET, WEBHOOKS, Post, World
from sandbox import create_sandbox
from serving.settings.settings import Settings

PACE = Pace(reads=30, writes=4, changes=8, short=0.3, long=6, longest=90)
DELAYS = Delays(short=0.1, long=4)
SWEPT_WITHIN = 75.0
"""Seconds from a change until a sweep must have found its lost event. Sweeps start every 60 seconds."""


def run_world(seed: str, numbers: Sequence[int]) -> Result:
    """Run the histories with these numbers concurrently, and audit them."""
    logging.disable(logging.ERROR)
    return virtual_time.run(_run(seed, numbers))


async def _run(seed: str, numbers: Sequence[int]) -> Result:
    name = f"{seed}:{numbers[0]}"
    rng = random.Random(name)
    is_full = rng.random() < 0.5
    async with _world(rng, CACHE_BYTES if is_full else None) as world:
        pressing = asyncio.ensure_future(fill_cache(world, rng)) if is_full else None
        found = await run_histories(world, seed, numbers, PACE, at_once=len(numbers))
        if pressing is not None:
            pressing.cancel()
        return found


@asynccontextmanager
async def _world(rng: random.Random, cache_bytes: int | None) -> AsyncIterator[World]:
    worlds: list[World] = []
    cached = rng.choice((600, 600, 60))
    sandbox = create_sandbox(
        seed=False,
        clock=_now,
        deliver=lambda request: worlds[0].deliver(request),
        forward_to=f"http://localhost{WEBHOOKS}",
        webhook_secret=WEBHOOK_SECRET,
    )
    options: Mapping[str, Any] = {} if cache_bytes is None else {"read_cache_bytes": cache_bytes}
    settings = Settings(**SETTINGS, **options, read_cache_seconds=cached, stripe_api_base="http://stripe.invalid")
    network = Network(sandbox, rng, DELAYS)
    app = Service(settings, transport=asgi.Transport(network)).app()
    worlds.append(World(sandbox, network, [_post(app)], Bounds(cached=cached, swept=SWEPT_WITHIN), _now))
    worlds[0].subscribable = app
    async with asgi.running(app), sandbox.webhooks.running():
        yield worlds[0]


def _post(app: ASGIApp) -> Post:
    async def post(path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        response = await asgi.request(app, "POST", path, headers, body)
        return response.status, response.body

    return post


def _now() -> float:
    return time.time()
