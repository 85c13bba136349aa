"""The groups `bodies`, `clients` and `descriptors`: unusable bodies, slow clients, and too few file descriptors."""

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
from quality.faults.cluster import Cluster, Group
from quality.faults.plan import NONE, Delivery, Fault, Reply
from quality.faults.processes import Process
from quality.faults.stale import READ, breaker_stays_closed, graphql, metric, no_faults
from quality.harness import wire
from quality.harness.wire import LOCALHOST

# --- Bodies ----------------------------------------------------------------------------------------------------------

BODIES = (Reply.LARGE_ERROR, Reply.TOO_LONG, Reply.CUT_JSON, Reply.GARBAGE, Reply.BROKEN_GZIP)
FAILED_READS = 300


def unusable_bodies(rng: random.Random) -> list[Fault]:
    """Faults with unusable response bodies, for requests that Stripe has executed and for others."""
    deliveries = (Delivery.NOW, Delivery.NEVER)
    return [
        Fault(rng.choice(deliveries), rng.choice(BODIES)) if rng.random() < 0.7 else NONE
        for _ in range(rng.randint(1, 6))
    ]


async def bodies(cluster: Cluster, rng: random.Random) -> None:
    """Many reads fail with an unusable body, so that leaked memory can be measured."""
    customer = (await wire.call(cluster.sandbox.port, "POST", "/v1/customers"))["id"]
    replies = itertools.islice(itertools.cycle(BODIES), FAILED_READS)
    cluster.proxy.plan([customer], (Fault(Delivery.NEVER, reply) for reply in replies))
    request = wire.Message(graphql(cluster, READ, id=customer), b"")

    async def read(replica: Process) -> None:
        while cluster.proxy.planned(customer):
            await wire.exchange(replica.port, request)

    await asyncio.gather(*(read(replica) for replica in cluster.replicas for _ in range(4)))


# --- Slow clients ----------------------------------------------------------------------------------------------------

MAX_OPERATIONS = 100
SLOW_BODIES = 120
UNREAD_CONNECTIONS = 5
RELEASE_TIMEOUT = 8.0
SHUTDOWN_TIMEOUT = 0.2 + 1 + 2 + 4
"""Seconds: DRAIN_SECONDS, the linger of open connections, SHUTDOWN_DEADLINE, and a margin for a busy machine."""


class SlowClients:
    """Clients that send a body byte by byte, or never read the response."""

    def __init__(self, cluster: Cluster) -> None:
        self._body = graphql(cluster, "{ viewer { kind } }")
        self._large = graphql(cluster, get_introspection_query(), keep=True)
        self._writers: list[asyncio.StreamWriter] = []
        self._trickling: set[asyncio.Task[None]] = set()

    async def connect(self, replica: Process) -> None:
        """Open more connections with slow bodies than the replica has slots, and a few that never read."""
        writers = [writer for _ in range(SLOW_BODIES) if (writer := await self._connect(replica)) is not None]
        task = asyncio.create_task(self._trickle(writers))
        self._trickling.add(task)
        task.add_done_callback(self._trickling.discard)
        for _ in range(UNREAD_CONNECTIONS):
            if (writer := await self._connect(replica)) is not None:
                writer.write(self._large * 40)

    def disconnect(self) -> None:
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


async def slow_clients(cluster: Cluster, rng: random.Random) -> None:
    """Clients send more slow bodies than there are slots, and request large responses that they never read."""
    slow = SlowClients(cluster)
    while await cluster.is_active_after(rng.uniform(0.8, 1.2)):
        await asyncio.gather(*map(slow.connect, cluster.replicas))
    cluster.violations += await _wait_until_released(cluster)
    slow.disconnect()


async def _wait_until_released(cluster: Cluster) -> list[str]:
    """Wait until clients that don't read hold no slot or connection. Returns a violation on timeout (SEND_TIMEOUT)."""
    end = time.monotonic() + RELEASE_TIMEOUT
    while True:
        slots = sum([await metric(replica, "attache_operations_in_flight") for replica in cluster.replicas])
        await asyncio.sleep(0.2)
        connections = sum(replica.connections() for replica in cluster.replicas)
        if not slots and not connections:
            return []
        if time.monotonic() > end:
            return [f"clients that don't read hold {slots:.0f} slots and {connections} connections"]


async def shuts_down_in_time(cluster: Cluster, clients: Sequence[Client]) -> list[str]:
    """Check that no request was rejected for lack of a slot, and that slow clients do not delay a shutdown."""
    full = "(MAX_OPERATIONS)"
    violations = [f"rejected: {result}" for client in clients for result in client.results if full in result.text]
    slow = SlowClients(cluster)
    await asyncio.gather(*map(slow.connect, cluster.replicas))
    began = time.monotonic()
    ended = await asyncio.gather(*(replica.end(signal.SIGTERM) for replica in cluster.replicas))
    took = time.monotonic() - began
    slow.disconnect()
    await asyncio.gather(*(replica.start() for replica in cluster.replicas))
    return violations + ([f"ended after {took:.1f} s with {ended}"] if took > SHUTDOWN_TIMEOUT or None in ended else [])


# --- Too few descriptors ---------------------------------------------------------------------------------------------

DESCRIPTORS = 256
CROWD = 300
"""Connections to a replica, more than it has descriptors."""
READERS = 12
"""Clients whose REST calls fail for lack of a descriptor, three tries each: more failures than open the breaker."""

MAX_LINES = 10
"""The most log lines about refused connections: one in ten seconds of each kind."""


async def few_descriptors(cluster: Cluster, rng: random.Random) -> None:
    """More clients connect than there are descriptors. From time to time, REST calls get no descriptor at all."""
    while True:
        await asyncio.gather(*(_crowd(replica, rng.uniform(0.3, 0.8)) for replica in cluster.replicas))
        await _exhaust_descriptors(cluster, rng.choice(cluster.replicas), rng.uniform(0.5, 1.5))
        if not await cluster.is_active_after(rng.uniform(0.5, 1.0)):
            break


async def _crowd(replica: Process, seconds: float) -> None:
    writers = []
    for _ in range(CROWD):
        with contextlib.suppress(OSError):
            writers.append((await asyncio.open_connection(LOCALHOST, replica.port))[1])
    await asyncio.sleep(seconds)
    for writer in writers:
        writer.close()


async def _exhaust_descriptors(cluster: Cluster, replica: Process, seconds: float) -> None:
    """Send requests on open connections while the process can't open a connection for their REST calls."""
    request = graphql(cluster, READ, id="cus_unknown", keep=True)
    connected = [await asyncio.open_connection(LOCALHOST, replica.port) for _ in range(READERS)]
    for reader, writer in connected:
        # A response shows that the connection has been accepted.
        writer.write(request)
        await wire.read_message(reader)
    cluster.proxy.reset_kept_alive()
    await asyncio.sleep(0.1)
    replica.limit_descriptors(0)
    for _, writer in connected:
        writer.write(request)
    await asyncio.sleep(seconds)
    replica.limit_descriptors(DESCRIPTORS)
    for _, writer in connected:
        writer.close()


async def recovers(cluster: Cluster, clients: Sequence[Client]) -> list[str]:
    """Check that the breaker stayed closed, that logs are short, and that both kinds of exhaustion occurred.

    A call without a descriptor may succeed on its retry. Then `retry_reason` has the reason, and not `reason`.
    """
    violations = await breaker_stays_closed(cluster)
    logs = [replica.log.read_text(errors="replace") for replica in cluster.replicas]
    for log in logs:
        lines = [line for line in log.splitlines() if re.search("connections refused|connections paused|accept", line)]
        if len(lines) > MAX_LINES:
            violations.append(f"logged {len(lines)} lines about connections: {lines[:3]}")
    logged = {
        text for text in ("connections refused", 'reason":"descriptors_exhausted"') if any(text in log for log in logs)
    }
    return violations + ([f"only {logged} occurred"] if len(logged) < 2 else [])


BODIES_GROUP = Group(
    0.1, bodies, faults=unusable_bodies, settings={"STRIPE_BREAKER_FAILURES": "0"}, allowed_growth=40 << 20
)
CLIENTS = Group(
    0.1,
    slow_clients,
    faults=no_faults,
    settings={"MAX_OPERATIONS": str(MAX_OPERATIONS), "SEND_TIMEOUT": "1", "SHUTDOWN_DEADLINE": "2"},
    final_check=shuts_down_in_time,
)
FEW_DESCRIPTORS = Group(
    0.1, few_descriptors, faults=no_faults, descriptors=DESCRIPTORS, refuses_connections=True, final_check=recovers
)
