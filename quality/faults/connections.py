"""The groups around connections: bodies that can't be used, slow clients, and too few descriptors."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import re
import signal
import socket
import time
from collections.abc import Sequence

from graphql import get_introspection_query

from quality.faults.client import Client
from quality.faults.plan import NONE, Fault, Reply, Work
from quality.faults.processes import Process
from quality.faults.scene import Group, Scene
from quality.faults.stale import READ, breaker_stays_closed, graphql, metric, no_faults
from quality.harness import wire
from quality.harness.wire import LOCALHOST

# --- Bodies ----------------------------------------------------------------------------------------------------------

BODIES = (Reply.LARGE_ERROR, Reply.TOO_LONG, Reply.CUT_JSON, Reply.GARBAGE, Reply.BROKEN_GZIP)
FAILED_READS = 300


def unusable_bodies(draw: random.Random) -> list[Fault]:
    """Bodies that can't be used, of work that was done and of work that was not."""
    works = (Work.NOW, Work.NEVER)
    return [
        Fault(draw.choice(works), draw.choice(BODIES)) if draw.random() < 0.7 else NONE
        for _ in range(draw.randint(1, 6))
    ]


async def bodies(scene: Scene, draw: random.Random) -> None:
    """Many reads that fail by such a body, so that what they leave in memory can be measured."""
    customer = (await wire.call(scene.sandbox.port, "POST", "/v1/customers"))["id"]
    replies = itertools.islice(itertools.cycle(BODIES), FAILED_READS)
    scene.proxy.plan([customer], (Fault(Work.NEVER, reply) for reply in replies))
    request = wire.Message(graphql(scene, READ, id=customer), b"")

    async def read(replica: Process) -> None:
        while scene.proxy.planned(customer):
            await wire.exchange(replica.port, request)

    await asyncio.gather(*(read(replica) for replica in scene.replicas for _ in range(4)))


# --- Slow clients ----------------------------------------------------------------------------------------------------

PLACES = 100
SLOW_BODIES = 120
UNREAD = 5
LET_GO_WITHIN = 8.0
DRAINS_WITHIN = 0.2 + 1 + 2 + 4
"""DRAIN_SECONDS, the linger of open connections, SHUTDOWN_DEADLINE, and time for a busy machine."""


class SlowClients:
    """Clients that send a body byte by byte, or never read what they asked for."""

    def __init__(self, scene: Scene) -> None:
        self._body = graphql(scene, "{ viewer { kind } }")
        self._large = graphql(scene, get_introspection_query(), keep=True)
        self._writers: list[asyncio.StreamWriter] = []
        self._trickling: set[asyncio.Task[None]] = set()

    async def come(self, replica: Process) -> None:
        """More than there are places send a body slowly, and a few read nothing."""
        writers = [writer for _ in range(SLOW_BODIES) if (writer := await self._connect(replica)) is not None]
        task = asyncio.create_task(self._trickle(writers))
        self._trickling.add(task)
        task.add_done_callback(self._trickling.discard)
        for _ in range(UNREAD):
            if (writer := await self._connect(replica)) is not None:
                writer.write(self._large * 40)

    def go(self) -> None:
        """Close all connections."""
        for task in self._trickling:
            task.cancel()
        for writer in self._writers:
            wire.reset(writer)

    async def _connect(self, replica: Process) -> asyncio.StreamWriter | None:
        connection = socket.socket()
        connection.setblocking(False)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        try:
            await asyncio.get_running_loop().sock_connect(connection, (LOCALHOST, replica.port))
            _, writer = await asyncio.open_connection(sock=connection, limit=1024)
        except OSError:
            connection.close()
            return None
        self._writers.append(writer)
        return writer

    async def _trickle(self, writers: list[asyncio.StreamWriter]) -> None:
        head = self._body.index(b"\r\n\r\n") + 4
        for writer in writers:
            writer.write(self._body[:head])
        for place in range(head, len(self._body) - 1):
            await asyncio.sleep(0.2)
            for writer in writers:
                if not writer.transport.is_closing():
                    writer.write(self._body[place : place + 1])


async def slow_clients(scene: Scene, draw: random.Random) -> None:
    """More bodies trickle in than there are places, and clients ask for large responses that they never read."""
    slow = SlowClients(scene)
    while await scene.is_active_after(draw.uniform(0.8, 1.2)):
        await asyncio.gather(*map(slow.come, scene.replicas))
    scene.wrong += await _kept_waiting(scene)
    slow.go()


async def _kept_waiting(scene: Scene) -> list[str]:
    """Whether clients that don't read keep a place or a connection for longer than they may (SEND_TIMEOUT)."""
    end = time.monotonic() + LET_GO_WITHIN
    while True:
        places = sum([await metric(replica, "attache_operations_in_flight") for replica in scene.replicas])
        await asyncio.sleep(0.2)
        connections = sum(replica.connections() for replica in scene.replicas)
        if not places and not connections:
            return []
        if time.monotonic() > end:
            return [f"clients that read nothing keep {places:.0f} places and {connections} connections"]


async def drains(scene: Scene, clients: Sequence[Client]) -> list[str]:
    """No client was rejected for lack of capacity, and the replicas end in time despite slow clients."""
    full = "(MAX_OPERATIONS)"
    wrong = [f"rejected: {result}" for client in clients for result in client.results if full in result.text]
    slow = SlowClients(scene)
    await asyncio.gather(*map(slow.come, scene.replicas))
    began = time.monotonic()
    ended = await asyncio.gather(*(replica.end(signal.SIGTERM) for replica in scene.replicas))
    took = time.monotonic() - began
    slow.go()
    await asyncio.gather(*(replica.start() for replica in scene.replicas))
    return wrong + ([f"ended after {took:.1f} s with {ended}"] if took > DRAINS_WITHIN or None in ended else [])


# --- Too few descriptors ---------------------------------------------------------------------------------------------

DESCRIPTORS = 256
CROWD = 300
CALLING = 12
"""Clients whose calls meet the lack of descriptors: three tries of each fail, many more than the breaker allows."""

MAX_LINES = 10
"""Lines that a replica may write of connections that it refuses or can't accept: one in ten seconds of each kind."""


async def few_descriptors(scene: Scene, draw: random.Random) -> None:
    """More clients than descriptors come and stay a while; and now and then there is no descriptor for a call."""
    while True:
        await asyncio.gather(*(_crowd(replica, draw.uniform(0.3, 0.8)) for replica in scene.replicas))
        await _without_descriptors(scene, draw.choice(scene.replicas), draw.uniform(0.5, 1.5))
        if not await scene.is_active_after(draw.uniform(0.5, 1.0)):
            break


async def _crowd(replica: Process, seconds: float) -> None:
    writers = []
    for _ in range(CROWD):
        with contextlib.suppress(OSError):
            writers.append((await asyncio.open_connection(LOCALHOST, replica.port))[1])
    await asyncio.sleep(seconds)
    for writer in writers:
        writer.close()


async def _without_descriptors(scene: Scene, replica: Process, seconds: float) -> None:
    """Clients that are connected make calls, for which the process can open no connection."""
    request = graphql(scene, READ, id="cus_unknown", keep=True)
    connected = [await asyncio.open_connection(LOCALHOST, replica.port) for _ in range(CALLING)]
    for reader, writer in connected:
        # They have been accepted once they are answered.
        writer.write(request)
        await wire.read_message(reader)
    scene.proxy.reset_kept()
    await asyncio.sleep(0.1)
    replica.limit_descriptors(0)
    for _, writer in connected:
        writer.write(request)
    await asyncio.sleep(seconds)
    replica.limit_descriptors(DESCRIPTORS)
    for _, writer in connected:
        writer.close()


async def recovers(scene: Scene, clients: Sequence[Client]) -> list[str]:
    """Stripe is not blamed, the log stays short, and both limits were met.

    A call that lacked a descriptor may succeed on its retry: its `retry_reason` says so, not its `reason`.
    """
    wrong = await breaker_stays_closed(scene)
    logs = [replica.log.read_text(errors="replace") for replica in scene.replicas]
    for log in logs:
        lines = [line for line in log.splitlines() if re.search("connections refused|connections paused|accept", line)]
        if len(lines) > MAX_LINES:
            wrong.append(f"logged {len(lines)} lines about connections: {lines[:3]}")
    met = {
        words
        for words in ("connections refused", 'reason":"descriptors_exhausted"')
        if any(words in log for log in logs)
    }
    return wrong + ([f"only {met} were met"] if len(met) < 2 else [])


BODIES_GROUP = Group(
    0.1, bodies, faults=unusable_bodies, settings={"STRIPE_BREAKER_FAILURES": "0"}, more_bytes=40 << 20
)
CLIENTS = Group(
    0.1,
    slow_clients,
    faults=no_faults,
    settings={"MAX_OPERATIONS": str(PLACES), "SEND_TIMEOUT": "1", "SHUTDOWN_DEADLINE": "2"},
    rule=drains,
)
FEW_DESCRIPTORS = Group(
    0.1, few_descriptors, faults=no_faults, descriptors=DESCRIPTORS, refuses_connections=True, rule=recovers
)
