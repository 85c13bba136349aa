"""Confirms a SetupIntent: checks the payment method, sends the payer to a page if needed, and saves the method."""

from sandbox.cards.issuer_decisions import check_card, decline_error
from sandbox.errors import MissingParameter, StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.next_action import approval, redirect, verification
from sandbox.objects.payment_method import PaymentMethod, public_body
from sandbox.objects.setup_attempt import SetupAttempt, new_body
from sandbox.objects.setup_intent import SetupIntent
from sandbox.operations.attach_payment_method import attach, check_savable
from sandbox.operations.change_mandate import acceptance, create_mandate
from sandbox.operations.find_objects import find_customer
from sandbox.operations.generate_sepa_debit import generate_sepa_debit
from sandbox.parameters.payment_method_types import (
    APPROVED_BY_PAYER,
    MICRODEPOSIT_TYPES,
    REDIRECTING,
    SAVED_AS_SEPA_DEBIT,
    WITH_MANDATE,
)
from sandbox.state.ids import new_id
from sandbox.state.store import Store

_DEPOSITS_ARRIVE_AFTER = 24 * 60 * 60
_RETURN_URL_REQUIRED = (
    "This SetupIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment"
    " methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to"
    " accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and"
    " `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents."
)


def visible_body(request: ApiRequest, intent: SetupIntent) -> Json:
    """Returns the part of the intent that the request's API key may see."""
    return intent.public_body() if request.publishable else intent.body


def check_payment_method(intent: SetupIntent, method: PaymentMethod) -> None:
    """Raises if the intent can't set up this payment method."""
    if method.unusable:
        raise StripeError(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared"
            " with a connected account without Customer attachment, or was detached from a Customer. It may not be"
            " used again."
        )
    _check_owner(intent, method)
    _check_type(intent, method.type)
    if method.type not in SAVED_AS_SEPA_DEBIT:
        check_savable(method)


def check_return_url(request: ApiRequest, intent: SetupIntent) -> None:
    """Raises if a server confirms without `return_url` and the intent may redirect the payer."""
    if intent.may_redirect and not request.publishable and not request.params.get("return_url"):
        raise StripeError(_RETURN_URL_REQUIRED)


def check_confirmation(request: ApiRequest, intent: SetupIntent, method: PaymentMethod) -> None:
    """Raises if the intent can't set up this payment method, or lacks a parameter that its type requires."""
    check_payment_method(intent, method)
    if method.type in REDIRECTING and not request.params.get("return_url"):
        raise StripeError(
            f"You must provide a `return_url` when confirming a SetupIntent with the payment method type {method.type}."
        )
    if method.type in WITH_MANDATE:
        _check_mandate(request, method.type, request.params.get("mandate_data"))


def confirm(store: Store, request: ApiRequest, intent: SetupIntent) -> None:
    """Saves the intent's payment method, or asks for an action. Raises CardError if the issuer declines."""
    method = store.payment_methods[intent.body["payment_method"]]
    check_payment_method(intent, method)
    body = new_body(new_id("setatt"), intent, method, store.now())
    attempt = SetupAttempt(body, return_url=request.params.get("return_url"))
    if method.type in WITH_MANDATE:
        attempt.acceptance = acceptance(request, store.now())
    store.setup_attempts.add(attempt)
    abandon_attempt(store, intent)
    intent.body["latest_attempt"] = attempt.id
    action = _next_action(store, request, intent, attempt, method)
    if action is None:
        finish(store, request, intent, attempt)
    else:
        attempt.body["status"] = "requires_action"
        intent.require_action(action)
        store.record_event(request, "setup_intent.requires_action", intent, intent.customer)


def finish(store: Store, request: ApiRequest, intent: SetupIntent, attempt: SetupAttempt) -> None:
    """Saves the payment method and ends the intent with success. Raises the error if that fails."""
    method = store.payment_methods[intent.body["payment_method"]]
    try:
        _save(store, request, intent, attempt, method)
    except StripeError as error:
        fail(store, request, intent, attempt, error)
        body = public_body(method.body) if request.publishable else method.body
        raise error.with_objects(payment_method=body, setup_intent=visible_body(request, intent)) from None
    attempt.succeed(method)
    intent.succeed()
    store.record_event(request, "setup_intent.succeeded", intent, intent.customer)


def fail(store: Store, request: ApiRequest, intent: SetupIntent, attempt: SetupAttempt, error: StripeError) -> None:
    """Ends the attempt with the error. The intent then accepts another payment method."""
    method = store.payment_methods[intent.body["payment_method"]]
    error_object = {**error.error_object(), "payment_method": dict(method.body)}
    attempt.fail(error_object)
    intent.fail(error_object)
    store.record_event(request, "setup_intent.setup_failed", intent, intent.customer)


def abandon_attempt(store: Store, intent: SetupIntent) -> None:
    """Ends the intent's latest attempt if it still waits for the payer."""
    attempt = store.setup_attempts.get(intent.body["latest_attempt"] or "")
    if attempt:
        attempt.abandon()


def _check_owner(intent: SetupIntent, method: PaymentMethod) -> None:
    if method.customer and intent.customer is None:
        message = (
            f"The payment method supplied ({method.id}) belongs to the Customer {method.customer}."
            " Please include the Customer in the `customer` parameter on the SetupIntent."
        )
        raise StripeError(message, param="payment_method")
    if method.customer not in (None, intent.customer):
        message = (
            f"The PaymentMethod {method.id} does not belong to the Customer you supplied {intent.customer}."
            " Please use this PaymentMethod with the Customer that it belongs to instead."
        )
        raise StripeError(message, param="payment_method")


def _check_type(intent: SetupIntent, type: str) -> None:
    allowed = intent.body["payment_method_types"]
    if type not in allowed:
        message = (
            f"The PaymentMethod provided ({type}) is not allowed for this SetupIntent. Please attach a PaymentMethod of"
            f" one of the following types: {', '.join(allowed)}. Alternatively, update the allowed payment_method_types"
            f' for this SetupIntent to include "{type}"'
        )
        raise StripeError(message, param="payment_method")


def _check_mandate(request: ApiRequest, type: str, mandate_data: Json | None) -> None:
    if request.publishable:
        _check_mandate_of_device(mandate_data)
        return
    if not mandate_data:
        raise StripeError(f"When confirming a SetupIntent with a `{type}` PaymentMethod, `mandate_data` is required.")
    acceptance = mandate_data["customer_acceptance"]
    if acceptance["type"] == "online":
        for name in ("ip_address", "user_agent"):
            if name not in (acceptance.get("online") or {}):
                raise MissingParameter(f"mandate_data[customer_acceptance][online][{name}]")


def _check_mandate_of_device(mandate_data: Json | None) -> None:
    if mandate_data and mandate_data["customer_acceptance"]["type"] != "online":
        message = "With a publishable key, the customer accepts a mandate online."
        raise StripeError(message, param="mandate_data[customer_acceptance][type]")


def _requires_3ds(method: PaymentMethod, intent: SetupIntent) -> bool:
    if method.test_card is None:
        return False
    return method.test_card.always_requires_3ds or (intent.requests_3ds and method.test_card.requires_3ds_on_request)


def _next_action(
    store: Store, request: ApiRequest, intent: SetupIntent, attempt: SetupAttempt, method: PaymentMethod
) -> Json | None:
    """Returns what the payer must do before the payment method is saved."""
    pages = f"{request.base_url}/_sandbox"
    if method.type in APPROVED_BY_PAYER:
        return approval(method.type, f"{pages}/redirects/{attempt.id}", attempt.return_url, store.now())
    if _requires_3ds(method, intent):
        return redirect(f"{pages}/3ds/{attempt.id}", attempt.return_url)
    if intent.needs_microdeposits(method.type) and not (method.customer or method.verified):
        url = f"https://payments.stripe.com/microdeposit/{attempt.id}"
        return verification(url, MICRODEPOSIT_TYPES[method.type], store.now() + _DEPOSITS_ARRIVE_AFTER)
    return None


def _save(store: Store, request: ApiRequest, intent: SetupIntent, attempt: SetupAttempt, method: PaymentMethod) -> None:
    if method.test_card and method.test_card.setup_decline:
        raise decline_error(method.test_card.setup_decline)
    customer = find_customer(store, intent.customer) if intent.customer else None
    if method.type in SAVED_AS_SEPA_DEBIT:
        check_payment_method(intent, method)
        generated = generate_sepa_debit(store, request, attempt, method, customer)
        mandate = create_mandate(store, request, intent, attempt, generated)
        attempt.set_details({method.type: {"generated_sepa_debit_mandate": mandate.id}})
        return
    if customer:
        attach(store, request, method, customer, verified=True)
    else:
        _use_once(store, intent, method)
    if method.type in WITH_MANDATE:
        create_mandate(store, request, intent, attempt, method)


def _use_once(store: Store, intent: SetupIntent, method: PaymentMethod) -> None:
    check_payment_method(intent, method)
    method.body = check_card(method.body, method.test_card, refuse_failed_checks=store.settings.refuse_failed_checks)
    method.unusable = True
