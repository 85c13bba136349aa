"""Checks of the processes of a group: nothing leaks, every request is answered, and no log complains."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator, Sequence
from dataclasses import replace

from quality.faults.client import Client, Unanswered
from quality.faults.processes import Process, Usage
from quality.faults.scene import Group, Scene

MORE_FILES = 4
"""How many more descriptors a process may hold after a group than before it, without having leaked."""


async def measure(scene: Scene) -> list[Usage]:
    """The usage of idle replicas, without their pooled connections to the store."""
    await scene.proxy.close()
    await asyncio.sleep(0.5)
    held = list(await asyncio.gather(*(replica.usage() for replica in scene.replicas)))
    await scene.proxy.open()
    if scene.store is None:
        return held
    kept = [replica.connections_to(scene.store.port) for replica in scene.replicas]
    return [replace(one, files=one.files - files) for one, files in zip(held, kept, strict=True)]


async def wait_until_quiet(scene: Scene, group: Group, before: Sequence[Usage]) -> None:
    """Wait until all work has ended. Resources that are still in use have leaked."""
    await scene.proxy.drain()
    leaks: list[str] = []
    for _ in range(15):
        await asyncio.sleep(0.5)
        after = await measure(scene)
        pairs = zip(before if group.keeps_processes else after, after, strict=True)
        leaks = [leak for pair in pairs if (leak := _leaked(*pair, group.more_bytes))]
        if not leaks and all(held.tasks <= _IDLE_TASKS for held in after):
            break
    scene.wrong += leaks
    await scene.proxy.drain()


_IDLE_TASKS = 6
_ARRIVED = 0.5
"""Seconds after which a request has surely come in: a replica that is asked to end must answer it."""


_DYING = 0.2
"""Seconds that a killed process may take to be gone."""
_REFUSED = 1.0
"""Seconds within which a refused connection is closed. What its client still sends resets it: no response arrives."""


def unanswered(scene: Scene, group: Group, client: Client) -> Iterator[str]:
    """The complete requests of a client that got no response, though their replica could give one."""
    for lost in client.unanswered:
        refused = group.refuses_connections and lost.end - lost.begin < _REFUSED
        if not refused and not _is_excused(scene, lost):
            yield f"a request was not answered within {lost.end - lost.begin:.1f} s, by {lost.port}"


def _is_excused(scene: Scene, lost: Unanswered) -> bool:
    """Whether the replica was killed meanwhile, or asked to end before the request came in."""
    ended = [(moment, number) for moment, port, number in scene.signals if port == lost.port and moment < lost.end]
    return any(number == signal.SIGKILL and moment + _DYING > lost.begin for moment, number in ended) or any(
        number == signal.SIGTERM and moment < lost.begin + _ARRIVED for moment, number in ended[-1:]
    )


def _leaked(before: Usage, after: Usage, more_bytes: int) -> str | None:
    more = after.files > before.files + MORE_FILES or after.tasks > before.tasks or after.threads > before.threads + 8
    return f"leaked: {after} after {before}" if more or after.bytes > before.bytes + more_bytes else None


def complaints(replicas: Sequence[Process]) -> list[str]:
    """Lines of their logs that no fault explains."""
    words = ("Traceback", "never retrieved", "Unclosed")
    return [
        f"logged: {line[:2000]}"
        for replica in replicas
        for line in replica.log.read_text(errors="replace").splitlines()
        if any(word in line for word in words)
    ]
