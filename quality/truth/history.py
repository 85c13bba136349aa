"""A history: several writers change a customer's wallet, while several readers read it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from quality.truth.reads import Read, Subjects, draw_read
from quality.truth.subscriber import MESSAGE_LIMIT, Subscriber, unsubscribe
from quality.truth.world import Caller, World
from quality.truth.writes import RestCall, Wallet, delete_customer, draw_mutation, draw_rest_call


@dataclass(frozen=True)
class Pace:
    """The number of steps of each actor, and the pauses between them in seconds.

    `reads` is the number of reads per reader, `writes` of writes per caller, and `changes` of changes made at Stripe.
    """

    reads: int
    writes: int
    changes: int
    short: float
    long: float
    longest: float

    def pause(self, rng: random.Random) -> float:
        """Draw the pause before an actor's next step. Most pauses are short."""
        kind = rng.random()
        if kind < 0.55:
            return rng.uniform(0, self.short)
        return rng.uniform(self.short, self.long) if kind < 0.9 else rng.uniform(self.long, self.longest)


class History:
    """A customer with its readers and writers, drawn from a seed."""

    def __init__(self, world: World, seed: str, pace: Pace) -> None:
        self.seed = seed
        self._world = world
        self._pace = pace
        self._rng = random.Random(seed)
        self.customer = ""
        self._known: dict[str, None] = {}
        self._neighbour: History = self
        self._last_reads: dict[str, Read] = {}
        self._readers: Sequence[Caller] = ()

    async def prepare(self) -> None:
        """Create the customer, often with cards and a default."""
        rng, world = self._rng, self._world
        self.customer = (await world.call_stripe(RestCall("POST", "/v1/customers")))["id"]
        for _ in range(rng.randint(0, 3)):
            await world.call_stripe(draw_rest_call(rng, Wallet(self.customer, ())))
        for _ in range(rng.randint(0, 2)):
            await world.call_stripe(draw_rest_call(rng, self._wallet()))

    async def run(self, neighbour: History) -> None:
        """Run all actors. `neighbour` is a history whose objects this customer must never see."""
        self._neighbour = neighbour
        own = self._world.caller(f"customer of {self.seed}", self.customer)
        service = self._world.caller(f"service of {self.seed}", None)
        self._readers = (own, service)
        subscribing = [asyncio.ensure_future(self._subscribe(caller)) for caller in self._readers]
        await self._run_actors(own, service)
        if self._world.subscribable is not None:
            # Wait until a sweep must have found the last lost event.
            await asyncio.sleep((self._world.bounds.swept or 0) + MESSAGE_LIMIT + 1)
        await unsubscribe(subscribing)

    async def _subscribe(self, caller: Caller) -> None:
        world = self._world
        if world.subscribable is not None:
            subscriber = Subscriber(caller.name, self.customer)
            world.log.subscribers.append(subscriber)
            is_service = caller.customer is None
            await subscriber.run(world.subscribable, caller.headers, world.now, is_service=is_service)

    async def _run_actors(self, own: Caller, service: Caller) -> None:
        pace = self._pace
        actors: Sequence[tuple[int, Callable[[random.Random], Awaitable[None]]]] = (
            (pace.reads, lambda rng: self._read(rng, own)),
            (pace.reads, lambda rng: self._read(rng, own)),
            (pace.reads, lambda rng: self._read(rng, service)),
            (pace.writes, lambda rng: self._write(rng, own)),
            (pace.writes, lambda rng: self._write(rng, service)),
            (pace.changes, self._change_at_stripe),
        )
        await asyncio.gather(*(self._repeat(steps, act) for steps, act in actors))
        if self._rng.random() < 0.2:
            await self._world.call_stripe(delete_customer(self._wallet()))
            await asyncio.gather(*(self._repeat(pace.reads // 4, lambda rng: self._read(rng, own)) for _ in range(2)))

    async def _repeat(self, steps: int, act: Callable[[random.Random], Awaitable[None]]) -> None:
        rng = random.Random(self._rng.random())
        for _ in range(steps):
            await asyncio.sleep(self._pace.pause(rng))
            await act(rng)

    async def read_after_event(self) -> None:
        """Read the wallet immediately after an event was accepted, when its cache entries must be evicted."""
        await asyncio.sleep(self._rng.uniform(0, 0.01))
        if self._readers:
            await self._read(self._rng, self._rng.choice(self._readers))

    async def _read(self, rng: random.Random, caller: Caller) -> None:
        """Send a new read, or repeat the previous one, like a screen that is opened again."""
        read = self._last_reads.get(caller.name)
        if read is None or rng.random() < 0.5:
            read = self._last_reads[caller.name] = draw_read(rng, self._subjects(caller))
        await self._world.read(rng, caller, self.customer, read, no_cache=rng.random() < 0.1)

    async def _write(self, rng: random.Random, caller: Caller) -> None:
        """Send a mutation, often with reads just before, during and after it."""
        concurrent_reads = [asyncio.ensure_future(self._read(rng, caller)) for _ in range(rng.randint(0, 2))]
        await asyncio.sleep(rng.choice((0.0, rng.uniform(0, self._pace.short))))
        mutation = draw_mutation(rng, self._wallet(), is_service=caller.customer is None)
        await self._world.write(rng, caller, self.customer, mutation)
        if rng.random() < 0.7:
            await self._read(rng, caller)
        await asyncio.gather(*concurrent_reads)

    async def _change_at_stripe(self, rng: random.Random) -> None:
        await self._world.call_stripe(draw_rest_call(rng, self._wallet()))

    def _wallet(self) -> Wallet:
        attached = [method.id for method in self._world.sandbox.store.wallet(self.customer)]
        self._known |= dict.fromkeys(attached)
        return Wallet(self.customer, attached)

    def _subjects(self, caller: Caller) -> Subjects:
        self._wallet()
        neighbour = self._neighbour
        return Subjects(
            self.customer,
            list(self._known),
            neighbour.customer,
            [] if neighbour is self else list(neighbour._known),
            is_service=caller.customer is None,
        )
