"""The result of 3-D Secure or of a redirect: the SetupIntent continues, or fails."""

from sandbox.errors import StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.objects.setup_attempt import SetupAttempt
from sandbox.operations.confirm_setup_intent import fail, finish
from sandbox.state.store import Store


def is_waiting(store: Store, attempt: SetupAttempt) -> bool:
    """Returns whether the intent still waits for the payer of this attempt."""
    intent = store.setup_intents[attempt.setup_intent]
    is_latest = (intent.status, intent.body["latest_attempt"]) == ("requires_action", attempt.id)
    return is_latest and not intent.awaits_microdeposits


def complete(store: Store, request: ApiRequest, attempt: SetupAttempt) -> None:
    """Continues after the payer authenticated. Raises StripeError if the payment method still can't be saved."""
    _record_3ds_result(attempt, "authenticated", None)
    finish(store, request, store.setup_intents[attempt.setup_intent], attempt)


def reject(store: Store, request: ApiRequest, attempt: SetupAttempt) -> None:
    """Fails the attempt of a payer who did not authenticate."""
    _record_3ds_result(attempt, "failed", "rejected")
    message = "We are unable to authenticate your payment method. Choose another payment method and try again."
    error = StripeError(message, code="setup_intent_authentication_failure")
    fail(store, request, store.setup_intents[attempt.setup_intent], attempt, error)


def _record_3ds_result(attempt: SetupAttempt, result: str, reason: str | None) -> None:
    if attempt.type == "card":
        attempt.record_3ds_result(result, reason)
