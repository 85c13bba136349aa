"""Duplicates in a wallet: same type, same fingerprint, and for cards the same expiry date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stripe_api import StripeObject


def find(method: StripeObject, wallet: Sequence[Any]) -> list[StripeObject]:
    """The payment methods that are the same card or account, oldest first. `wallet` is newest first.

    If the wallet already has the method itself, only older ones count.
    """
    instrument = _instrument(method)
    if instrument is None:
        return []
    entries = [entry for entry in wallet if isinstance(entry, dict)]
    ids = [entry.get("id") for entry in entries]
    older = entries[ids.index(method["id"]) + 1 :] if method["id"] in ids else entries
    return [entry for entry in reversed(older) if _instrument(entry) == instrument]


def _instrument(method: StripeObject) -> tuple[Any, ...] | None:
    kind = method.get("type")
    details = method.get(kind) if isinstance(kind, str) else None
    fingerprint = details.get("fingerprint") if isinstance(details, dict) else None
    if not isinstance(details, dict) or not isinstance(fingerprint, str):
        return None
    return kind, fingerprint, details.get("exp_month"), details.get("exp_year")
