"""SetupIntents: create, retrieve, update, confirm, cancel and list."""

from sandbox.endpoints.intents.common import (
    check_secret,
    confirm_intent,
    given_payment_method,
    refuse_unsupported,
    refuse_without_confirm,
    set_payment_method,
)
from sandbox.endpoints.pagination import filtered_page
from sandbox.errors import MissingParameter
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.intents.intent import OPEN_STATUSES
from sandbox.objects.intents.setup_intent import SetupIntent, new_body, updated_body
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.operations.customers.find_customer import customer_in_params
from sandbox.operations.intents.check_confirmation import check_return_url, unexpected_state, visible_body
from sandbox.operations.intents.confirm_setup_intent import abandon_attempt, check_confirmation, check_payment_method
from sandbox.operations.intents.confirm_setup_intent import confirm as confirm_setup_intent
from sandbox.operations.intents.verify_microdeposits import verify
from sandbox.operations.payment_methods.use_confirmation_token import use_confirmation_token, with_confirmation_token
from sandbox.state.ids import new_id, random_letters
from sandbox.state.store import Store

_UNSUPPORTED = "attach_to_self flow_directions on_behalf_of payment_method_configuration"
_WRONG_SECRET = "The client_secret provided does not match the client_secret of this SetupIntent."


def create(store: Store, request: ApiRequest) -> Json:
    """POST /v1/setup_intents. Returns the intent, already confirmed if `confirm` is true."""
    refuse_unsupported(request.params, _UNSUPPORTED)
    refuse_without_confirm(request.params, "SetupIntent", "confirmation_token mandate_data")
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
    refuse_unsupported(params, _UNSUPPORTED)
    intent = _intent(store, request)
    if params.keys() - {"description", "metadata"} and not intent.is_open:
        raise unexpected_state(request, intent, f"You cannot update this SetupIntent because {_reason(intent)}.")
    updated = SetupIntent(updated_body(intent.body, customer_in_params(store, params), params))
    method = given_payment_method(store, params)
    if method:
        _set_payment_method(store, request, updated, method)
    if updated.body != intent.body:
        intent.body = updated.body
        store.record_change(request, "setup_intent.updated", intent, intent.customer)
    return intent.body


def confirm(store: Store, request: ApiRequest) -> Json:
    """POST /v1/setup_intents/{intent}/confirm. Returns the intent, which has succeeded or requires action."""
    refuse_unsupported(request.params, _UNSUPPORTED)
    return confirm_intent(store, request, _intent(store, request), _prepare_confirmation, confirm_setup_intent)


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
        raise unexpected_state(request, intent, message)
    abandon_attempt(store, intent)
    intent.cancel(request.params.get("cancellation_reason"))
    store.record_event(request, "setup_intent.canceled", intent, intent.customer)
    return intent.body


def list_all(store: Store, request: ApiRequest) -> Json:
    """GET /v1/setup_intents. Returns a page of all intents, or of those of a customer or payment method."""
    params = request.params
    customer = customer_in_params(store, params)

    def matches(intent: SetupIntent) -> bool:
        is_owned = customer is None or intent.customer == customer.id
        return is_owned and intent.payment_method == params.get("payment_method", intent.payment_method)

    return filtered_page(store.setup_intents, request, matches)


def _intent(store: Store, request: ApiRequest) -> SetupIntent:
    """Returns the intent of the URL. A publishable key needs its client secret."""
    intent = store.setup_intents.find(request.ids["intent"], "intent", status=404)
    check_secret(store, request, intent, _WRONG_SECRET)
    return intent


def _checked_payment_method(store: Store, request: ApiRequest, intent: SetupIntent) -> PaymentMethod | None:
    """Returns the payment method of a new intent. With `confirm` it is required, and checked for confirmation."""
    if not request.params.get("confirm"):
        return given_payment_method(store, request.params)
    check_return_url(request, intent)
    method = given_payment_method(store, request.params)
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
    method = given_payment_method(store, request.params)
    if method is None and intent.body["payment_method"] is None:
        message = "You cannot confirm this SetupIntent because it has no payment method."
        raise unexpected_state(request, intent, message)
    if not intent.is_open:
        raise unexpected_state(request, intent, f"You cannot confirm this SetupIntent because {_reason(intent)}.")
    check_confirmation(request, intent, method or store.payment_methods[intent.body["payment_method"]])
    if method:
        _set_payment_method(store, request, intent, method)


def _set_payment_method(store: Store, request: ApiRequest, intent: SetupIntent, method: PaymentMethod) -> None:
    check_payment_method(intent, method)
    set_payment_method(store, request, intent, method)


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
