"""The reads of one operation: equal ones share one call, and what they want expanded is united."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Set

from strawberry.dataloader import DataLoader

from resolvers.pagination import Page, fetch
from stripe_api import InvalidRequestError, StripeList, StripeObject

Found = StripeObject | None
NOTHING: frozenset[str] = frozenset()


class Objects:
    """Objects of one kind by id; None where there is none that the caller may see.

    All that is asked for in one turn of the event loop is read together, each id once.
    """

    def __init__(self, retrieve: Callable[[str, frozenset[str]], Awaitable[StripeObject]]) -> None:
        self._retrieve = retrieve
        self._wanted: dict[str, set[str]] = {}
        self._reading: dict[str, frozenset[str]] = {}
        self._loader: DataLoader[str, Found] = DataLoader(self._read_all)

    async def load(self, id: str, expand: Set[str] = NOTHING) -> Found:
        """The object, with at least these references expanded."""
        if id in self._reading and not expand <= self._reading[id]:
            del self._reading[id]
            self._loader.clear(id)
        self._wanted.setdefault(id, set()).update(expand)
        return await self._loader.load(id)

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
        return await asyncio.gather(*map(self._read, ids), return_exceptions=True)

    async def _read(self, id: str) -> Found:
        self._reading[id] = frozenset(self._wanted[id])
        try:
            return await self._retrieve(id, self._reading[id])
        except InvalidRequestError as error:
            if error.http_status == 404:
                return None
            raise


class Pages:
    """Pages of customers' payment methods."""

    def __init__(self, list_page: Callable[[str, Page], Awaitable[StripeList]]) -> None:
        self._list_page = list_page
        self._loader: DataLoader[tuple[str, Page], StripeList] = DataLoader(self._read_all)

    async def load(self, customer_id: str, page: Page) -> StripeList:
        """The page in Stripe's envelope. Raises InvalidRequestError, status 404, when there is no such customer."""
        return await self._loader.load((customer_id, page))

    def forget(self) -> None:
        """Forget all, since something was written."""
        self._loader.clear_all()

    async def _read_all(self, keys: list[tuple[str, Page]]) -> list[StripeList | BaseException]:
        return await asyncio.gather(*(self._read(*key) for key in keys), return_exceptions=True)

    async def _read(self, customer_id: str, page: Page) -> StripeList:
        return await fetch(page, lambda part: self._list_page(customer_id, part))
