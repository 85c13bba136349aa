"""The result of one event from Stripe."""

from __future__ import annotations

import enum


class EventOutcome(enum.StrEnum):
    """The values are labels of metrics. All but NOT_JSON and UNAVAILABLE are reported to Stripe as received."""

    HANDLED = "handled"
    """The wallets' cached reads are evicted, and their subscribers get the change."""
    SEEN = "seen"
    """The event was handled before."""
    NO_WALLET = "no_wallet"
    """The object belongs to no customer."""
    OTHER_TYPE = "other_type"
    """Events of this type concern no wallet."""
    OTHER_ACCOUNT = "other_account"
    """The event is from another account, or from the other mode (live or test)."""
    MALFORMED = "malformed"
    """JSON, but not an event as Stripe sends it."""
    NOT_JSON = "not_json"
    UNAVAILABLE = "unavailable"
    """The shared store is unavailable. Stripe must send the event again."""

    @property
    def status(self) -> int:
        """The HTTP status of the response to Stripe."""
        return _STATUSES.get(self, 200)


_STATUSES = {EventOutcome.NOT_JSON: 400, EventOutcome.UNAVAILABLE: 503}
