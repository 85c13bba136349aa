"""PaymentIntents: create, retrieve, update, confirm, capture, cancel and list."""

from sandbox.endpoints.intents.common import (
    check_secret,
    confirm_intent,
    given_payment_method,
    refuse_unsupported,
    refuse_without_confirm,
    set_payment_method,
)
from sandbox.endpoints.pagination import filtered_page
from sandbox.errors import StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.intents.intent import OPEN_STATUSES
from sandbox.objects.intents.payment_intent import PaymentIntent, new_body, updated_body
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.operations.customers.find_customer import customer_in_params
from sandbox.operations.intents.check_confirmation import check_return_url, unexpected_state, visible_body
from sandbox.operations.intents.confirm_payment_intent import check_confirmation, check_payment_method
from sandbox.operations.intents.confirm_payment_intent import confirm as confirm_payment_intent
from sandbox.operations.intents.settle_payment import capture as capture_payment
from sandbox.operations.intents.settle_payment import release, settle_if_due
from sandbox.operations.intents.verify_microdeposits import verify
from sandbox.operations.payment_methods.use_confirmation_token import use_confirmation_token, with_confirmation_token
from sandbox.parameters.intents.currencies import check_amount
from sandbox.parameters.intents.payment_intents import UNSUPPORTED
from sandbox.state.ids import new_id, random_letters
from sandbox.state.store import Store

_NEED_CONFIRM = "confirmation_token error_on_requires_action mandate mandate_data off_session return_url"
# What can be changed in every status.
_DESCRIPTIVE = {"description", "metadata", "receipt_email", "shipping", "transfer_group"}
_CANCELABLE = (
    "requires_payment_method, requires_capture, requires_reauthorization, requires_confirmation, requires_action,"
    " expired, processing"
)
_SECRET_AS_ID = (
    "You passed a string that looks like a client secret as the PaymentIntent ID, but you must provide a valid"
    " PaymentIntent ID. Please use the value in the `id` field of the PaymentIntent."
)
_WRONG_SECRET = "The client_secret provided does not match any associated PaymentIntent on this account."


def create(store: Store, request: ApiRequest) -> Json:
    """POST /v1/payment_intents. Returns the intent, already confirmed if `confirm` is true."""
    refuse_unsupported(request.params, UNSUPPORTED)
    refuse_without_confirm(request.params, "PaymentIntent", _NEED_CONFIRM)
    check_amount(request.params["amount"], request.params["currency"])
    request = with_confirmation_token(store, request)
    params = request.params
    customer = customer_in_params(store, params)
    intent = PaymentIntent(new_body(new_id("pi"), random_letters(25), customer, params, store.now()))
    method = _checked_payment_method(store, request, intent)
    if method:
        set_payment_method(store, request, intent, method)
    store.payment_intents.add(intent)
    store.record_event(request, "payment_intent.created", intent, intent.customer)
    if params.get("confirm"):
        use_confirmation_token(store, request, intent)
        confirm_payment_intent(store, request, intent)
    return intent.body


def retrieve(store: Store, request: ApiRequest) -> Json:
    """GET /v1/payment_intents/{intent}. Returns the intent, or the public part of it for a publishable key."""
    return visible_body(request, _intent(store, request))


def update(store: Store, request: ApiRequest) -> Json:
    """POST /v1/payment_intents/{intent}. Returns the updated intent."""
    params = request.params
    refuse_unsupported(params, UNSUPPORTED)
    intent = _intent(store, request)
    _check_changeable(request, intent)
    updated = PaymentIntent(updated_body(intent.body, customer_in_params(store, params), params))
    if {"amount", "currency"} & params.keys():
        check_amount(updated.body["amount"], updated.body["currency"])
    method = given_payment_method(store, params)
    if method:
        check_payment_method(updated, method)
        set_payment_method(store, request, updated, method)
    if updated.body != intent.body:
        intent.body = updated.body
        store.record_change(request, "payment_intent.updated", intent, intent.customer)
    return intent.body


def confirm(store: Store, request: ApiRequest) -> Json:
    """POST /v1/payment_intents/{intent}/confirm. Returns the intent as it is after the attempt."""
    refuse_unsupported(request.params, UNSUPPORTED)
    return confirm_intent(store, request, _intent(store, request), _prepare_confirmation, confirm_payment_intent)


def capture(store: Store, request: ApiRequest) -> Json:
    """POST /v1/payment_intents/{intent}/capture. Returns the intent, which has succeeded."""
    intent = _intent(store, request)
    if intent.status != "requires_capture":
        message = (
            f"This PaymentIntent could not be captured because it has a status of {intent.status}. Only a PaymentIntent"
            " with one of the following statuses may be captured: requires_capture."
        )
        raise unexpected_state(request, intent, message)
    capturable = intent.body["amount_capturable"]
    amount = request.params.get("amount_to_capture", capturable)
    if amount > capturable:
        message = (
            f"The requested capture amount is greater than the amount you can capture for this charge: {capturable}."
        )
        raise StripeError(message, code="amount_too_large", param="amount_to_capture")
    intent.body = updated_body(intent.body, None, request.params)
    capture_payment(store, request, intent, amount)
    return intent.body


def verify_microdeposits(store: Store, request: ApiRequest) -> Json:
    """POST /v1/payment_intents/{intent}/verify_microdeposits. Returns the intent, which is processing."""
    intent = _intent(store, request)
    verify(store, request, intent)
    return visible_body(request, intent)


def cancel(store: Store, request: ApiRequest) -> Json:
    """POST /v1/payment_intents/{intent}/cancel. Returns the canceled intent. A reserved amount is released."""
    intent = _intent(store, request)
    if intent.status == "processing":
        message = "You cannot cancel this PaymentIntent because its debit has already been sent to the bank."
        raise unexpected_state(request, intent, message)
    if not intent.is_open and intent.status != "requires_capture":
        message = (
            f"You cannot cancel this PaymentIntent because it has a status of {intent.status}. Only a PaymentIntent"
            f" with one of the following statuses may be canceled: {_CANCELABLE}."
        )
        raise unexpected_state(request, intent, message)
    release(store, request, intent)
    intent.cancel_at(store.now(), request.params.get("cancellation_reason"))
    store.record_event(request, "payment_intent.canceled", intent, intent.customer)
    return intent.body


def list_all(store: Store, request: ApiRequest) -> Json:
    """GET /v1/payment_intents. Returns a page of all intents, or of those of a customer."""
    customer = customer_in_params(store, request.params)
    return filtered_page(
        store.payment_intents, request, lambda intent: customer is None or intent.customer == customer.id
    )


def _intent(store: Store, request: ApiRequest) -> PaymentIntent:
    """Returns the intent of the URL. A publishable key needs its client secret."""
    id = request.ids["intent"]
    if "_secret_" in id:
        raise StripeError(_SECRET_AS_ID, param="intent", status=404)
    if request.publishable and store.payment_intents.get(id) is None:
        raise StripeError(_WRONG_SECRET, code="payment_intent_invalid_parameter", param="client_secret")
    intent = store.payment_intents.find(id, "intent", status=404)
    check_secret(store, request, intent, _WRONG_SECRET)
    settle_if_due(store, intent)
    return intent


def _check_changeable(request: ApiRequest, intent: PaymentIntent) -> None:
    changes = sorted(request.params.keys() - _DESCRIPTIVE)
    if changes and not intent.is_open:
        message = (
            f"This PaymentIntent's {changes[0]} could not be updated because it has a status of {intent.status}. You"
            f" may only update the {changes[0]} of a PaymentIntent with one of the following statuses:"
            f" {', '.join(OPEN_STATUSES)}."
        )
        raise unexpected_state(request, intent, message, param=changes[0])


def _checked_payment_method(store: Store, request: ApiRequest, intent: PaymentIntent) -> PaymentMethod | None:
    """Returns the payment method of a new intent. With `confirm` it is required, and checked for confirmation."""
    if not request.params.get("confirm"):
        method = given_payment_method(store, request.params)
        if method:
            check_payment_method(intent, method)
        return method
    check_return_url(request, intent)
    method = _method_to_confirm(store, request, intent)
    check_confirmation(store, request, intent, method)
    return method


def _prepare_confirmation(store: Store, request: ApiRequest, intent: PaymentIntent) -> None:
    """Makes the checks that precede the issuer's, in Stripe's order. An error leaves everything unchanged."""
    intent.body = updated_body(intent.body, None, request.params)
    check_return_url(request, intent)
    method = _method_to_confirm(store, request, intent)
    if not intent.is_open:
        raise unexpected_state(request, intent, _reason_against_confirm(intent))
    check_confirmation(store, request, intent, method)
    expected = request.params.get("amount_to_confirm", intent.body["amount"])
    if expected != intent.body["amount"]:
        message = f"The amount to confirm, {expected}, is not the PaymentIntent's amount, {intent.body['amount']}."
        raise StripeError(message, param="amount_to_confirm")
    set_payment_method(store, request, intent, method)


def _method_to_confirm(store: Store, request: ApiRequest, intent: PaymentIntent) -> PaymentMethod:
    """Returns the request's payment method, the intent's, or the customer's default for invoices."""
    if method := given_payment_method(store, request.params):
        return method
    customer = store.customers.get(intent.customer or "")
    default = customer.default_payment_method if customer and not customer.is_deleted else None
    method = store.payment_methods.get(intent.payment_method or default or "")
    if method is None:
        raise unexpected_state(request, intent, _no_payment_method(intent))
    return method


def _no_payment_method(intent: PaymentIntent) -> str:
    missing = "You cannot confirm this PaymentIntent because it's missing a payment method."
    if intent.customer:
        return (
            f"{missing} To confirm the PaymentIntent with {intent.customer}, specify a payment method attached to this"
            " customer along with the customer ID."
        )
    return (
        f"{missing} You can either update the PaymentIntent with a payment method and then confirm it again, or confirm"
        " it again directly with a payment method or ConfirmationToken."
    )


def _reason_against_confirm(intent: PaymentIntent) -> str:
    if intent.status == "succeeded":
        return (
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
        )
    return (
        f"You cannot confirm this PaymentIntent because it has a status of {intent.status}. Only a PaymentIntent with"
        f" one of the following statuses may be confirmed: {', '.join(OPEN_STATUSES)}."
    )
