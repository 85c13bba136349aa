"""The trials of the shared store. Each injects a fault while requests to wallets run."""

from __future__ import annotations

import asyncio
import signal
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping

from quality.faults.stores.cluster import Cluster
from quality.faults.stores.wallets import attach, pairs, post
from quality.harness import wire
from quality.harness.call_rates import busiest_second

CALLS_PER_SECOND = 20
FREE_WITHIN = 9.0
"""Seconds until a wallet that a killed replica locked can be changed: locks expire after 5, plus a margin."""

READ_LIMIT = 0.3
"""Seconds that a read may take after the service has detected the slow store."""

UNAVAILABLE = "the shared store is unavailable"


Trial = Callable[[Cluster, int], Awaitable[list[str]]]
"""Injects a fault while requests to wallets run. Returns the violations."""


async def burst(cluster: Cluster, wallets: int) -> list[str]:
    """Send more concurrent requests than the pool has connections to the store, which is healthy."""

    async def nothing(cluster: Cluster) -> None: ...

    violations = await attach(cluster, wallets, nothing, 0.0)
    logs = (line for replica in cluster.replicas for line in replica.log.read_text(errors="replace").splitlines())
    return violations + [f"logged: {line}" for line in logs if UNAVAILABLE in line]


async def lost(cluster: Cluster, wallets: int) -> list[str]:
    """Delete the store's data repeatedly."""

    async def disturb(cluster: Cluster) -> None:
        for _ in range(8):
            await asyncio.sleep(0.15)
            await cluster.flush()

    return await attach(cluster, wallets, disturb, 0.4)


async def killed(cluster: Cluster, wallets: int) -> list[str]:
    """Send requests while the store is down, and start it while they run."""
    await cluster.store.end(signal.SIGKILL)

    async def disturb(cluster: Cluster) -> None:
        await cluster.restart(1.0)

    return await attach(cluster, wallets, disturb, 0.4)


async def pause(cluster: Cluster, wallets: int) -> list[str]:
    """Suspend the store for a while. Then it executes the commands that it received in the meantime."""

    async def disturb(cluster: Cluster) -> None:
        await asyncio.sleep(0.2)
        cluster.store.signal(signal.SIGSTOP)
        await asyncio.sleep(1.5)
        cluster.store.signal(signal.SIGCONT)

    return await attach(cluster, wallets, disturb, 0.4)


async def slow(cluster: Cluster, wallets: int) -> list[str]:
    """Delay each command to the store by 0.4 seconds."""
    took: list[float] = []
    for number in range(16):
        # The first requests open the connections.
        cluster.store_proxy.delay = 0.4 if number > 3 else 0.0
        began = time.monotonic()
        await asyncio.gather(*(post(replica.port, {"query": "{ viewer { kind } }"}) for replica in cluster.replicas))
        took.append(time.monotonic() - began)
    cluster.store_proxy.delay = 0.0
    await asyncio.sleep(1.5)
    late = statistics.median(took[-6:])
    return [f"reads take {late:.2f} s over a slow store: {took}"] if late > READ_LIMIT else []


async def crash(cluster: Cluster, wallets: int) -> list[str]:
    """Kill a replica that holds locks of wallets. Their clients retry at the other replica."""
    requests = (await pairs(cluster, min(wallets, 20), "REPLACE_EXISTING", delay=1.0))[::2]
    sending = [asyncio.ensure_future(request.send(cluster)) for request in requests]
    await asyncio.sleep(0.7)
    await cluster.replicas[0].end(signal.SIGKILL)
    await asyncio.gather(*sending)
    began = time.monotonic()
    violations = [
        found for found in await asyncio.gather(*(request.settle(cluster, 1) for request in requests)) if found
    ]
    seconds = time.monotonic() - began
    await cluster.replicas[0].start()
    return violations + (
        [f"a killed replica's wallets were locked for {seconds:.1f} s"] if seconds > FREE_WITHIN else []
    )


async def calls(cluster: Cluster, wallets: int) -> list[str]:
    """Use the full limit of calls per second, while the store is flushed, restarted and down for a while."""
    customer = (await wire.call(cluster.sandbox.port, "POST", "/v1/customers"))["id"]
    query = {"query": "query($id: ID!) { customer(id: $id) { email } }", "variables": {"id": customer}}
    finished = asyncio.Event()

    async def read_repeatedly(port: int) -> None:
        while not finished.is_set():
            await post(port, query)
            await asyncio.sleep(0.02)

    reads = [asyncio.ensure_future(read_repeatedly(replica.port)) for replica in cluster.replicas for _ in range(15)]
    for disturb in (cluster.flush, lambda: cluster.restart(0), lambda: cluster.restart(2.5)):
        await asyncio.sleep(3)
        await disturb()
    await asyncio.sleep(4)
    finished.set()
    await asyncio.gather(*reads)
    most = busiest_second(cluster.proxy.arrivals)
    if len(cluster.proxy.arrivals) < 4 * CALLS_PER_SECOND:
        return [f"only {len(cluster.proxy.arrivals)} calls arrived"]
    return [f"{most} calls in a second, where {CALLS_PER_SECOND} are allowed"] if most > CALLS_PER_SECOND else []


TRIALS: Mapping[str, Trial] = {
    "burst": burst,
    "lost": lost,
    "killed": killed,
    "pause": pause,
    "slow": slow,
    "crash": crash,
    "calls": calls,
}
PLANTED_BUGS = {
    "stores.burst_is_an_outage": "burst",
    "stores.local_lock_in_an_outage": "killed",
    "stores.lost_lock_is_success": "lost",
    "stores.unknown_lock_is_kept": "pause",
    "stores.no_store_timeout": "slow",
    "stores.lock_outlives_its_owner": "crash",
    "stores.limit_is_reset": "calls",
}
"""The planted bugs, and the trial that must find each."""
