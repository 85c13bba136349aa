"""Confirms with the parameters of a ConfirmationToken."""

from dataclasses import replace

from sandbox.errors import StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.objects.intents.intent import Intent
from sandbox.state.store import Store

_PAYMENT_METHOD = {"payment_method", "payment_method_data"}


def with_confirmation_token(store: Store, request: ApiRequest) -> ApiRequest:
    """Returns the request with the parameters of the token that it names. Its own parameters take precedence.

    Raises StripeError if the token is unknown, used or expired.
    """
    if "confirmation_token" not in request.params:
        return request
    token = store.confirmation_tokens.find(request.params["confirmation_token"], "confirmation_token")
    if token.is_used:
        raise StripeError("This ConfirmationToken has already been used to confirm.", param="confirmation_token")
    if token.is_expired(store.now()):
        raise StripeError("This ConfirmationToken has expired.", param="confirmation_token")
    replaced = _PAYMENT_METHOD if _PAYMENT_METHOD & request.params.keys() else set()
    added = {name: value for name, value in token.params.items() if name not in replaced}
    return replace(request, params={**added, **request.params})


def use_confirmation_token(store: Store, request: ApiRequest, intent: Intent) -> None:
    """Marks the token that the request names as used by the intent."""
    if "confirmation_token" in request.params:
        store.confirmation_tokens[request.params["confirmation_token"]].use(intent.name, intent.id)
