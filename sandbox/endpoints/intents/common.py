"""The common part of the endpoints of SetupIntents and PaymentIntents."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sandbox.errors import MissingParameter, StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.intents.intent import Intent
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.operations.intents.check_confirmation import visible_body
from sandbox.operations.intents.verify_microdeposits import expire
from sandbox.operations.payment_methods.create_payment_method import add_if_new, from_params
from sandbox.operations.payment_methods.find_payment_method import find_payment_method
from sandbox.operations.payment_methods.use_confirmation_token import use_confirmation_token, with_confirmation_token
from sandbox.state.store import Store

IntentType = TypeVar("IntentType", bound=Intent)
Step = Callable[[Store, ApiRequest, IntentType], None]


def check_secret(store: Store, request: ApiRequest, intent: Intent, wrong: str) -> None:
    """Raises if a publishable key does not see the intent's secret. `wrong` is the message for another secret."""
    secret = request.params.get("client_secret")
    if request.publishable and secret is None:
        raise MissingParameter("client_secret")
    if secret not in (None, intent.body["client_secret"]):
        raise StripeError(wrong, code=f"{intent.name}_invalid_parameter", param="client_secret")
    expire(store, intent)


def refuse_unsupported(params: Mapping[str, Any], names: str) -> None:
    """Raises if the request has a parameter of Stripe that the sandbox does not imitate."""
    for name in names.split():
        if params.get(name):
            raise StripeError(f"This sandbox does not support {name}.", param=name)


def refuse_without_confirm(params: Mapping[str, Any], noun: str, names: str) -> None:
    """Raises if a creation that does not confirm has a parameter that only a confirmation uses."""
    for name in names.split():
        if params.get(name) and not params.get("confirm"):
            rule = f"cannot be passed when creating a {noun} unless `confirm` is set to true."
            raise StripeError(f"The parameter `{name}` {rule}", param=name)


def given_payment_method(store: Store, params: Mapping[str, Any]) -> PaymentMethod | None:
    """Returns the payment method of the parameters. A new one is not yet in the store."""
    if "payment_method" in params:
        return find_payment_method(store, params["payment_method"])
    return from_params(store, params["payment_method_data"]) if "payment_method_data" in params else None


def set_payment_method(store: Store, request: ApiRequest, intent: Intent, method: PaymentMethod) -> None:
    """Sets the intent's payment method, which has been checked. A new one is added to the store."""
    add_if_new(store, request, method)
    intent.set_payment_method(method.id)


def confirm_intent(
    store: Store, request: ApiRequest, intent: IntentType, prepare: Step[IntentType], confirm: Step[IntentType]
) -> Json:
    """Returns the intent as it is after its confirmation. An error of `prepare` leaves everything unchanged."""
    before = intent.body
    try:
        request = with_confirmation_token(store, request)
        prepare(store, request, intent)
    except StripeError as error:
        intent.body = before
        raise error.with_objects(**{intent.name: visible_body(request, intent)}) from None
    use_confirmation_token(store, request, intent)
    confirm(store, request, intent)
    return visible_body(request, intent)
