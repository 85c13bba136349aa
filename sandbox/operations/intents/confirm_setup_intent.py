"""Confirms a SetupIntent: checks the payment method, sends the payer to a page if needed, and saves the method."""

from sandbox.cards.issuer_decisions import check_card, decline_error
from sandbox.errors import StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.intents.next_action import redirect
from sandbox.objects.intents.setup_attempt import SetupAttempt, new_body
from sandbox.objects.intents.setup_intent import SetupIntent
from sandbox.objects.payment_methods.mandate import Mandate
from sandbox.objects.payment_methods.payment_method import PaymentMethod, public_body
from sandbox.operations.customers.find_customer import find_customer
from sandbox.operations.intents.ask_payer import approval_of, authentication_page, verification_of
from sandbox.operations.intents.check_confirmation import (
    check_acceptance,
    check_return_url_of_type,
    check_usable,
    visible_body,
)
from sandbox.operations.payment_methods.attach_payment_method import attach, check_savable
from sandbox.operations.payment_methods.change_mandate import acceptance, create_mandate
from sandbox.operations.payment_methods.generate_sepa_debit import generate_sepa_debit
from sandbox.parameters.payment_methods.payment_method_types import (
    APPROVED_BY_PAYER,
    REDIRECTING,
    SAVED_AS_SEPA_DEBIT,
    WITH_MANDATE,
)
from sandbox.state.ids import new_id
from sandbox.state.store import Store


def check_payment_method(intent: SetupIntent, method: PaymentMethod) -> None:
    """Raises if the intent can't set up this payment method."""
    check_usable(intent, method)
    if method.type not in SAVED_AS_SEPA_DEBIT:
        check_savable(method)


def check_confirmation(request: ApiRequest, intent: SetupIntent, method: PaymentMethod) -> None:
    """Raises if the intent can't set up this payment method, or lacks a parameter that its type requires."""
    check_payment_method(intent, method)
    if method.type in REDIRECTING:
        check_return_url_of_type(request, intent, method.type)
    if method.type in WITH_MANDATE:
        message = f"When confirming a SetupIntent with a `{method.type}` PaymentMethod, `mandate_data` is required."
        check_acceptance(request, message)


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
    method.is_set_up = method.is_set_up or intent.body["usage"] == "off_session"
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


def _requires_3ds(method: PaymentMethod, intent: SetupIntent) -> bool:
    if method.test_card is None:
        return False
    return method.test_card.always_requires_3ds or (intent.requests_3ds and method.test_card.requires_3ds_on_request)


def _next_action(
    store: Store, request: ApiRequest, intent: SetupIntent, attempt: SetupAttempt, method: PaymentMethod
) -> Json | None:
    """Returns what the payer must do before the payment method is saved."""
    if method.type in APPROVED_BY_PAYER:
        return approval_of(store, request, attempt)
    if _requires_3ds(method, intent):
        return redirect(authentication_page(request, attempt), attempt.return_url)
    if intent.needs_microdeposits(method.type) and not (method.customer or method.verified):
        return verification_of(store, attempt, method)
    return None


def _save(store: Store, request: ApiRequest, intent: SetupIntent, attempt: SetupAttempt, method: PaymentMethod) -> None:
    if method.test_card and method.test_card.intent_decline:
        raise decline_error(method.test_card.intent_decline)
    customer = find_customer(store, intent.customer) if intent.customer else None
    if method.type in SAVED_AS_SEPA_DEBIT:
        check_payment_method(intent, method)
        generated = generate_sepa_debit(store, request, attempt, method, customer, source={"setup_attempt": attempt.id})
        mandate = _create_mandate(store, request, intent, attempt, generated)
        attempt.set_details({method.type: {"generated_sepa_debit_mandate": mandate.id}})
        return
    if customer:
        attach(store, request, method, customer, verified=True)
    else:
        _use_once(store, intent, method)
    if method.type in WITH_MANDATE:
        _create_mandate(store, request, intent, attempt, method)


def _create_mandate(
    store: Store, request: ApiRequest, intent: SetupIntent, attempt: SetupAttempt, method: PaymentMethod
) -> Mandate:
    mandate = create_mandate(store, request, method, attempt.acceptance, intent.customer, single_use=intent.single_use)
    intent.set_mandate(mandate.id)
    return mandate


def _use_once(store: Store, intent: SetupIntent, method: PaymentMethod) -> None:
    check_payment_method(intent, method)
    method.body = check_card(method.body, method.test_card, refuse_failed_checks=store.settings.refuse_failed_checks)
    method.unusable = True
