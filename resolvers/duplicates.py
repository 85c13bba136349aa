"""The same instrument twice in one wallet: same type, same fingerprint, and for cards the same expiry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stripe_api import StripeObject


def find(method: StripeObject, wallet: Sequence[Any]) -> StripeObject | None:
    """The oldest method of the wallet, newest first, that is the same instrument; None when there is none.

    A method that is in the wallet itself is held against the older ones alone: what came later is no duplicate of its.
    """
    instrument = _instrument(method)
    if instrument is None:
        return None
    entries = [entry for entry in wallet if isinstance(entry, dict)]
    ids = [entry.get("id") for entry in entries]
    older = entries[ids.index(method["id"]) + 1 :] if method["id"] in ids else entries
    return next((entry for entry in reversed(older) if _instrument(entry) == instrument), None)


def _instrument(method: StripeObject) -> tuple[Any, ...] | None:
    kind = method.get("type")
    details = method.get(kind) if isinstance(kind, str) else None
    fingerprint = details.get("fingerprint") if isinstance(details, dict) else None
    if not isinstance(details, dict) or not isinstance(fingerprint, str):
        return None
    return kind, fingerprint, details.get("exp_month"), details.get("exp_year")
