"""Relay's first and after, last and before, in Stripe's limit, starting_after and ending_before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from resolvers.errors import bad_user_input
from resolvers.references import id_of
from schema.connection import CursorOf, PageArguments, PaymentMethodConnection, Surroundings
from schema.open_enum import OpenEnum
from stripe_api import StripeList

MAX_PAGE = 100
DEFAULT_PAGE = 10
MAX_STEPS = 10
"""Calls that the tail of one list may take. Stripe keeps at most 500 methods for a customer."""


@dataclass(frozen=True)
class Page:
    """One request for a part of a list. `tail` means the last `limit` entries of the whole list."""

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


def page_of(arguments: PageArguments) -> Page:
    """The request for what a client asked. Raises a BAD_USER_INPUT fault that says what to change."""
    first, after, last, before = arguments.first, arguments.after, arguments.last, arguments.before
    if first is not None and last is not None:
        raise bad_user_input("Give first or last, not both.")
    if after is not None and (before is not None or last is not None):
        raise bad_user_input("after goes with first alone.")
    if before is not None and first is not None:
        raise bad_user_input("before goes with last alone.")
    for name, size in (("first", first), ("last", last)):
        if size is not None and not 0 <= size <= MAX_PAGE:
            raise bad_user_input(f"{name} is a number from 0 to {MAX_PAGE}.")
    for name, cursor in (("after", after), ("before", before)):
        if cursor == "":
            raise bad_user_input(f"{name} is empty; take it from pageInfo or leave it out.")
    size = first if first is not None else last
    return Page(
        limit=DEFAULT_PAGE if size is None else size,
        starting_after=after,
        ending_before=before,
        type=_word("type", arguments.type),
        allow_redisplay=_word("allowRedisplay", arguments.allow_redisplay),
        tail=last is not None and before is None,
    )


def _word(name: str, value: OpenEnum | None) -> str | None:
    if value is None:
        return None
    if value.name == "UNKNOWN":
        raise bad_user_input(f"{name}: UNKNOWN can't be asked for.")
    return value.word


async def fetch(page: Page, fetch_list: Callable[[Page], Awaitable[StripeList]]) -> StripeList:
    """The page in Stripe's envelope. One call; for the tail, one for each hundred entries of the list."""
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
    raise bad_user_input("last: the list is too long to be read to its end. Go forward with first and after.")


async def _fetch_empty(page: Page, fetch_list: Callable[[Page], Awaitable[StripeList]]) -> StripeList:
    """A page without entries. Stripe's smallest page has one entry, which tells whether there is more."""
    part = await fetch_list(replace(page, limit=1, tail=False))
    data = part.get("data")
    return {"data": [], "has_more": bool(data)} if isinstance(data, list) else part


def connection(page: Page, envelope: StripeList, cursor_of: CursorOf) -> PaymentMethodConnection:
    """The page as a connection: has_more looks on in the page's own direction, and behind a cursor there is more."""
    more = envelope.get("has_more") is True
    there_is_more_behind = not page.tail and (page.starting_after or page.ending_before) is not None
    onward, back = (there_is_more_behind, more) if page.backward else (more, there_is_more_behind)
    return PaymentMethodConnection(envelope, Surroundings(next=onward, previous=back), cursor_of)
