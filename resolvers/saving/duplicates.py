"""Duplicates in a wallet: same type, same fingerprint, and for cards the same expiry date."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any

import strawberry

from resolvers.references import member_at
from schema.open_enum import enum_value
from stripe_api import StripeObject


@strawberry.enum(
    description=(
        "The policy for a card or account that the customer already has: same fingerprint, and for a card the same "
        "expiry date."
    )
)
class DuplicatePolicy(enum.Enum):
    KEEP_BOTH = enum_value("keep_both", "Keep the new payment method without looking for duplicates.")
    REUSE_EXISTING = enum_value(
        "reuse_existing",
        "Return the existing payment method, the oldest if there are several, and permanently detach the new one. "
        "The existing one becomes the default if the new one was.",
    )
    REPLACE_EXISTING = enum_value(
        "replace_existing",
        "Keep the new payment method, and permanently detach all existing ones. The new one becomes the default "
        "if an existing one was.",
    )
    REJECT = enum_value(
        "reject",
        "Fail with DuplicatePaymentMethodError, and permanently detach the new payment method. The existing one "
        "becomes the default if the new one was.",
    )


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
    fingerprint, month, year = (member_at(method, kind, name) for name in ("fingerprint", "exp_month", "exp_year"))
    return (kind, fingerprint, month, year) if isinstance(fingerprint, str) else None
