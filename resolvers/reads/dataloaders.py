"""The reads of one operation: equal reads share one REST call, which expands what any of them needs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from typing import TypeVar, cast

from strawberry.dataloader import DataLoader

from resolvers.access import NOTHING, Retrieve
from resolvers.pagination import PageRequest, Wallet, fetch
from resolvers.reads.batched_reads import Found
from schema.context import MaybeAwaitable
from stripe_api import InvalidRequestError, StripeList, StripeObject

T = TypeVar("T")

Pending = asyncio.Future
"""A read that is in progress or done. Several fields may await the same one."""

RetrieveMany = Callable[[Sequence[str], frozenset[str]], Awaitable[Mapping[str, Found]]]


async def all_settled(*reads: Awaitable[T]) -> list[T | BaseException]:
    """The result or the exception of each, once all have ended. A single one runs without a task of its own."""
    if len(reads) > 1:
        return await asyncio.gather(*reads, return_exceptions=True)
    try:
        return [await read for read in reads]
    except Exception as error:  # An exception is a result here, as in asyncio.gather above.
        return [error]


def map_result(reading: Pending[Found], convert: Callable[[Found], T]) -> MaybeAwaitable[T]:
    """The converted object if it has been read, else a coroutine that awaits it."""
    return convert(reading.result()) if reading.done() else _map_later(reading, convert)


async def _map_later(reading: Pending[Found], convert: Callable[[Found], T]) -> T:
    return convert(await reading)


class Objects:
    """Objects of one kind by id. None for an object that does not exist or that the caller may not access.

    All objects requested in one iteration of the event loop are read together, each id once. `retrieve_many` may find
    several of them in fewer calls, and report others as missing (None); the rest are read one by one.
    """

    def __init__(self, retrieve: Retrieve, retrieve_many: RetrieveMany | None = None) -> None:
        self._reads = _Reads(retrieve, retrieve_many)
        self._loader: DataLoader[str, Found] = DataLoader(self._reads.of_all)

    def load(self, id: str, expand: Set[str] = NOTHING) -> Pending[Found]:
        """The object, with these references expanded, and possibly others."""
        reads = self._reads
        if id in reads.expanded and not expand <= reads.expanded[id]:
            del reads.expanded[id]
            self._loader.clear(id)
        reads.wanted.setdefault(id, set()).update(expand)
        return cast("Pending[Found]", self._loader.load(id))

    def prime(self, id: str, found: StripeObject, expanded: Set[str] = NOTHING) -> None:
        """Keep an object that another response contained, unless it was read already."""
        reads = self._reads
        if id not in reads.expanded and id not in reads.wanted:
            reads.wanted[id] = set(expanded)
            reads.expanded[id] = frozenset(expanded)
            self._loader.prime(id, found)


class _Reads:
    """How objects are read, and which references are expanded: those `wanted` so far, and those of the last read.

    A class of its own, so that it and the DataLoader that calls it form no reference cycle.
    """

    def __init__(self, retrieve: Retrieve, retrieve_many: RetrieveMany | None) -> None:
        self._retrieve = retrieve
        self._retrieve_many = retrieve_many
        self.wanted: dict[str, set[str]] = {}
        self.expanded: dict[str, frozenset[str]] = {}

    async def of_all(self, ids: list[str]) -> list[Found | BaseException]:
        self.expanded |= {id: frozenset(self.wanted[id]) for id in ids}
        found = await self._of_many(ids) if self._retrieve_many and len(ids) > 1 else {}
        rest = [id for id in ids if id not in found]
        read = await all_settled(*map(self._of_one, rest))
        return [{**found, **dict(zip(rest, read, strict=True))}[id] for id in ids]

    async def _of_many(self, ids: list[str]) -> Mapping[str, Found]:
        assert self._retrieve_many is not None
        try:
            return await self._retrieve_many(ids, NOTHING.union(*(self.expanded[id] for id in ids)))
        except InvalidRequestError:  # The single reads that follow give each id its own error.
            return {}

    async def _of_one(self, id: str) -> Found:
        try:
            return await self._retrieve(id, self.expanded[id])
        except InvalidRequestError as error:
            if error.http_status == 404:  # A missing object is a result: the query returns null.
                return None
            raise


class Pages:
    """Pages of wallets."""

    def __init__(self, list_page: Callable[[Wallet, PageRequest], Awaitable[StripeList]]) -> None:
        async def read(wallet: Wallet, page: PageRequest) -> StripeList:
            return await fetch(page, lambda part: list_page(wallet, part))

        async def read_all(keys: list[tuple[Wallet, PageRequest]]) -> list[StripeList | BaseException]:
            return await all_settled(*(read(*key) for key in keys))

        self._loader: DataLoader[tuple[Wallet, PageRequest], StripeList] = DataLoader(read_all)

    def load(self, wallet: Wallet, page: PageRequest) -> Pending[StripeList]:
        """The page as Stripe's list object. Raises InvalidRequestError if there is no such customer or account."""
        return cast("Pending[StripeList]", self._loader.load((wallet, page)))
