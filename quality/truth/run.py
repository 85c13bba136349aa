"""Runs the histories of a world, and audits them."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from quality.truth.auditor import audit
from quality.truth.delivery import disturb_deliveries
from quality.truth.history import History, Pace
from quality.truth.world import World


@dataclass
class Result:
    """The violations of a world, and counts of its activity."""

    violations: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, other: Result) -> None:
        """Add the result of another world."""
        self.violations += other.violations
        self.counts += other.counts


async def run_histories(world: World, seed: str, numbers: Sequence[int], pace: Pace, *, at_once: int) -> Result:
    """Run the histories with these numbers, at most `at_once` concurrently, with faulty event deliveries."""
    histories = [History(world, f"{seed}:{number}", pace) for number in numbers]
    for history in histories:
        await history.prepare()
    by_customer = {history.customer: history for history in histories}
    pending_reads: set[asyncio.Task[None]] = set()

    def read_after_event(customer: str) -> None:
        if customer in by_customer:
            task = asyncio.ensure_future(by_customer[customer].read_after_event())
            pending_reads.add(task)
            task.add_done_callback(pending_reads.discard)

    world.after_event = read_after_event
    disturbing = asyncio.ensure_future(disturb_deliveries(world, random.Random(seed)))
    slots = asyncio.Semaphore(at_once)

    async def run(history: History, neighbour: History) -> None:
        async with slots:
            await history.run(neighbour)

    neighbours = [*histories[1:], histories[0]]
    await asyncio.gather(*map(run, histories, neighbours))
    disturbing.cancel()
    await asyncio.gather(*pending_reads)
    return _result(world, histories)


def _result(world: World, histories: Sequence[History]) -> Result:
    log = world.log
    violations = [
        f"{history.seed}: {violation}"
        for history in histories
        for violation in audit(history.customer, log, world.bounds)
    ]
    counts = Counter(
        histories=len(histories),
        responses=len(log.observations),
        facts=sum(len(observation.facts) for observation in log.observations),
        mutations=len(log.writes),
        changes=len(world.sandbox.ledger.entries()),
        events=len(log.accepted),
        calls=world.network.calls,
        messages=sum(len(subscriber.received) for subscriber in log.subscribers),
    )
    return Result(violations, counts + Counter({f"failed: {code}": n for code, n in log.errors.items()}))
