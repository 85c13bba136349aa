"""The reads of one operation: equal ones share one call, and what they want expanded is united."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeVar, cast

from strawberry.dataloader import DataLoader

from resolvers.pagination import Page, fetch
from stripe_api import InvalidRequestError, StripeList, StripeObject

T = TypeVar("T")

Found = StripeObject | None
NOTHING: frozenset[str] = frozenset()

Reading = asyncio.Future
"""A read that is under way or over. All who want the same await the same one."""

Retrieve = Callable[[str, frozenset[str]], Awaitable[StripeObject]]
RetrieveMany = Callable[[Sequence[str], frozenset[str]], Awaitable[Mapping[str, Found]]]


async def settled(*reads: Awaitable[T]) -> list[T | BaseException]:
    """What each gives, or raises, once all have ended. One alone needs no task of its own."""
    if len(reads) > 1:
        return await asyncio.gather(*reads, return_exceptions=True)
    try:
        return [await read for read in reads]
    except Exception as error:
        return [error]


class Objects:
    """Objects of one kind by id; None where there is none that the caller may see.

    All that is asked for in one turn of the event loop is read together, each id once. `retrieve_many` may find
    several of them in fewer calls, and say of others that they are missing (None); the rest is read one by one.
    """

    def __init__(self, retrieve: Retrieve, retrieve_many: RetrieveMany | None = None) -> None:
        self._reads = _Reads(retrieve, retrieve_many)
        self._loader: DataLoader[str, Found] = DataLoader(self._reads.of_all)

    def load(self, id: str, expand: Set[str] = NOTHING) -> Reading[Found]:
        """The object, with at least these references expanded."""
        reads = self._reads
        if id in reads.expanded and not expand <= reads.expanded[id]:
            del reads.expanded[id]
            self._loader.clear(id)
        reads.wanted.setdefault(id, set()).update(expand)
        return cast("Reading[Found]", self._loader.load(id))

    def prime(self, id: str, found: StripeObject, expanded: Set[str] = NOTHING) -> None:
        """Take in an object that came with another answer, unless it was read already."""
        reads = self._reads
        if id not in reads.expanded and id not in reads.wanted:
            reads.wanted[id] = set(expanded)
            reads.expanded[id] = frozenset(expanded)
            self._loader.prime(id, found)


class _Reads:
    """How objects are read, and with which references expanded: those `wanted` so far, and those of the last read.

    Apart from the loader that calls it, so that the two don't hold each other beyond their operation.
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
        read = await settled(*map(self._of_one, rest))
        return [{**found, **dict(zip(rest, read, strict=True))}[id] for id in ids]

    async def _of_many(self, ids: list[str]) -> Mapping[str, Found]:
        assert self._retrieve_many is not None
        try:
            return await self._retrieve_many(ids, NOTHING.union(*(self.expanded[id] for id in ids)))
        except InvalidRequestError:
            return {}

    async def _of_one(self, id: str) -> Found:
        try:
            return await self._retrieve(id, self.expanded[id])
        except InvalidRequestError as error:
            if error.http_status == 404:
                return None
            raise


@dataclass(frozen=True, slots=True)
class Wallet:
    """Whose methods are listed: a customer's, or those of an account that represents one."""

    customer: str | None = None
    customer_account: str | None = None


class Pages:
    """Pages of wallets."""

    def __init__(self, list_page: Callable[[Wallet, Page], Awaitable[StripeList]]) -> None:
        async def read(wallet: Wallet, page: Page) -> StripeList:
            return await fetch(page, lambda part: list_page(wallet, part))

        async def read_all(keys: list[tuple[Wallet, Page]]) -> list[StripeList | BaseException]:
            return await settled(*(read(*key) for key in keys))

        self._loader: DataLoader[tuple[Wallet, Page], StripeList] = DataLoader(read_all)

    def load(self, wallet: Wallet, page: Page) -> Reading[StripeList]:
        """The page in Stripe's envelope. Raises InvalidRequestError when there is no such customer or account."""
        return cast("Reading[StripeList]", self._loader.load((wallet, page)))

    def forget(self) -> None:
        """Forget all, since something was written."""
        self._loader.clear_all()
