"""Runs the histories of one world, and audits them."""

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
    """The violations of a world, and how much was done in it."""

    violations: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, other: Result) -> None:
        """Take in the result of another world."""
        self.violations += other.violations
        self.counts += other.counts


async def run_histories(world: World, seed: str, numbers: Sequence[int], pace: Pace, *, at_once: int) -> Result:
    """Run the histories with these numbers, so many at once, while deliveries of events are disturbed."""
    histories = [History(world, f"{seed}:{number}", pace) for number in numbers]
    for history in histories:
        await history.prepare()
    by_customer = {history.customer: history for history in histories}
    following: set[asyncio.Task[None]] = set()

    def read_after_event(customer: str) -> None:
        if customer in by_customer:
            task = asyncio.ensure_future(by_customer[customer].read_after_event())
            following.add(task)
            task.add_done_callback(following.discard)

    world.after_event = read_after_event
    disturbing = asyncio.ensure_future(disturb_deliveries(world, random.Random(seed)))
    places = asyncio.Semaphore(at_once)

    async def run(history: History, neighbour: History) -> None:
        async with places:
            await history.run(neighbour)

    neighbours = [*histories[1:], histories[0]]
    await asyncio.gather(*map(run, histories, neighbours))
    disturbing.cancel()
    await asyncio.gather(*following)
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
