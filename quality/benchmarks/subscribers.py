"""A thousand subscribers and 50 changes per second: `uv run python -m quality.benchmarks.subscribers`.

The server runs with its embedded sandbox. Each wallet has two subscribers: one uses an event stream, the other a
WebSocket. The latency is the time from the request that changes a customer in the sandbox to the message. Exits with 1
if the p99 is above the target.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

import aiohttp
import psutil

from changes.streams.coalescing import WINDOW_SECONDS
from quality.harness.processes import Running, running

TARGET_SECONDS = 0.25
"""The target of the p99 latency, on top of the window in which changes are combined."""

OPENING = 50
"""The number of subscriptions that are opened concurrently."""

QUERY = "subscription ($id: ID!) { walletChanged(customerId: $id) { id kind customer { id name email } } }"
KEY = {"Authorization": "Bearer sk_test_benchmark"}


@dataclass
class Latencies:
    """The start time of each wallet's latest change, and the latency of each message in seconds."""

    changed: dict[str, float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def receive(self, result: str | bytes) -> None:
        """Record the latency of a message."""
        change = json.loads(result)["data"]["walletChanged"]
        self.seconds.append(time.monotonic() - self.changed[change["customer"]["id"]])


async def _event_stream(
    session: aiohttp.ClientSession, wallet: str, latencies: Latencies, ready: asyncio.Event
) -> None:
    body = {"query": QUERY, "variables": {"id": wallet}}
    async with session.post("/graphql", json=body, headers={"Accept": "text/event-stream"}) as response:
        response.raise_for_status()
        async for line in response.content:
            ready.set()
            if line.startswith(b"data: "):
                latencies.receive(line[6:])


async def _websocket(session: aiohttp.ClientSession, wallet: str, latencies: Latencies, ready: asyncio.Event) -> None:
    async with session.ws_connect("/graphql", protocols=("graphql-transport-ws",)) as socket:
        await socket.send_json({"type": "connection_init"})
        await socket.receive_json()
        payload = {"query": QUERY, "variables": {"id": wallet}}
        await socket.send_json({"type": "subscribe", "id": "1", "payload": payload})
        # The response to a later operation shows that the subscription is active.
        await socket.send_json({"type": "subscribe", "id": "2", "payload": {"query": "{ viewer { kind } }"}})
        await socket.receive_json()
        ready.set()
        async for message in socket:
            if message.data.startswith('{"id":"1"'):
                latencies.receive(json.dumps(json.loads(message.data)["payload"]))


async def _subscribe(
    session: aiohttp.ClientSession, wallets: list[str], latencies: Latencies
) -> list[asyncio.Task[None]]:
    """Start two subscribers for each wallet, and wait until they are active."""
    tasks: list[asyncio.Task[None]] = []
    opening = asyncio.Semaphore(OPENING)

    async def open_one(subscribe: Any, wallet: str) -> None:
        async with opening:
            ready = asyncio.Event()
            tasks.append(asyncio.create_task(subscribe(session, wallet, latencies, ready)))
            await asyncio.wait_for(ready.wait(), 30)

    await asyncio.gather(*(open_one(kind, wallet) for kind in (_event_stream, _websocket) for wallet in wallets))
    return tasks


async def _create(session: aiohttp.ClientSession, number: int) -> str:
    async with session.post("/v1/customers", data={"name": f"Customer {number}"}, headers=KEY) as response:
        return str((await response.json())["id"])


async def _change(session: aiohttp.ClientSession, wallet: str, name: str, latencies: Latencies) -> None:
    latencies.changed[wallet] = time.monotonic()
    async with session.post(f"/v1/customers/{wallet}", data={"name": name}, headers=KEY) as response:
        response.raise_for_status()


async def _change_all(
    session: aiohttp.ClientSession, wallets: list[str], latencies: Latencies, *, rate: int, seconds: float
) -> int:
    """Change the wallets in rotation at the rate. Returns the number of changes."""
    clock = asyncio.get_running_loop().time
    started, changes = clock(), 0
    async with asyncio.TaskGroup() as group:
        while clock() < started + seconds:
            group.create_task(_change(session, wallets[changes % len(wallets)], f"Name {changes}", latencies))
            changes += 1
            await asyncio.sleep(max(0.0, started + changes / rate - clock()))
    await asyncio.sleep(WINDOW_SECONDS + 2)
    return changes


async def _measure(server: Running, subscribers: int, rate: int, seconds: float) -> bool:
    process = psutil.Process(server.process.pid)
    latencies = Latencies()
    connector, timeout = aiohttp.TCPConnector(limit=0), aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(server.base, connector=connector, timeout=timeout) as session:
        wallets = [await _create(session, number) for number in range(subscribers // 2)]
        before = process.memory_info().rss
        tasks = await _subscribe(session, wallets, latencies)
        memory = (process.memory_info().rss - before) / subscribers / 1024
        cpu = sum(process.cpu_times()[:2])
        changes = await _change_all(session, wallets, latencies, rate=rate, seconds=seconds)
        cpu = sum(process.cpu_times()[:2]) - cpu
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)
    *_, p99 = cuts = quantiles(latencies.seconds, n=100)
    print(f"{subscribers} subscribers, {changes} changes, {len(latencies.seconds)} messages of {2 * changes}")
    window = WINDOW_SECONDS * 1000
    print(f"ms from change to message: p50 {cuts[49] * 1000:.0f}, p99 {p99 * 1000:.0f}; {window:.0f} combine changes")
    print(f"memory per subscriber: {memory:.0f} KiB; CPU: {cpu / (seconds + 2):.2f} cores")
    return len(latencies.seconds) == 2 * changes and p99 <= TARGET_SECONDS + WINDOW_SECONDS


def main() -> int:
    """Run and report. Returns 1 if messages are missing or the p99 is above the target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--subscribers", type=int, default=1000, help="number of subscribers, two for each wallet (1000)"
    )
    parser.add_argument("--rate", type=int, default=50, help="changes per second (50)")
    parser.add_argument("--seconds", type=float, default=9.0, help="duration (9)")
    options = parser.parse_args()
    limits = {"MAX_SUBSCRIPTIONS_PER_CALLER": str(options.subscribers), "LOG_LEVEL": "warning"}
    with (
        tempfile.TemporaryDirectory(prefix="attache-subscribers-") as folder,
        running("server.py", folder=Path(folder), **limits) as server,
    ):
        passed = asyncio.run(_measure(server, options.subscribers, options.rate, options.seconds))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
