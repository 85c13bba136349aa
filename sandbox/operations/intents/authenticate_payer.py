"""The result of 3-D Secure or of a redirect: the intent continues, or fails."""

from sandbox.errors import StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.objects.intents.attempt import Attempt
from sandbox.operations.intents.continue_intent import fail, finish, intent_of
from sandbox.state.store import Store


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


def _record_3ds_result(attempt: Attempt, result: str, reason: str | None) -> None:
    if attempt.type == "card":
        attempt.record_3ds_result(result, reason)
