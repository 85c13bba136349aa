"""The processes and options of one group of scenarios."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from quality.faults.client import Client
from quality.faults.plan import Fault
from quality.faults.processes import Process
from quality.faults.proxy import Proxy
from quality.faults.webhooks import WebhookRelay
from serving.settings.settings import Settings


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
