"""A Stripe that answers every request about one PaymentIntent with what a test wants."""

from __future__ import annotations

from typing import Any

from tests.resolvers.mutations.setup_stripe import SetupStripe

INTENT = "pi_1"


def payment_intent(**members: Any) -> dict[str, Any]:
    """A PaymentIntent of cus_1 over 10.99 USD that has succeeded and saved its payment method."""
    return {
        "id": INTENT,
        "object": "payment_intent",
        "amount": 1099,
        "amount_received": 1099,
        "client_secret": "pi_1_secret_2",
        "created": 1679946402,
        "currency": "usd",
        "customer": "cus_1",
        "customer_account": None,
        "description": None,
        "last_payment_error": None,
        "livemode": False,
        "metadata": {},
        "next_action": None,
        "payment_method": "pm_1",
        "setup_future_usage": "off_session",
        "status": "succeeded",
        **members,
    }


class PaymentStripe(SetupStripe):
    """`intent` is what it returns; `refusal` is the error of the next write."""

    def __init__(self, **members: Any) -> None:
        super().__init__()
        self.intent = payment_intent(**members)
