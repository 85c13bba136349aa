"""The processes of a trial, with one proxy in front of the sandbox and one in front of the store."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from quality.faults import processes
from quality.faults.processes import Process
from quality.faults.proxy import Proxy
from quality.harness.stores import SlowProxy
from quality.harness.wire import LOCALHOST, Message, Streams

SETTINGS = {
    "STRIPE_SECRET_KEY": "sk_test_faults",
    "ALLOW_ANONYMOUS": "true",
    "OPERATION_DEADLINE": "30",
    "RATE_LIMIT_ADDRESS": "100000/minute",
    "LOG_LEVEL": "warning",
}


@dataclass
class Cluster:
    """The processes. `proxy` is in front of the sandbox, `store_proxy` in front of the store."""

    sandbox: Process
    proxy: ArrivalProxy
    store: Process
    store_proxy: SlowProxy
    replicas: list[Process]

    async def flush(self) -> None:
        """Delete all data of the store."""
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection(LOCALHOST, self.store.port)
            writer.write(b"FLUSHALL\r\n")
            await reader.readline()
            writer.close()

    async def restart(self, seconds: float) -> None:
        """Kill the store, and start it without its data after some seconds."""
        await self.store.end(signal.SIGKILL)
        await asyncio.sleep(seconds)
        await self.store.start()


class ArrivalProxy(Proxy):
    """Records the arrival times of requests."""

    def __init__(self, upstream: int) -> None:
        super().__init__(upstream)
        self.arrivals: list[float] = []

    async def _respond(self, request: Message, streams: Streams) -> bool:
        self.arrivals.append(time.monotonic())
        return await super()._respond(request, streams)


@asynccontextmanager
async def start_cluster(planted: str | None, **variables: str) -> AsyncIterator[Cluster]:
    """Start the processes, with an optional planted bug, and stop them at the end."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sandbox, store = processes.sandbox(folder), processes.store(folder)
        await asyncio.gather(sandbox.start(), store.start())
        proxy, store_proxy = ArrivalProxy(sandbox.port), SlowProxy(store.port)
        await proxy.open()
        await store_proxy.open()
        settings = {
            **SETTINGS,
            "STRIPE_API_BASE": f"http://{LOCALHOST}:{proxy.port}",
            "REDIS_URL": store_proxy.url,
            **variables,
        }
        replicas = [processes.service(folder, f"replica{n}", settings, planted=planted) for n in range(2)]
        await asyncio.gather(*(replica.start() for replica in replicas))
        try:
            yield Cluster(sandbox, proxy, store, store_proxy, replicas)
        finally:
            await processes.stop([*replicas, sandbox, store])
            await store_proxy.close()
            await proxy.close()
