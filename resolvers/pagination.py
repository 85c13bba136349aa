"""Converts Relay's first, after, last and before to Stripe's limit, starting_after and ending_before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from resolvers.errors.exceptions import bad_user_input
from resolvers.references import id_of
from schema.connection import CursorOf, PageArguments, PageBounds, PaymentMethodConnection
from schema.list_size import PAGE_SIZE
from schema.open_enum import REFUSED, OpenEnum
from stripe_api import StripeList

MAX_PAGE = 100
"""Entries in Stripe's largest page."""
MAX_STEPS = 10
"""The most calls for the tail of one list. Stripe keeps at most 500 payment methods for a customer."""


@dataclass(frozen=True, slots=True)
class Wallet:
    """The owner of a list of payment methods: a customer, or an account that represents one."""

    customer: str | None = None
    customer_account: str | None = None

    @property
    def id(self) -> str:
        """The id of the customer or the account; empty for neither."""
        return self.customer or self.customer_account or ""


@dataclass(frozen=True)
class PageRequest:
    """A request for one page of a list. `tail`: the last `limit` entries of the whole list."""

    limit: int
    starting_after: str | None = None
    ending_before: str | None = None
    type: str | None = None
    allow_redisplay: str | None = None
    tail: bool = False
    expand: frozenset[str] = frozenset()

    @property
    def backward(self) -> bool:
        return self.tail or self.ending_before is not None


def page_request(arguments: PageArguments) -> PageRequest:
    """The request for a client's arguments. Raises a BAD_USER_INPUT error that says what to change."""
    first, after, last, before = arguments.first, arguments.after, arguments.last, arguments.before
    if first is not None and last is not None:
        raise bad_user_input("Give first or last, not both.")
    if after is not None and (before is not None or last is not None):
        raise bad_user_input("Use after with first, not with last or before.")
    if before is not None and first is not None:
        raise bad_user_input("Use before with last, not with first or after.")
    for name, size in (("first", first), ("last", last)):
        if size is not None and not 0 <= size <= PAGE_SIZE.maximum:
            raise bad_user_input(f"{name} is a number from 0 to {PAGE_SIZE.maximum}.")
    for name, cursor in (("after", after), ("before", before)):
        if cursor == "":
            raise bad_user_input(f"{name} is empty. Take a cursor from pageInfo, or omit it.")
    size = first if first is not None else last
    return PageRequest(
        limit=PAGE_SIZE.default if size is None else size,
        starting_after=after,
        ending_before=before,
        type=_filter("type", arguments.type),
        allow_redisplay=_filter("allowRedisplay", arguments.allow_redisplay),
        tail=last is not None and before is None,
    )


def _filter(name: str, value: OpenEnum | None) -> str | None:
    if value is None:
        return None
    if value.is_unknown:
        raise bad_user_input(f"{name}: {REFUSED}")
    return value.stripe_value


async def fetch(page: PageRequest, fetch_list: Callable[[PageRequest], Awaitable[StripeList]]) -> StripeList:
    """The page as Stripe's list object. One call; for the tail, one for each hundred entries of the list."""
    if page.limit == 0:
        return await _fetch_empty(page, fetch_list)
    if not page.tail:
        return await fetch_list(page)
    entries: list[Any] = []
    step = replace(page, limit=MAX_PAGE, tail=False)
    for _ in range(MAX_STEPS):
        part = await fetch_list(step)
        data = part.get("data")
        if not isinstance(data, list):
            return part
        entries += data
        if part.get("has_more") is not True or not data:
            return {"data": entries[-page.limit :], "has_more": len(entries) > page.limit}
        step = replace(step, starting_after=id_of(data[-1]))
    raise bad_user_input("last: the list is too long to read to its end. Page forward with first and after.")


async def read_all(
    fetch_list: Callable[[str | None], Awaitable[StripeList]], *, max_pages: int | None = None
) -> list[Any]:
    """All entries of a list, page by page. `fetch_list` reads the page after an id."""
    entries: list[Any] = []
    after = None
    for _ in count() if max_pages is None else range(max_pages):
        part = await fetch_list(after)
        data = part.get("data")
        entries += data if isinstance(data, list) else []
        if part.get("has_more") is not True or not data:
            break
        after = id_of(entries[-1])
    return entries


async def _fetch_empty(page: PageRequest, fetch_list: Callable[[PageRequest], Awaitable[StripeList]]) -> StripeList:
    """A page without entries. Stripe's smallest page has one entry, which shows whether the list has more."""
    part = await fetch_list(replace(page, limit=1, tail=False))
    data = part.get("data")
    return {"data": [], "has_more": bool(data)} if isinstance(data, list) else part


def connection(page: PageRequest, envelope: StripeList, cursor_of: CursorOf) -> PaymentMethodConnection:
    """The page as a connection. Stripe's has_more covers the direction of paging; before a cursor is always more."""
    ahead = envelope.get("has_more") is True
    behind = not page.tail and (page.starting_after or page.ending_before) is not None
    has_next, has_previous = (behind, ahead) if page.backward else (ahead, behind)
    return PaymentMethodConnection(envelope, PageBounds(has_next, has_previous), cursor_of)
