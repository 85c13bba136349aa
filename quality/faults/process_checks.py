"""Checks of a group's processes: no leaks, a response to every request, and no unexpected log lines."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator, Sequence
from dataclasses import replace

from quality.faults.client import Client, Unanswered
from quality.faults.cluster import Cluster, Group
from quality.faults.processes import Process, Usage

ALLOWED_DESCRIPTORS = 4
"""The number of additional descriptors after a group that do not count as a leak."""


async def measure(cluster: Cluster) -> list[Usage]:
    """Measure the usage of idle replicas, without their pooled connections to the store."""
    await cluster.proxy.close()
    await asyncio.sleep(0.5)
    held = list(await asyncio.gather(*(replica.usage() for replica in cluster.replicas)))
    await cluster.proxy.open()
    if cluster.store is None:
        return held
    kept = [replica.connections_to(cluster.store.port) for replica in cluster.replicas]
    return [replace(one, files=one.files - files) for one, files in zip(held, kept, strict=True)]


async def wait_until_idle(cluster: Cluster, group: Group, before: Sequence[Usage]) -> None:
    """Wait until the replicas are idle. Reports resources that are still in use as leaks."""
    await cluster.proxy.drain()
    leaks: list[str] = []
    for _ in range(15):
        await asyncio.sleep(0.5)
        after = await measure(cluster)
        pairs = zip(before if group.keeps_processes else after, after, strict=True)
        leaks = [leak for pair in pairs if (leak := _leaked(*pair, group.allowed_growth))]
        if not leaks and all(held.tasks <= _IDLE_TASKS for held in after):
            break
    cluster.violations += leaks
    await cluster.proxy.drain()


_IDLE_TASKS = 6
_ARRIVAL_SECONDS = 0.5
"""Seconds after which a request counts as received. A terminating replica must still respond to it."""


_KILL_SECONDS = 0.2
"""Seconds until a killed process has ended."""
_REFUSAL_SECONDS = 1.0
"""Seconds until a refused connection is closed, without a response if the client is still sending."""


def unanswered(cluster: Cluster, group: Group, client: Client) -> Iterator[str]:
    """The violations: complete requests without a response, although their replica was running."""
    for lost in client.unanswered:
        refused = group.refuses_connections and lost.end - lost.start < _REFUSAL_SECONDS
        if not refused and not _is_excused(cluster, lost):
            yield f"no response within {lost.end - lost.start:.1f} s from port {lost.port}"


def _is_excused(cluster: Cluster, lost: Unanswered) -> bool:
    """Whether the replica was killed during the request, or terminated before it received the request."""
    ended = [(moment, number) for moment, port, number in cluster.signals if port == lost.port and moment < lost.end]
    return any(number == signal.SIGKILL and moment + _KILL_SECONDS > lost.start for moment, number in ended) or any(
        number == signal.SIGTERM and moment < lost.start + _ARRIVAL_SECONDS for moment, number in ended[-1:]
    )


def _leaked(before: Usage, after: Usage, allowed_growth: int) -> str | None:
    more = (
        after.files > before.files + ALLOWED_DESCRIPTORS
        or after.tasks > before.tasks
        or after.threads > before.threads + 8
    )
    return f"leaked: {after} after {before}" if more or after.bytes > before.bytes + allowed_growth else None


def unexpected_log_lines(replicas: Sequence[Process]) -> list[str]:
    """Log lines that no fault explains."""
    words = ("Traceback", "never retrieved", "Unclosed")
    return [
        f"logged: {line[:2000]}"
        for replica in replicas
        for line in replica.log.read_text(errors="replace").splitlines()
        if any(word in line for word in words)
    ]
