"""Reads several payment methods by id in few REST calls: Stripe has no batch GET, but a customer's list has many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from resolvers.access import Access
from resolvers.pagination import MAX_PAGE, PageRequest, Wallet
from resolvers.references import id_of
from stripe_api import InvalidRequestError, StripeList, StripeObject

Found = StripeObject | None

WORTH_A_LIST = 3
"""The number of unread payment methods from which a list of their customer's is tried."""


async def retrieve_payment_methods(access: Access, ids: Sequence[str], expand: frozenset[str]) -> Mapping[str, Found]:
    """The payment methods that lists contain, by id. None for one that does not exist or is not accessible.

    For a CUSTOMER caller, the list is the caller's own wallet. Otherwise one payment method is read, then its
    customer's list, and so on with the next customer, as long as each list contains more than that one payment method.
    """
    if access.own is not None:
        return await _from_own_wallet(access, access.own, ids, expand)
    found: dict[str, Found] = {}
    for id in ids:
        if id in found:
            continue
        if len(ids) - len(found) < WORTH_A_LIST:
            break
        before = len(found)
        found |= await _with_the_same_customer(access, id, ids, expand)
        if len(found) - before < WORTH_A_LIST - 1:
            break
    return found


async def _from_own_wallet(access: Access, own: str, ids: Sequence[str], expand: frozenset[str]) -> Mapping[str, Found]:
    try:
        listed = await _list(access, own, expand)
    except InvalidRequestError as error:
        if error.http_status == 404:  # The caller's customer is deleted, and has no payment methods.
            return dict.fromkeys(ids)
        raise
    # An id that is missing from a complete list is not the caller's, and needs no read of its own.
    missing: Mapping[str, Found] = dict.fromkeys(ids) if listed.get("has_more") is False else {}
    return {**missing, **_entries(listed, ids)}


async def _with_the_same_customer(
    access: Access, id: str, ids: Sequence[str], expand: frozenset[str]
) -> Mapping[str, Found]:
    try:
        first = await access.retrieve_payment_method(id, expand)
    except InvalidRequestError as error:
        # A missing object is a result: None. Any other refusal is left to the single read of each id.
        return {id: None} if error.http_status == 404 else {}
    owner = id_of(first.get("customer"))
    return {**(_entries(await _list(access, owner, expand), ids) if owner is not None else {}), id: first}


async def _list(access: Access, owner: str, expand: frozenset[str]) -> StripeList:
    page = PageRequest(limit=MAX_PAGE, expand=frozenset(f"data.{path}" for path in expand))
    return await access.list_payment_methods(Wallet(owner), page)


def _entries(listed: StripeList, ids: Sequence[str]) -> dict[str, StripeObject]:
    entries = [entry for entry in listed.get("data") or () if isinstance(entry, dict)]
    return {entry["id"]: entry for entry in entries if entry.get("id") in ids}
