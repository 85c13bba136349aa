"""The group `kill`: replicas are killed at random times, and before or after a certain REST call of a scenario."""

from __future__ import annotations

import asyncio
import random
import signal
import time

from quality.faults.cluster import Cluster, Group
from quality.faults.plan import Fault, draw_crash_plan, draw_plan
from quality.faults.processes import Process

STATUS_AFTER_SIGTERM = (0, -signal.SIGTERM)
_CRASHES = 0.6
"""The share of scenarios in which a certain REST call crashes its replica."""


def crashes(rng: random.Random, *, share: float = _CRASHES) -> list[Fault]:
    """Draw the faults of a scenario. `share` is the probability of a crash."""
    return draw_crash_plan(rng) if rng.random() < share else draw_plan(rng)


async def kills(cluster: Cluster, rng: random.Random, *, pauses: tuple[float, float] = (0.5, 2)) -> None:
    """Kill or terminate replicas, and restart them. `pauses` has the least and most seconds between two restarts."""
    killer = _Killer(cluster)
    cluster.proxy.crash = killer.crash
    while await cluster.is_active_after(rng.uniform(*pauses)):
        await killer.restart(rng.choice(cluster.replicas), rng.choice((signal.SIGKILL, signal.SIGTERM)))
    await killer.finish()


class _Killer:
    """Restarts replicas, each at most once at a time."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._locks = {replica.port: asyncio.Lock() for replica in cluster.replicas}
        self._restarts: set[asyncio.Task[None]] = set()

    def crash(self, port: int) -> None:
        """Kill and restart the replica that is connected to the proxy from this port, unless it is restarting."""
        for replica in self._cluster.replicas:
            if not self._locks[replica.port].locked() and replica.is_connected_from(port):
                self._restarts.add(asyncio.create_task(self.restart(replica, signal.SIGKILL)))

    async def restart(self, replica: Process, number: int) -> None:
        """Stop the replica with a signal and start it again."""
        async with self._locks[replica.port]:
            self._cluster.signals.append((time.monotonic(), replica.port, number))
            status = await replica.end(number)
            if number == signal.SIGTERM and status not in STATUS_AFTER_SIGTERM:
                self._cluster.violations.append(f"exit status {status} after SIGTERM")
            await replica.start()

    async def finish(self) -> None:
        """Wait for all restarts."""
        await asyncio.gather(*self._restarts)


KILL = Group(0.1, kills, keeps_processes=False, faults=crashes)
