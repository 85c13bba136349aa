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
RetrieveMany = Callable[[Sequence[str], frozenset[str]], Awaitable[Mapping[str, StripeObject]]]


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
    several of them in fewer calls; what it does not find is read one by one.
    """

    def __init__(self, retrieve: Retrieve, retrieve_many: RetrieveMany | None = None) -> None:
        self._retrieve = retrieve
        self._retrieve_many = retrieve_many
        self._wanted: dict[str, set[str]] = {}
        self._reading: dict[str, frozenset[str]] = {}
        self._loader: DataLoader[str, Found] = DataLoader(self._read_all)

    def load(self, id: str, expand: Set[str] = NOTHING) -> Reading[Found]:
        """The object, with at least these references expanded."""
        if id in self._reading and not expand <= self._reading[id]:
            del self._reading[id]
            self._loader.clear(id)
        self._wanted.setdefault(id, set()).update(expand)
        return cast("Reading[Found]", self._loader.load(id))

    def prime(self, id: str, found: StripeObject, expanded: Set[str] = NOTHING) -> None:
        """Take in an object that came with another answer, unless it was read already."""
        if id not in self._reading and id not in self._wanted:
            self._wanted[id] = set(expanded)
            self._reading[id] = frozenset(expanded)
            self._loader.prime(id, found)

    def forget(self) -> None:
        """Forget all, since something was written."""
        self._wanted.clear()
        self._reading.clear()
        self._loader.clear_all()

    async def _read_all(self, ids: list[str]) -> list[Found | BaseException]:
        self._reading |= {id: frozenset(self._wanted[id]) for id in ids}
        found = await self._read_many(ids) if self._retrieve_many and len(ids) > 1 else {}
        rest = [id for id in ids if id not in found]
        read = await settled(*map(self._read, rest))
        return [{**found, **dict(zip(rest, read, strict=True))}[id] for id in ids]

    async def _read_many(self, ids: list[str]) -> Mapping[str, StripeObject]:
        assert self._retrieve_many is not None
        try:
            return await self._retrieve_many(ids, NOTHING.union(*(self._reading[id] for id in ids)))
        except InvalidRequestError:
            return {}

    async def _read(self, id: str) -> Found:
        try:
            return await self._retrieve(id, self._reading[id])
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
        self._list_page = list_page
        self._loader: DataLoader[tuple[Wallet, Page], StripeList] = DataLoader(self._read_all)

    def load(self, wallet: Wallet, page: Page) -> Reading[StripeList]:
        """The page in Stripe's envelope. Raises InvalidRequestError when there is no such customer or account."""
        return cast("Reading[StripeList]", self._loader.load((wallet, page)))

    def forget(self) -> None:
        """Forget all, since something was written."""
        self._loader.clear_all()

    async def _read_all(self, keys: list[tuple[Wallet, Page]]) -> list[StripeList | BaseException]:
        return await settled(*(self._read(*key) for key in keys))

    async def _read(self, wallet: Wallet, page: Page) -> StripeList:
        return await fetch(page, lambda part: self._list_page(wallet, part))
