"""An event from Stripe, read as a hint: which wallets changed, and how.

Only ids are read, never the object's data, so the API version of the payload and the order of events don't matter. Any
JSON is possible: members of an unexpected type count as missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from changes.change import ChangeKind
from stripe_api.ids import CUSTOMER_ID, is_id

KINDS: Mapping[str, ChangeKind] = {
    "payment_method.attached": ChangeKind.PAYMENT_METHOD_ATTACHED,
    "payment_method.detached": ChangeKind.PAYMENT_METHOD_DETACHED,
    "payment_method.updated": ChangeKind.PAYMENT_METHOD_UPDATED,
    "payment_method.automatically_updated": ChangeKind.PAYMENT_METHOD_AUTOMATICALLY_UPDATED,
    "customer.updated": ChangeKind.CUSTOMER_UPDATED,
    "customer.deleted": ChangeKind.CUSTOMER_DELETED,
    "customer.source.created": ChangeKind.PAYMENT_METHOD_ATTACHED,
    "customer.source.deleted": ChangeKind.PAYMENT_METHOD_DETACHED,
    "customer.source.updated": ChangeKind.PAYMENT_METHOD_UPDATED,
    "setup_intent.succeeded": ChangeKind.UNKNOWN,
}
"""The types of events that concern a wallet. A SetupIntent that succeeded may have attached its payment method."""

_OF_CUSTOMER = ("customer.updated", "customer.deleted")
_OF_INTENT = "setup_intent."
_MAX_TIME = 253_402_300_799
"""The last second of the year 9999."""


@dataclass(frozen=True, slots=True)
class Event:
    """What an event says. `kind` is None if its type concerns no wallet.

    `wallets` are the ids of the customers and accounts that have the object, or had it before. `created` is in Unix
    seconds; None if the event has none.
    """

    id: str
    type: str
    is_live: bool
    account: str | None
    created: int | None
    kind: ChangeKind | None
    wallets: frozenset[str]
    payment_method: str | None


def event_of(value: Any) -> Event | None:
    """The event in decoded JSON. None if it is not an event as Stripe sends it."""
    id, type, is_live = _member(value, "id"), _member(value, "type"), _member(value, "livemode")
    is_event = _member(value, "object") == "event" and isinstance(id, str) and is_id(id)
    if not is_event or not isinstance(type, str) or not isinstance(is_live, bool):
        return None
    data, account, created = _member(value, "data"), _member(value, "account"), _member(value, "created")
    return Event(
        id=str(id),
        type=type,
        is_live=is_live,
        account=account if isinstance(account, str) else None,
        created=created if _is_time(created) else None,
        kind=_kind(type, data),
        wallets=frozenset(_wallets(type, data)),
        payment_method=_payment_method(type, data),
    )


def _kind(type: str, data: Any) -> ChangeKind | None:
    invoice_settings = _member(_member(data, "previous_attributes"), "invoice_settings")
    # Only the presence of the old value is read.
    if type == "customer.updated" and _has(invoice_settings, "default_payment_method"):
        return ChangeKind.DEFAULT_CHANGED
    # Stripe may add types of events about payment methods.
    return KINDS.get(type, ChangeKind.UNKNOWN if type.startswith("payment_method.") else None)


def _wallets(type: str, data: Any) -> Iterator[str]:
    """The wallets that have the object now, and those that had it before."""
    object = _member(data, "object")
    if type in _OF_CUSTOMER:
        yield from _ids(_member(object, "id"))
    for holder in (object, _member(data, "previous_attributes")):
        for name in ("customer", "customer_account"):
            yield from _ids(_member(holder, name))


def _ids(reference: Any) -> Iterator[str]:
    """The id in a reference, which is an id or an expanded object, if it can be the id of a customer or account."""
    id = _member(reference, "id") if isinstance(reference, dict) else reference
    if isinstance(id, str) and CUSTOMER_ID.fullmatch(id):
        yield id


def _payment_method(type: str, data: Any) -> str | None:
    id = _member(_member(data, "object"), "id")
    is_one = type not in _OF_CUSTOMER and not type.startswith(_OF_INTENT)
    return id if is_one and isinstance(id, str) and is_id(id) else None


def _is_time(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _MAX_TIME


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def _has(value: Any, name: str) -> bool:
    return isinstance(value, Mapping) and name in value
