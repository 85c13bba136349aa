"""One history: a customer whose wallet several writers change, while several readers read it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from quality.truth.reads import Read, Subjects, draw_read
from quality.truth.subscriber import SENT_WITHIN, Subscriber, unsubscribe
from quality.truth.world import Caller, World
from quality.truth.writes import RestCall, Wallet, delete_customer, draw_mutation, draw_rest_call


@dataclass(frozen=True)
class Pace:
    """How many steps each actor takes, and how long it may wait between two, in seconds.

    `reads` are those of each reader, `writes` those of each caller of the service, `changes` those made at Stripe.
    """

    reads: int
    writes: int
    changes: int
    short: float
    long: float
    longest: float

    def pause(self, draw: random.Random) -> float:
        """The time before an actor's next step. Most steps follow each other closely."""
        kind = draw.random()
        if kind < 0.55:
            return draw.uniform(0, self.short)
        return draw.uniform(self.short, self.long) if kind < 0.9 else draw.uniform(self.long, self.longest)


class History:
    """A customer with its readers and writers. Everything is drawn from `seed`."""

    def __init__(self, world: World, seed: str, pace: Pace) -> None:
        self.seed = seed
        self._world = world
        self._pace = pace
        self._draw = random.Random(seed)
        self.customer = ""
        self._known: dict[str, None] = {}
        self._neighbour: History = self
        self._last_reads: dict[str, Read] = {}
        self._readers: Sequence[Caller] = ()

    async def prepare(self) -> None:
        """Create the customer, often with cards and a default."""
        draw, world = self._draw, self._world
        self.customer = (await world.at_stripe(RestCall("POST", "/v1/customers")))["id"]
        for _ in range(draw.randint(0, 3)):
            await world.at_stripe(draw_rest_call(draw, Wallet(self.customer, ())))
        for _ in range(draw.randint(0, 2)):
            await world.at_stripe(draw_rest_call(draw, self._wallet()))

    async def run(self, neighbour: History) -> None:
        """Let all actors take their steps. `neighbour` has the objects that this customer must never see."""
        self._neighbour = neighbour
        own = self._world.caller(f"customer of {self.seed}", self.customer)
        service = self._world.caller(f"service of {self.seed}", None)
        self._readers = (own, service)
        subscribing = [asyncio.ensure_future(self._subscribe(caller)) for caller in self._readers]
        await self._act_all(own, service)
        if self._world.subscribable is not None:
            # Until a sweep has found the last lost event.
            await asyncio.sleep((self._world.bounds.swept or 0) + SENT_WITHIN + 1)
        await unsubscribe(subscribing)

    async def _subscribe(self, caller: Caller) -> None:
        world = self._world
        if world.subscribable is not None:
            subscriber = Subscriber(caller.name, self.customer)
            world.log.subscribers.append(subscriber)
            is_service = caller.customer is None
            await subscriber.run(world.subscribable, caller.headers, world.now, is_service=is_service)

    async def _act_all(self, own: Caller, service: Caller) -> None:
        pace = self._pace
        actors: Sequence[tuple[int, Callable[[random.Random], Awaitable[None]]]] = (
            (pace.reads, lambda draw: self._read(draw, own)),
            (pace.reads, lambda draw: self._read(draw, own)),
            (pace.reads, lambda draw: self._read(draw, service)),
            (pace.writes, lambda draw: self._write(draw, own)),
            (pace.writes, lambda draw: self._write(draw, service)),
            (pace.changes, self._change_at_stripe),
        )
        await asyncio.gather(*(self._act(steps, act) for steps, act in actors))
        if self._draw.random() < 0.2:
            await self._world.at_stripe(delete_customer(self._wallet()))
            await asyncio.gather(*(self._act(pace.reads // 4, lambda draw: self._read(draw, own)) for _ in range(2)))

    async def _act(self, steps: int, act: Callable[[random.Random], Awaitable[None]]) -> None:
        draw = random.Random(self._draw.random())
        for _ in range(steps):
            await asyncio.sleep(self._pace.pause(draw))
            await act(draw)

    async def read_after_event(self) -> None:
        """Read the wallet as soon as an event was accepted, often enough to hit what should have been evicted."""
        await asyncio.sleep(self._draw.uniform(0, 0.01))
        if self._readers:
            await self._read(self._draw, self._draw.choice(self._readers))

    async def _read(self, draw: random.Random, caller: Caller) -> None:
        """Read something new, or the same as before, like a screen that is opened again."""
        read = self._last_reads.get(caller.name)
        if read is None or draw.random() < 0.5:
            read = self._last_reads[caller.name] = draw_read(draw, self._subjects(caller))
        await self._world.read(draw, caller, self.customer, read, no_cache=draw.random() < 0.1)

    async def _write(self, draw: random.Random, caller: Caller) -> None:
        """Change the wallet, often with reads just before, during and after the change."""
        around = [asyncio.ensure_future(self._read(draw, caller)) for _ in range(draw.randint(0, 2))]
        await asyncio.sleep(draw.choice((0.0, draw.uniform(0, self._pace.short))))
        mutation = draw_mutation(draw, self._wallet(), is_service=caller.customer is None)
        await self._world.write(draw, caller, self.customer, mutation)
        if draw.random() < 0.7:
            await self._read(draw, caller)
        await asyncio.gather(*around)

    async def _change_at_stripe(self, draw: random.Random) -> None:
        await self._world.at_stripe(draw_rest_call(draw, self._wallet()))

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
