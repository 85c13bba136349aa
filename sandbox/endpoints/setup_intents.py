"""SetupIntents: create, retrieve, update, confirm, cancel and list."""

from collections.abc import Mapping
from typing import Any

from sandbox.endpoints.pagination import is_created_in, page
from sandbox.errors import MissingParameter, MissingResource, StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.payment_method import PaymentMethod
from sandbox.objects.setup_intent import OPEN_STATUSES, SetupIntent, new_body, updated_body
from sandbox.operations.confirm_setup_intent import (
    abandon_attempt,
    check_confirmation,
    check_payment_method,
    check_return_url,
    visible_body,
)
from sandbox.operations.confirm_setup_intent import confirm as confirm_setup_intent
from sandbox.operations.create_payment_method import add_if_new, from_params
from sandbox.operations.find_objects import customer_in_params, find_payment_method
from sandbox.operations.use_confirmation_token import use_confirmation_token, with_confirmation_token
from sandbox.operations.verify_microdeposits import expire, verify
from sandbox.state.ids import new_id, random_letters
from sandbox.state.store import Store

_UNSUPPORTED = "attach_to_self flow_directions on_behalf_of payment_method_configuration"


def create(store: Store, request: ApiRequest) -> Json:
    """POST /v1/setup_intents. Returns the intent, already confirmed if `confirm` is true."""
    _refuse_unsupported(request.params)
    _refuse_without_confirm(request.params)
    request = with_confirmation_token(store, request)
    params = request.params
    customer = customer_in_params(store, params)
    body = new_body(new_id("seti"), random_letters(31), customer, params, store.now())
    intent = SetupIntent(body, single_use=params.get("single_use"))
    method = _checked_payment_method(store, request, intent)
    if method:
        _set_payment_method(store, request, intent, method)
    store.setup_intents.add(intent)
    store.record_event(request, "setup_intent.created", intent, intent.customer)
    if params.get("confirm"):
        use_confirmation_token(store, request, intent)
        confirm_setup_intent(store, request, intent)
    return intent.body


def retrieve(store: Store, request: ApiRequest) -> Json:
    """GET /v1/setup_intents/{intent}. Returns the intent, or the public part of it for a publishable key."""
    return visible_body(request, _intent(store, request))


def update(store: Store, request: ApiRequest) -> Json:
    """POST /v1/setup_intents/{intent}. Returns the updated intent."""
    params = request.params
    _refuse_unsupported(params)
    intent = _intent(store, request)
    if params.keys() - {"description", "metadata"} and not intent.is_open:
        raise _unexpected_state(request, intent, f"You cannot update this SetupIntent because {_reason(intent)}.")
    updated = SetupIntent(updated_body(intent.body, customer_in_params(store, params), params))
    method = _payment_method(store, params)
    if method:
        _set_payment_method(store, request, updated, method)
    if updated.body != intent.body:
        intent.body = updated.body
        store.record_change(request, "setup_intent.updated", intent, intent.customer)
    return intent.body


def confirm(store: Store, request: ApiRequest) -> Json:
    """POST /v1/setup_intents/{intent}/confirm. Returns the intent, which has succeeded or requires action."""
    _refuse_unsupported(request.params)
    intent = _intent(store, request)
    before = intent.body
    try:
        request = with_confirmation_token(store, request)
        _prepare_confirmation(store, request, intent)
    except StripeError as error:
        intent.body = before
        raise error.with_objects(setup_intent=visible_body(request, intent)) from None
    use_confirmation_token(store, request, intent)
    confirm_setup_intent(store, request, intent)
    return visible_body(request, intent)


def verify_microdeposits(store: Store, request: ApiRequest) -> Json:
    """POST /v1/setup_intents/{intent}/verify_microdeposits. Returns the intent, which has succeeded."""
    intent = _intent(store, request)
    verify(store, request, intent)
    return visible_body(request, intent)


def cancel(store: Store, request: ApiRequest) -> Json:
    """POST /v1/setup_intents/{intent}/cancel. Returns the canceled intent."""
    intent = _intent(store, request)
    if not intent.is_open:
        message = f"You cannot cancel this SetupIntent because {_reason_against_cancel(intent)}."
        raise _unexpected_state(request, intent, message)
    abandon_attempt(store, intent)
    intent.cancel(request.params.get("cancellation_reason"))
    store.record_event(request, "setup_intent.canceled", intent, intent.customer)
    return intent.body


def list_all(store: Store, request: ApiRequest) -> Json:
    """GET /v1/setup_intents. Returns a page of all intents, or of those of a customer or payment method."""
    params = request.params
    customer = customer_in_params(store, params)
    intents = [
        intent
        for intent in store.setup_intents.newest_first()
        if (customer is None or intent.customer == customer.id)
        and intent.body["payment_method"] == params.get("payment_method", intent.body["payment_method"])
        and is_created_in(intent, params.get("created"))
    ]
    return page(intents, store.setup_intents, request)


def _intent(store: Store, request: ApiRequest) -> SetupIntent:
    """Returns the intent of the URL. A publishable key needs its client secret."""
    id, secret = request.ids["intent"], request.params.get("client_secret")
    intent = store.setup_intents.get(id)
    if intent is None:
        raise MissingResource("setupintent", id, "intent", status=404)
    if request.publishable and secret is None:
        raise MissingParameter("client_secret")
    if secret not in (None, intent.body["client_secret"]):
        message = "The client_secret provided does not match the client_secret of this SetupIntent."
        raise StripeError(message, code="setup_intent_invalid_parameter", param="client_secret")
    expire(store, intent)
    return intent


def _refuse_unsupported(params: Mapping[str, Any]) -> None:
    for name in _UNSUPPORTED.split():
        if params.get(name):
            raise StripeError(f"This sandbox does not support {name}.", param=name)


def _refuse_without_confirm(params: Mapping[str, Any]) -> None:
    for name in ("confirmation_token", "mandate_data"):
        if params.get(name) and not params.get("confirm"):
            rule = "cannot be passed when creating a SetupIntent unless `confirm` is set to true."
            raise StripeError(f"The parameter `{name}` {rule}", param=name)


def _payment_method(store: Store, params: Mapping[str, Any]) -> PaymentMethod | None:
    if "payment_method" in params:
        return find_payment_method(store, params["payment_method"])
    return from_params(store, params["payment_method_data"]) if "payment_method_data" in params else None


def _checked_payment_method(store: Store, request: ApiRequest, intent: SetupIntent) -> PaymentMethod | None:
    """Returns the payment method of a new intent. With `confirm` it is required, and checked for confirmation."""
    if not request.params.get("confirm"):
        return _payment_method(store, request.params)
    check_return_url(request, intent)
    method = _payment_method(store, request.params)
    if method is None:
        raise MissingParameter("payment_method")
    check_confirmation(request, intent, method)
    return method


def _prepare_confirmation(store: Store, request: ApiRequest, intent: SetupIntent) -> None:
    """Makes the checks that precede the issuer's, in Stripe's order. An error leaves everything unchanged."""
    names = ("allowed_payment_method_types", "payment_method_options")
    given = {name: request.params[name] for name in names if name in request.params}
    intent.body = updated_body(intent.body, None, given)
    check_return_url(request, intent)
    method = _payment_method(store, request.params)
    if method is None and intent.body["payment_method"] is None:
        message = "You cannot confirm this SetupIntent because it has no payment method."
        raise _unexpected_state(request, intent, message)
    if not intent.is_open:
        raise _unexpected_state(request, intent, f"You cannot confirm this SetupIntent because {_reason(intent)}.")
    check_confirmation(request, intent, method or store.payment_methods[intent.body["payment_method"]])
    if method:
        _set_payment_method(store, request, intent, method)


def _set_payment_method(store: Store, request: ApiRequest, intent: SetupIntent, method: PaymentMethod) -> None:
    check_payment_method(intent, method)
    add_if_new(store, request, method)
    intent.set_payment_method(method.id)


def _unexpected_state(request: ApiRequest, intent: SetupIntent, message: str) -> StripeError:
    return StripeError(message, code="setup_intent_unexpected_state", setup_intent=visible_body(request, intent))


def _reason(intent: SetupIntent) -> str:
    return "it has been canceled" if intent.status == "canceled" else "it has already succeeded"


def _reason_against_cancel(intent: SetupIntent) -> str:
    if intent.status == "canceled":
        return "it is already canceled"
    statuses = ", ".join(f"`{status}`" for status in OPEN_STATUSES)
    return (
        f"it has a status of {intent.status}. Only a SetupIntent with one of the following statuses may be"
        f" canceled: {statuses}"
    )
