"""ConfirmationTokens: create, as Stripe.js or the test helper does, and retrieve."""

from collections.abc import Mapping
from typing import Any

from sandbox.errors import ParameterError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.payment_methods.confirmation_token import ConfirmationToken, new_body
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.operations.payment_methods.create_payment_method import from_params
from sandbox.operations.payment_methods.find_payment_method import find_payment_method
from sandbox.parameters.payment_methods.payment_method_types import WITH_MANDATE
from sandbox.state.ids import new_id
from sandbox.state.store import Store

# What a token adds to a confirmation.
_CONFIRMED = ("mandate_data", "payment_method", "payment_method_data", "return_url", "setup_future_usage", "shipping")


def create(store: Store, request: ApiRequest) -> Json:
    """POST /v1/test_helpers/confirmation_tokens, and POST /v1/confirmation_tokens. Returns a new token.

    The payment method is created when the token is used. A payer's device accepts the mandate here.
    """
    method = _payment_method(store, request.params)
    params = {**request.params, **(_acceptance(request) if request.publishable and method.type in WITH_MANDATE else {})}
    confirmed = {name: params[name] for name in _CONFIRMED if name in params}
    body = new_body(new_id("ctoken"), method, params, store.now())
    token = store.confirmation_tokens.add(ConfirmationToken(body, params=confirmed))
    store.record_change(request, "confirmation_token.created", token)
    return token.body


def retrieve(store: Store, request: ApiRequest) -> Json:
    """GET /v1/confirmation_tokens/{confirmation_token}. Returns the token."""
    return store.confirmation_tokens.find(request.ids["confirmation_token"], "confirmation_token", status=404).body


def _payment_method(store: Store, params: Mapping[str, Any]) -> PaymentMethod:
    """Returns the payment method to preview."""
    if "payment_method" in params and "payment_method_data" in params:
        message = "You may only specify one of these parameters: payment_method, payment_method_data."
        raise ParameterError(message, param="payment_method")
    if "payment_method" in params:
        return find_payment_method(store, params["payment_method"])
    if "payment_method_data" in params:
        return from_params(store, params["payment_method_data"])
    raise ParameterError("Must provide payment_method or payment_method_data.", code="parameter_missing")


def _acceptance(request: ApiRequest) -> Json:
    online = {"ip_address": request.ip_address, "user_agent": request.user_agent}
    return {"mandate_data": {"customer_acceptance": {"online": online, "type": "online"}}}
