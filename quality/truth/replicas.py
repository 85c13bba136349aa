"""Histories over two replicas that share a store, in real time: replicas are killed, and the store fails."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import redis.asyncio as redis
import uvicorn

from quality.faults import processes
from quality.faults.processes import Process
from quality.harness.wire import LOCALHOST
from quality.truth.deadlines import Bounds
from quality.truth.history import Pace
from quality.truth.network import Delays, Network
from quality.truth.run import Result, run_histories
from quality.truth.world import SETTINGS, WEBHOOK_SECRET, WEBHOOKS, Post, World
from sandbox import create_sandbox
from sandbox.http.server import DroppableProtocol, listen

REPLICAS = 2
AT_ONCE = 12
PACE = Pace(reads=25, writes=2, changes=4, short=0.05, long=0.4, longest=2)
DELAYS = Delays(short=0.02, long=0.5)
CACHED_SECONDS = 5
"""Short, so that deadlines expire within a history."""


def run_replicas(seed: str, numbers: Sequence[int], planted: str | None) -> Result:
    """Run the histories with these numbers, and audit them."""
    return asyncio.run(_run(seed, numbers, planted))


async def _run(seed: str, numbers: Sequence[int], planted: str | None) -> Result:
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        store = processes.store(Path(folder))
        async with _world(rng, Path(folder), store, planted) as (world, replicas):
            disturbing = [
                asyncio.ensure_future(_disturb_store(store, random.Random(rng.random()))),
                asyncio.ensure_future(_kill_replicas(world, replicas, random.Random(rng.random()))),
            ]
            found = await run_histories(world, seed, numbers, PACE, at_once=AT_ONCE)
            for task in disturbing:
                task.cancel()
            await asyncio.gather(*disturbing, return_exceptions=True)
            return found


@asynccontextmanager
async def _world(
    rng: random.Random, folder: Path, store: Process, planted: str | None
) -> AsyncIterator[tuple[World, Sequence[Process]]]:
    worlds: list[World] = []
    sandbox = create_sandbox(
        seed=False,
        deliver=lambda request: worlds[0].deliver(request),
        forward_to=f"http://{LOCALHOST}{WEBHOOKS}",
        webhook_secret=WEBHOOK_SECRET,
    )
    network = Network(sandbox, rng, DELAYS)
    async with _served(network) as port:
        variables = _variables(port, store)
        replicas = [processes.service(folder, f"replica{n}", variables, planted=planted) for n in range(REPLICAS)]
        await asyncio.gather(*(process.start() for process in (store, *replicas)))
        bounds = Bounds(cached=CACHED_SECONDS, swept=None)
        try:
            async with httpx.AsyncClient(timeout=20) as client, sandbox.webhooks.running():
                posts = [_post(client, replica.port) for replica in replicas]
                worlds.append(World(sandbox, network, posts, bounds, time.time))
                yield worlds[0], replicas
        finally:
            await processes.stop([*replicas, store])


def _post(client: httpx.AsyncClient, port: int) -> Post:
    async def post(path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        try:
            response = await client.post(f"http://{LOCALHOST}:{port}{path}", headers=dict(headers), content=body)
        except httpx.TransportError as error:
            raise ConnectionError(type(error).__name__) from None
        return response.status_code, response.content

    return post


def _variables(sandbox: int, store: Process) -> dict[str, str]:
    """The environment of the replicas."""
    settings = {name.upper(): str(value) for name, value in SETTINGS.items()}
    return {
        **settings,
        "STRIPE_API_BASE": f"http://{LOCALHOST}:{sandbox}",
        "REDIS_URL": f"redis://{LOCALHOST}:{store.port}/0",
        "READ_CACHE_SECONDS": str(CACHED_SECONDS),
    }


@asynccontextmanager
async def _served(app: Network) -> AsyncIterator[int]:
    """Serve the sandbox on a port in this event loop. Yields the port."""
    listener = listen(LOCALHOST, 0)
    config = uvicorn.Config(
        app, http=DroppableProtocol, lifespan="off", log_config=None, log_level="critical", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await serving


async def _disturb_store(store: Process, rng: random.Random) -> None:
    """Suspend the store, lose some of its keys, or kill and restart it, until cancelled."""
    while True:
        await asyncio.sleep(rng.uniform(0.5, 3))
        match rng.choice(("pause", "pause", "lose keys", "lose keys", "lose keys", "restart")):
            case "pause":
                await _pause(store, rng.choice((rng.uniform(0.02, 0.3), rng.uniform(0.3, 2))))
            case "restart":
                await store.end(signal.SIGKILL)
                await asyncio.sleep(rng.uniform(0.1, 1))
                await store.start()
            case "lose keys":
                await _lose_keys(store, rng)


async def _pause(store: Process, seconds: float) -> None:
    store.signal(signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        store.signal(signal.SIGCONT)


async def _lose_keys(store: Process, rng: random.Random) -> None:
    """Delete none, some or all keys of each kind, like a store that is out of memory."""
    async with redis.Redis(host=LOCALHOST, port=store.port) as client:
        with contextlib.suppress(redis.RedisError):
            keys = sorted(await client.keys(), key=str)
            shares = {kind: rng.choice((0, 0, 0.3, 1)) for kind in sorted({_kind_of(key) for key in keys})}
            lost = [key for key in keys if rng.random() < shares[_kind_of(key)]]
            if lost:
                await client.delete(*lost)


def _kind_of(key: bytes | str) -> str:
    return str(key).rpartition(":")[0]


async def _kill_replicas(world: World, replicas: Sequence[Process], rng: random.Random) -> None:
    """Kill and restart a replica from time to time, until cancelled. Meanwhile, requests go to the other one."""
    clients = list(world.replicas)
    while True:
        await asyncio.sleep(rng.uniform(4, 10))
        number = rng.randrange(REPLICAS)
        await replicas[number].end(signal.SIGKILL)
        world.replicas.remove(clients[number])
        await replicas[number].start()
        world.replicas.append(clients[number])
