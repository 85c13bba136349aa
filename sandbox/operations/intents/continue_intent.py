"""Continues an intent of either kind after its payer has authenticated, or has verified a bank account."""

from sandbox.errors import StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.objects.intents.attempt import Attempt
from sandbox.objects.intents.intent import Intent
from sandbox.objects.intents.payment_attempt import PaymentAttempt
from sandbox.objects.intents.setup_attempt import SetupAttempt
from sandbox.operations.intents import confirm_payment_intent, confirm_setup_intent
from sandbox.operations.intents.charge_payment_method import decline
from sandbox.operations.intents.confirmation import Payment, Setup
from sandbox.state.store import Store


def find_attempt(store: Store, id: str) -> Attempt | None:
    """Returns the attempt of either kind, or None."""
    return store.setup_attempts.get(id) or store.payment_attempts.get(id)


def intent_of(store: Store, attempt: Attempt) -> Intent:
    """Returns the intent that the attempt confirms."""
    return store.setup_intents.get(attempt.intent) or store.payment_intents[attempt.intent]


def complete(store: Store, request: ApiRequest, attempt: Attempt) -> None:
    """Continues after the payer authenticated. Raises StripeError if the payment method is still refused."""
    _record_3ds_result(attempt, "authenticated", None)
    finish(store, request, attempt)


def reject(store: Store, request: ApiRequest, attempt: Attempt) -> None:
    """Fails the attempt of a payer who did not authenticate."""
    _record_3ds_result(attempt, "failed", "rejected")
    message = "We are unable to authenticate your payment method. Choose another payment method and try again."
    code = f"{intent_of(store, attempt).name}_authentication_failure"
    fail(store, request, attempt, StripeError(message, code=code))


def finish(store: Store, request: ApiRequest, attempt: Attempt) -> None:
    """Saves or charges the payment method. Raises StripeError if that fails."""
    if isinstance(attempt, SetupAttempt):
        confirm_setup_intent.finish(_setup(store, request, attempt))
    elif isinstance(attempt, PaymentAttempt):
        confirm_payment_intent.finish(_payment(store, request, attempt))


def fail(store: Store, request: ApiRequest, attempt: Attempt, error: StripeError) -> None:
    """Ends the attempt with the error, without a charge. The intent then accepts another payment method."""
    if isinstance(attempt, SetupAttempt):
        confirm_setup_intent.fail(_setup(store, request, attempt), error)
    elif isinstance(attempt, PaymentAttempt):
        decline(_payment(store, request, attempt), error)


def _setup(store: Store, request: ApiRequest, attempt: SetupAttempt) -> Setup:
    intent = store.setup_intents[attempt.intent]
    return Setup(store, request, intent, store.payment_methods[str(intent.payment_method)], attempt)


def _payment(store: Store, request: ApiRequest, attempt: PaymentAttempt) -> Payment:
    intent = store.payment_intents[attempt.intent]
    return Payment(store, request, intent, store.payment_methods[str(intent.payment_method)], attempt)


def _record_3ds_result(attempt: Attempt, result: str, reason: str | None) -> None:
    if attempt.type == "card":
        attempt.record_3ds_result(result, reason)
