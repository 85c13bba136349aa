"""Starts the processes of a group of scenarios, with the group's options."""

from __future__ import annotations

import asyncio
import contextlib
import random
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from quality.faults import processes, webhooks
from quality.faults.client import Client
from quality.faults.plan import Fault
from quality.faults.processes import Process
from quality.faults.proxy import Proxy
from quality.faults.webhooks import WebhookRelay
from quality.harness.wire import LOCALHOST
from serving.settings.settings import Settings

SECRET = "the-secret-of-the-fault-harness-0123456789"
SETTINGS = {
    "STRIPE_SECRET_KEY": "sk_test_faults",
    "AUTH_SECRET": SECRET,
    "STRIPE_TIMEOUT": "0.8",
    "OPERATION_DEADLINE": "2",
    "BODY_TIMEOUT": "1",
    "STRIPE_BREAKER_PAUSE": "0.3",
    "STRIPE_CALLS_PER_SECOND": "200",
    "DRAIN_SECONDS": "0.2",
    "LOG_LEVEL": "warning",
    "READ_CACHE_SECONDS": "600",
    "STRIPE_WEBHOOK_SECRET": webhooks.SECRET,
}
REPLICAS = 2


@dataclass
class Cluster:
    """The processes of a group and the proxy between them. `wrong` collects violations outside scenarios."""

    sandbox: Process
    proxy: Proxy
    replicas: list[Process]
    store: Process | None
    settings: Settings
    relay: WebhookRelay
    violations: list[str] = field(default_factory=list)
    signals: list[tuple[float, int, int]] = field(default_factory=list)
    """Time, port and number of each signal that ended a replica."""
    finished: asyncio.Event = field(default_factory=asyncio.Event)

    async def is_active_after(self, seconds: float) -> bool:
        """Wait for some seconds. Returns False as soon as all scenarios have finished."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.finished.wait(), seconds)
        return not self.finished.is_set()


Disturbance = Callable[[Cluster, random.Random], Awaitable[None]]
FinalCheck = Callable[[Cluster, Sequence[Client]], Awaitable[list[str]]]
"""Runs after all scenarios. Returns further violations."""


async def _no_check(cluster: Cluster, clients: Sequence[Client]) -> list[str]:
    return []


@dataclass(frozen=True)
class Group:
    """A share of the scenarios, with the disturbance that runs during them.

    `faults` draws the faults for the calls of a scenario, and replaces the usual faults. `descriptors` is the limit of
    open files of each replica, and `allowed_growth` the limit of its memory growth in bytes.
    """

    share: float
    disturb: Disturbance
    needs_store: bool = False
    keeps_processes: bool = True
    """Whether no process is restarted, so that leaks can be detected."""
    faults: Callable[[random.Random], list[Fault]] | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    descriptors: int | None = None
    allowed_growth: int = 80 << 20
    refuses_connections: bool = False
    """Whether replicas refuse connections beyond their limit."""
    final_check: FinalCheck = _no_check


@asynccontextmanager
async def start_cluster(group: Group, planted: str | None) -> AsyncIterator[Cluster]:
    """Start the processes of a group, with an optional planted bug, and stop them at the end."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        relay = WebhookRelay()
        sandbox = processes.sandbox(folder, forward_to=await relay.open(), secret=webhooks.SECRET)
        await sandbox.start()
        proxy = Proxy(sandbox.port)
        await proxy.open()
        variables = {**SETTINGS, **group.settings, "STRIPE_API_BASE": f"http://{LOCALHOST}:{proxy.port}"}
        store = processes.store(folder) if group.needs_store else None
        if store is not None:
            variables["REDIS_URL"] = f"redis://{LOCALHOST}:{store.port}/0"
            await store.start()
        replicas = [
            processes.service(folder, f"replica{n}", variables, planted=planted, descriptors=group.descriptors)
            for n in range(REPLICAS)
        ]
        await asyncio.gather(*(replica.start() for replica in replicas))
        relay.replicas = replicas
        try:
            yield Cluster(sandbox, proxy, replicas, store, Settings(sandbox=True, auth_secret=SecretStr(SECRET)), relay)
        finally:
            await processes.stop([*replicas, sandbox, *([store] if store else [])])
            await proxy.close()
            await relay.close()
            await asyncio.sleep(0.1)
