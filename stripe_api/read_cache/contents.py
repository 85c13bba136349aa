"""Which wallets and payment methods a response contains, so that it can be cached and indexed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from stripe_api.ids import name_in

_INDEXED = ("payment_intent", "payment_method", "setup_intent")
"""The types of objects that a write can name without their wallet."""

NOTHING: frozenset[str] = frozenset()


class _Reference(msgspec.Struct):
    """An expanded reference to a customer, or to an account."""

    id: str | None = None
    deleted: bool = False
    customer_account: str | None = None


class _Settings(msgspec.Struct):
    default_payment_method: str | _Object | None = None


class _Object(msgspec.Struct):
    """The members of a customer, a payment method, an intent or a list of payment methods."""

    id: str | None = None
    object: str | None = None
    deleted: bool = False
    customer: str | _Reference | None = None
    customer_account: str | _Reference | None = None
    payment_method: str | _Object | None = None
    invoice_settings: _Settings | None = None
    data: list[_Object] | None = None


_decode = msgspec.json.Decoder(_Object).decode


@dataclass(frozen=True, slots=True)
class Contents:
    """The wallets with data in a response. `is_complete`: each object in the response belongs to a wallet.
    `deleted`: those of the wallets whose customer is deleted.

    `owners` maps each payment method and intent to its wallets. It also maps each wallet with two names, the
    ids of a customer and an account, to both of them.
    """

    wallets: frozenset[str]
    owners: Mapping[str, frozenset[str]]
    is_complete: bool
    deleted: frozenset[str]


def contents_of(body: bytes, account: str | None = None) -> Contents | None:
    """The contents of a successful response. None if it does not have the structure of Stripe's objects.

    `account` is the connected account whose response it is, if any; all names contain it.
    """
    try:
        found = list(_objects(_decode(body)))
    except (ValueError, RecursionError):
        return None
    wallets = [_wallets(one) for one in found]
    owners = {id: owned_by for one, owned_by in zip(found, wallets, strict=True) for id in _indexed(one, owned_by)}
    contents = Contents(NOTHING.union(*wallets), owners, all(wallets), frozenset(_deleted(found)))
    return contents if account is None else _in_account(contents, account)


def _in_account(contents: Contents, account: str) -> Contents:
    def names(ids: Iterable[str]) -> frozenset[str]:
        return frozenset(name_in(account, id) for id in ids)

    owners = {name_in(account, id): names(wallets) for id, wallets in contents.owners.items()}
    return Contents(names(contents.wallets), owners, contents.is_complete, names(contents.deleted))


def _indexed(one: _Object, wallets: frozenset[str]) -> frozenset[str]:
    """The ids by which the wallets of an object must be found."""
    names = wallets if len(wallets) > 1 else NOTHING
    return names | {one.id} if one.object in _INDEXED and one.id is not None and wallets else names


def _deleted(found: Iterable[_Object]) -> Iterator[str]:
    for one in found:
        for named in (one, one.customer):
            if isinstance(named, _Object | _Reference) and named.deleted and named.id is not None:
                yield named.id


def _objects(found: _Object) -> Iterator[_Object]:
    """The object, or the objects of the list, and the payment methods expanded in them."""
    if found.data is not None:
        for entry in found.data:
            yield from _objects(entry)
        return
    yield found
    for reference in (found.payment_method, found.invoice_settings and found.invoice_settings.default_payment_method):
        if isinstance(reference, _Object):
            yield from _objects(reference)


def _wallets(one: _Object) -> frozenset[str]:
    """The ids of the wallet that the object belongs to: its customer's, its account's, or both."""
    account = one.customer_account
    ids = {one.id} if one.object == "customer" else set()
    ids.add(account.id if isinstance(account, _Reference) else account)
    if isinstance(one.customer, _Reference):
        ids |= {one.customer.id, one.customer.customer_account}
    else:
        ids.add(one.customer)
    return frozenset(id for id in ids if id is not None)
