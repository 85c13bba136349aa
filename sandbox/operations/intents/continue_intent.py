"""Continues an intent after its payer acted, whichever kind of intent it is."""

from sandbox.errors import StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.objects.intents.attempt import Attempt
from sandbox.objects.intents.intent import Intent
from sandbox.objects.intents.payment_attempt import PaymentAttempt
from sandbox.objects.intents.setup_attempt import SetupAttempt
from sandbox.operations.intents import confirm_payment_intent, confirm_setup_intent
from sandbox.state.store import Store


def find_attempt(store: Store, id: str) -> Attempt | None:
    """Returns the attempt of either kind, or None."""
    return store.setup_attempts.get(id) or store.payment_attempts.get(id)


def intent_of(store: Store, attempt: Attempt) -> Intent:
    """Returns the intent that the attempt confirms."""
    return store.setup_intents.get(attempt.intent) or store.payment_intents[attempt.intent]


def finish(store: Store, request: ApiRequest, attempt: Attempt) -> None:
    """Saves or charges the payment method. Raises StripeError if that fails."""
    if isinstance(attempt, SetupAttempt):
        confirm_setup_intent.finish(store, request, store.setup_intents[attempt.intent], attempt)
    elif isinstance(attempt, PaymentAttempt):
        confirm_payment_intent.finish(store, request, store.payment_intents[attempt.intent], attempt)


def fail(store: Store, request: ApiRequest, attempt: Attempt, error: StripeError) -> None:
    """Ends the attempt with the error. The intent then accepts another payment method."""
    if isinstance(attempt, SetupAttempt):
        confirm_setup_intent.fail(store, request, store.setup_intents[attempt.intent], attempt, error)
    elif isinstance(attempt, PaymentAttempt):
        confirm_payment_intent.fail(store, request, store.payment_intents[attempt.intent], attempt, error)
