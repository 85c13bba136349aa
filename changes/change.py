"""The change of a wallet that goes from Stripe's event to subscribers."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class ChangeKind(enum.Enum):
    """The kinds of changes. The values are those of the schema's WalletChangeKind."""

    PAYMENT_METHOD_ATTACHED = "PAYMENT_METHOD_ATTACHED"
    PAYMENT_METHOD_DETACHED = "PAYMENT_METHOD_DETACHED"
    PAYMENT_METHOD_UPDATED = "PAYMENT_METHOD_UPDATED"
    PAYMENT_METHOD_AUTOMATICALLY_UPDATED = "PAYMENT_METHOD_AUTOMATICALLY_UPDATED"
    DEFAULT_CHANGED = "DEFAULT_CHANGED"
    CUSTOMER_UPDATED = "CUSTOMER_UPDATED"
    CUSTOMER_DELETED = "CUSTOMER_DELETED"
    RESYNC = "RESYNC"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class WalletChange:
    """One change of one wallet. `occurred_at` is in Unix seconds and is only shown: it does not order changes."""

    wallet: str
    """The id of the customer (`cus_…`) or account (`acct_…`) whose wallet changed.

    Of a connected account, the name with that account: see `stripe_api.ids.name_in`.
    """

    kind: ChangeKind
    occurred_at: int
    payment_method: str | None = None
    """The id of the payment method that changed, if one did."""
