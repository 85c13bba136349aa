"""Kills replicas: at any moment, and before or after a certain REST call of a scenario."""

from __future__ import annotations

import asyncio
import random
import signal
import time

from quality.faults.plan import Fault, draw_crash_plan, draw_plan
from quality.faults.processes import Process
from quality.faults.scene import Group, Scene

ENDED_AS_ASKED = (0, -signal.SIGTERM)
_CRASHES = 0.6
"""The share of scenarios in which a replica crashes at a certain call."""


def crashes(draw: random.Random, *, share: float = _CRASHES) -> list[Fault]:
    """The faults of a scenario; this share of all scenarios contain a crash."""
    return draw_crash_plan(draw) if draw.random() < share else draw_plan(draw)


async def kills(scene: Scene, draw: random.Random, *, pauses: tuple[float, float] = (0.5, 2)) -> None:
    """Replicas are killed, or asked to end, and started again. `pauses`: the least and most seconds between that."""
    killer = _Killer(scene)
    scene.proxy.crash = killer.crash
    while await scene.is_active_after(draw.uniform(*pauses)):
        await killer.restart(draw.choice(scene.replicas), draw.choice((signal.SIGKILL, signal.SIGTERM)))
    await killer.finish()


class _Killer:
    """Ends replicas and starts them again, each once at a time."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._locks = {replica.port: asyncio.Lock() for replica in scene.replicas}
        self._restarts: set[asyncio.Task[None]] = set()

    def crash(self, port: int) -> None:
        """Kill the replica that is connected to the proxy from this port, unless it is ending already."""
        for replica in self._scene.replicas:
            if not self._locks[replica.port].locked() and replica.is_connected_from(port):
                self._restarts.add(asyncio.create_task(self.restart(replica, signal.SIGKILL)))

    async def restart(self, replica: Process, number: int) -> None:
        """End the replica with a signal and start it again."""
        async with self._locks[replica.port]:
            self._scene.signals.append((time.monotonic(), replica.port, number))
            status = await replica.end(number)
            if number == signal.SIGTERM and status not in ENDED_AS_ASKED:
                self._scene.wrong.append(f"ended with {status} at SIGTERM")
            await replica.start()

    async def finish(self) -> None:
        """Wait until all replicas run again."""
        await asyncio.gather(*self._restarts)


KILL = Group(0.1, kills, keeps_processes=False, faults=crashes)
