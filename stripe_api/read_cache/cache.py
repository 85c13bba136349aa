"""The read cache: looks up responses, stores them, and evicts those of wallets that changed."""

from __future__ import annotations

import asyncio
import contextlib
import enum
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from stripe_api.errors import InvalidRequestError
from stripe_api.objects import StripeResponse
from stripe_api.read_cache.contents import Contents, contents_of
from stripe_api.read_cache.flights import Fetch, Flights
from stripe_api.read_cache.reads import Read
from stripe_api.read_cache.storage import CacheUnavailable, Hit, Lookup, Storage

OWN_WRITE = "own_write"
"""The cause of the evictions by this service's own writes. Events have other causes."""

NOT_FOUND = "not_found"
"""The cause of an eviction because a read shows that the wallet's customer or account no longer exists."""

_WALLET_PARAMETERS = ("id", "customer", "customer_account")
"""Stripe names one of these parameters if the wallet does not exist. Other parameters name other objects."""

REPEAT_SECONDS = 0.1
"""Seconds between two attempts to renew generations after the storage was unavailable.

An attempt waits for a store that hangs, so that the store executes it before most other uses once it responds again.
"""

UNSWEPT_SECONDS = 60.0
"""The staleness bound for connected accounts: the sweep for lost events reads those of the platform only."""

T = TypeVar("T")
F = TypeVar("F")


class ReadSource(enum.Enum):
    """Where a response came from, if the read made no call to Stripe."""

    HIT = "hit"
    JOINED = "joined"


@dataclass(frozen=True, slots=True)
class OperationCache:
    """How one operation uses the cache.

    `wallet` is the only wallet that its caller can access, if any. `must_be_fresh`: it never gets a cached response,
    but what it reads is stored. `on_read` receives the source of each read that made no call to Stripe. `hits`
    are the reads that got a cached response.
    """

    cache: ReadCache
    wallet: str | None
    must_be_fresh: bool
    on_read: Callable[[ReadSource], None]
    hits: list[Hit] = field(default_factory=list)


@dataclass
class Counts:
    """Numbers since the start of the process.

    `hits` are reads answered from the cache, whose ages add up to `age_of_hits` in seconds. `joined` are reads that
    shared the call of another one. `misses` called Stripe, and so did `bypasses`: reads without the cache because the
    operation or the state of the storage required it. `failures` are uses of the storage that failed. `evictions` are
    evicted wallets, by cause.
    """

    hits: int = 0
    joined: int = 0
    misses: int = 0
    bypasses: int = 0
    failures: int = 0
    age_of_hits: float = 0.0
    evictions: Counter[str] = field(default_factory=Counter)

    def reads(self) -> Mapping[str, float]:
        """The numbers of reads by their source."""
        return {"hit": self.hits, "joined": self.joined, "miss": self.misses, "bypass": self.bypasses}


class ReadCache:
    """Cached reads of wallets. `seconds` is the staleness bound: the maximum age of a response that is returned."""

    def __init__(self, storage: Storage, *, seconds: float) -> None:
        self._storage = storage
        self._seconds = seconds
        self._bound = seconds
        self._flights = Flights()
        self._unrenewed: set[tuple[Collection[str], Collection[str]]] = set()
        self._repeating: asyncio.Task[None] | None = None
        self.counts = Counts()

    @property
    def bytes(self) -> int:
        """The size of what this process keeps."""
        return self._storage.bytes

    @property
    def bound(self) -> float:
        """The staleness bound that applies now, in seconds."""
        return self._bound

    @property
    def is_paused(self) -> bool:
        """Whether nothing is read from the cache, because an own write has not evicted its wallets yet."""
        return bool(self._unrenewed)

    def set_bound(self, seconds: float) -> None:
        """Set the staleness bound, in seconds. The configured maximum still applies."""
        self._bound = min(seconds, self._seconds)

    async def evict(self, wallets: Collection[str], cause: str, objects: Collection[str] = ()) -> Collection[str]:
        """Invalidate all responses with data of these wallets, or with these objects. Returns all their wallets.

        Raises CacheUnavailable. Repeating it is safe. If no wallet is found, reads in progress are not stored.
        """
        evicted = await self._storage.renew(wallets, objects)
        self.counts.evictions[cause] += len(evicted)
        return evicted

    def clear(self) -> None:
        """Drop everything that this process keeps, for example if its embedded sandbox has new data."""
        self._storage.clear()

    async def wallets_of(self, payment_method: str) -> Collection[str]:
        """The wallets of a payment method in cached responses. Raises CacheUnavailable."""
        return await self._storage.wallets_of(payment_method)

    async def evict_written(self, wallets: Collection[str], objects: Collection[str]) -> None:
        """Evict the wallets of an own write. If that fails, nothing is read from the cache until it succeeds.

        `objects` are payment methods and intents that it names.
        """
        try:
            self.counts.evictions[OWN_WRITE] += len(await self._storage.renew(wallets, objects))
        except CacheUnavailable:
            self.counts.failures += 1
            self._unrenewed.add((wallets, objects))
            if self._repeating is None:
                self._repeating = asyncio.get_running_loop().create_task(self._repeat())

    async def index(self, contents: Contents) -> None:
        """Index the owners of the contents of a response, for later writes that name only the objects."""
        with contextlib.suppress(CacheUnavailable):
            await self._storage.index(contents)

    async def read(self, read: Read, fetch: Fetch, operation: OperationCache, deadline: float | None) -> StripeResponse:
        """The response from the cache, from an equal read in progress, or from `fetch`, which calls Stripe."""
        lookup = await self._find(self._storage.look_up, read, read.account)
        if lookup is None:
            self.counts.bypasses += 1
            return await fetch()
        if operation.must_be_fresh:
            self.counts.bypasses += 1
            response = await self._fetch(read, fetch)
            await self._keep(read, lookup, response)
            return response
        if lookup.response is not None:
            self.counts.hits += 1
            self.counts.age_of_hits += lookup.age
            operation.on_read(ReadSource.HIT)
            operation.hits.append(Hit(read, lookup.stamp, lookup.read_at))
            return lookup.response
        return await self._share(read, lookup, fetch, operation, deadline)

    async def repeat(self, hits: Sequence[Hit], on_read: Callable[[ReadSource], None]) -> bool:
        """Whether all these reads would get the same responses from the cache now. If so, they count as hits."""
        # All hits are those of one operation, and so of one account.
        ages = await self._find(self._storage.ages, hits, hits[0].read.account)
        if ages is None:
            return False
        self.counts.hits += len(ages)
        self.counts.age_of_hits += sum(ages)
        for _ in hits:
            on_read(ReadSource.HIT)
        return True

    async def aclose(self) -> None:
        """Stop background tasks."""
        if self._repeating is not None:
            self._repeating.cancel()
            await asyncio.gather(self._repeating, return_exceptions=True)

    async def _find(self, find: Callable[[F, float], Awaitable[T]], wanted: F, account: str | None) -> T | None:
        """The storage's result within the bound. None if it can't be used, or an own write is not evicted yet."""
        if self.is_paused:
            return None
        try:
            return await find(wanted, self._bound if account is None else min(self._bound, UNSWEPT_SECONDS))
        except CacheUnavailable:
            self.counts.failures += 1
            return None

    async def _share(
        self, read: Read, lookup: Lookup, fetch: Fetch, operation: OperationCache, deadline: float | None
    ) -> StripeResponse:
        identity = read.key, lookup.stamp, lookup.unassigned
        # Without a stamp, the flight may have started before a change.
        joined = await self._flights.join(identity, deadline) if lookup.stamp else None
        if joined is not None:
            self.counts.joined += 1
            operation.on_read(ReadSource.JOINED)
            return joined
        self.counts.misses += 1
        fetch = partial(self._fetch, read, fetch)
        return await self._flights.lead(identity, fetch, lambda response: self._keep(read, lookup, response))

    async def _fetch(self, read: Read, fetch: Fetch) -> StripeResponse:
        """The response of `fetch`. If it shows that the wallet is gone, what was cached of it before is evicted."""
        try:
            return await fetch()
        except InvalidRequestError as error:
            # Not for a missing payment method: a client that asks for it repeatedly would evict the wallet each time.
            is_missing = error.code == "resource_missing" and error.param in _WALLET_PARAMETERS
            if read.wallet is not None and is_missing:
                await self._evict_missing([read.wallet])
            raise

    async def _evict_missing(self, wallets: Collection[str]) -> None:
        with contextlib.suppress(CacheUnavailable):
            await self.evict(wallets, NOT_FOUND)

    async def _keep(self, read: Read, lookup: Lookup, response: StripeResponse) -> None:
        """Store a response if it depends on no other wallets than those of the lookup. Index it in any case."""
        contents = contents_of(response.body, read.account)
        if contents is None:
            return
        if contents.deleted:
            await self._evict_missing(contents.deleted)
            return
        is_known = contents.is_complete and contents.wallets <= lookup.wallets
        try:
            if lookup.stamp and is_known and (contents.wallets or read.names_customer):
                await self._storage.store(read, lookup, response, contents, lookup.seconds(self._seconds))
            elif contents.owners:
                await self._storage.index(contents)
        except CacheUnavailable:
            self.counts.failures += 1

    async def _repeat(self) -> None:
        while self._unrenewed:
            await asyncio.sleep(REPEAT_SECONDS)
            await self._renew_again()
        self._repeating = None

    async def _renew_again(self) -> None:
        repeated = list(self._unrenewed)
        wallets = {wallet for wallets, _ in repeated for wallet in wallets}
        objects = {id for _, objects in repeated for id in objects}
        try:
            self.counts.evictions[OWN_WRITE] += len(await self._storage.renew(wallets, objects, again=True))
        except CacheUnavailable:
            return
        self._unrenewed.difference_update(repeated)
