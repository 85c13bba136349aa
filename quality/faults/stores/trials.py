"""The trials of the shared store: its faults while the wallets are used."""

from __future__ import annotations

import asyncio
import signal
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping

from quality.faults.stores.scene import Scene
from quality.faults.stores.wallets import attach, pairs, post
from quality.harness import wire
from quality.harness.call_rates import busiest_second

CALLS_PER_SECOND = 20
FREE_WITHIN = 9.0
"""Seconds until the wallet of a killed replica can be changed: its lock lives for 5, and the machine may be busy."""

FAST = 0.3
"""Seconds that a read may take once the service has noticed that the store is slow."""

UNAVAILABLE = "the shared store is unavailable"


Trial = Callable[[Scene, int], Awaitable[list[str]]]
"""Injects the fault while the wallets are used, and returns the violations."""


async def burst(scene: Scene, wallets: int) -> list[str]:
    """More requests at once than there are connections to the store, which is healthy."""

    async def nothing(scene: Scene) -> None: ...

    wrong = await attach(scene, wallets, nothing, 0.0)
    logs = (line for replica in scene.replicas for line in replica.log.read_text(errors="replace").splitlines())
    return wrong + [f"logged: {line}" for line in logs if UNAVAILABLE in line]


async def lost(scene: Scene, wallets: int) -> list[str]:
    """The store loses its state again and again."""

    async def disturb(scene: Scene) -> None:
        for _ in range(8):
            await asyncio.sleep(0.15)
            await scene.flush()

    return await attach(scene, wallets, disturb, 0.4)


async def killed(scene: Scene, wallets: int) -> list[str]:
    """The store is not there when the requests come, and returns while they run."""
    await scene.store.end(signal.SIGKILL)

    async def disturb(scene: Scene) -> None:
        await scene.restart(1.0)

    return await attach(scene, wallets, disturb, 0.4)


async def pause(scene: Scene, wallets: int) -> list[str]:
    """The store hangs for a while, and then does what it was sent meanwhile."""

    async def disturb(scene: Scene) -> None:
        await asyncio.sleep(0.2)
        scene.store.signal(signal.SIGSTOP)
        await asyncio.sleep(1.5)
        scene.store.signal(signal.SIGCONT)

    return await attach(scene, wallets, disturb, 0.4)


async def slow(scene: Scene, wallets: int) -> list[str]:
    """The store takes 0.4 seconds for each command."""
    took: list[float] = []
    for number in range(16):
        # The first ones connect.
        scene.way.delay = 0.4 if number > 3 else 0.0
        began = time.monotonic()
        await asyncio.gather(*(post(replica.port, {"query": "{ viewer { kind } }"}) for replica in scene.replicas))
        took.append(time.monotonic() - began)
    scene.way.delay = 0.0
    await asyncio.sleep(1.5)
    late = statistics.median(took[-6:])
    return [f"reads take {late:.2f} s over a slow store: {took}"] if late > FAST else []


async def crash(scene: Scene, wallets: int) -> list[str]:
    """A replica is killed while it holds the locks of wallets; their clients go to the other one."""
    requests = (await pairs(scene, min(wallets, 20), "REPLACE_EXISTING", delay=1.0))[::2]
    sending = [asyncio.ensure_future(request.send(scene)) for request in requests]
    await asyncio.sleep(0.7)
    await scene.replicas[0].end(signal.SIGKILL)
    await asyncio.gather(*sending)
    began = time.monotonic()
    wrong = [found for found in await asyncio.gather(*(request.settle(scene, 1) for request in requests)) if found]
    seconds = time.monotonic() - began
    await scene.replicas[0].start()
    return wrong + ([f"a killed replica's wallets were locked for {seconds:.1f} s"] if seconds > FREE_WITHIN else [])


async def calls(scene: Scene, wallets: int) -> list[str]:
    """Both replicas make all the calls they may, while the store is emptied, restarted, and away for a while."""
    customer = (await wire.call(scene.sandbox.port, "POST", "/v1/customers"))["id"]
    query = {"query": "query($id: ID!) { customer(id: $id) { email } }", "variables": {"id": customer}}
    over = asyncio.Event()

    async def ask(port: int) -> None:
        while not over.is_set():
            await post(port, query)
            await asyncio.sleep(0.02)

    asking = [asyncio.ensure_future(ask(replica.port)) for replica in scene.replicas for _ in range(15)]
    for disturb in (scene.flush, lambda: scene.restart(0), lambda: scene.restart(2.5)):
        await asyncio.sleep(3)
        await disturb()
    await asyncio.sleep(4)
    over.set()
    await asyncio.gather(*asking)
    most = busiest_second(scene.proxy.arrivals)
    if len(scene.proxy.arrivals) < 4 * CALLS_PER_SECOND:
        return [f"only {len(scene.proxy.arrivals)} calls came in"]
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
FINDS = {
    "stores.burst_is_an_outage": "burst",
    "stores.local_lock_in_an_outage": "killed",
    "stores.lost_lock_is_success": "lost",
    "stores.unknown_lock_is_kept": "pause",
    "stores.no_store_timeout": "slow",
    "stores.lock_outlives_its_owner": "crash",
    "stores.limit_is_reset": "calls",
}
"""The planted bugs, and the trial that finds each."""
