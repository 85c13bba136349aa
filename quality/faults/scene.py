"""The processes and options of one group of scenarios, and their start."""

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
class Scene:
    """The processes of one group, with the proxy between them, and the violations."""

    sandbox: Process
    proxy: Proxy
    replicas: list[Process]
    store: Process | None
    settings: Settings
    relay: WebhookRelay
    wrong: list[str] = field(default_factory=list)
    signals: list[tuple[float, int, int]] = field(default_factory=list)
    """Time, port and number of each signal that ended a replica."""
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def is_active_after(self, seconds: float) -> bool:
        """Wait. Returns whether scenarios are still running."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.over.wait(), seconds)
        return not self.over.is_set()


Disturbance = Callable[[Scene, random.Random], Awaitable[None]]
Rule = Callable[[Scene, Sequence[Client]], Awaitable[list[str]]]
"""Returns further violations when all scenarios have ended."""


async def _no_rule(scene: Scene, clients: Sequence[Client]) -> list[str]:
    return []


@dataclass(frozen=True)
class Group:
    """A share of all scenarios, with the disturbance that runs during them.

    `faults` draws the faults for the calls of a scenario, in place of the usual faults. `descriptors` is the limit of
    open files of each replica, `more_bytes` what its memory may grow by.
    """

    share: float
    disturb: Disturbance
    needs_store: bool = False
    keeps_processes: bool = True
    """Whether the same processes run from start to end, so that leaks can be detected."""
    faults: Callable[[random.Random], list[Fault]] | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    descriptors: int | None = None
    more_bytes: int = 80 << 20
    refuses_connections: bool = False
    """Whether there are more connections than a replica takes."""
    rule: Rule = _no_rule


@asynccontextmanager
async def open_scene(group: Group, planted: str | None) -> AsyncIterator[Scene]:
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
            yield Scene(sandbox, proxy, replicas, store, Settings(sandbox=True, auth_secret=SecretStr(SECRET)), relay)
        finally:
            await processes.stop([*replicas, sandbox, *([store] if store else [])])
            await proxy.close()
            await relay.close()
            await asyncio.sleep(0.1)
