"""Finds the PaymentIntent that a request names."""

from sandbox.errors import MissingResource
from sandbox.objects.intents.payment_intent import PaymentIntent
from sandbox.state.store import Store


def find_payment_intent(store: Store, id: str, *, status: int = 400) -> PaymentIntent:
    """Returns the PaymentIntent, or raises StripeError with that HTTP status."""
    intent = store.payment_intents.get(id)
    if intent is None:
        raise MissingResource("payment_intent", id, "intent", status=status)
    return intent
