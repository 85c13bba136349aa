"""The endpoints below /v1/payment_intents."""

from __future__ import annotations

from stripe_api.endpoints.intents import Intents


class PaymentIntents(Intents, object="payment_intent"):
    """See `Intents`."""
