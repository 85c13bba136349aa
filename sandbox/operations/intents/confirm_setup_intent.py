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
from sandbox.operations.intents.ask_payer import (
    approval_action,
    authentication_page,
    requires_3ds,
    verification_action,
)
from sandbox.operations.intents.check_confirmation import (
    check_acceptance,
    check_return_url_of_type,
    check_usable,
    visible_body,
)
from sandbox.operations.intents.confirmation import Setup
from sandbox.operations.intents.generate_sepa_debit import generate_sepa_debit
from sandbox.operations.intents.mandates import acceptance, create_mandate
from sandbox.operations.payment_methods.attach_payment_method import attach, check_savable
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
    method = store.payment_methods[str(intent.payment_method)]
    check_payment_method(intent, method)
    body = new_body(new_id("setatt"), intent, method, store.now())
    attempt = SetupAttempt(body, return_url=request.params.get("return_url"))
    if method.type in WITH_MANDATE:
        attempt.acceptance = acceptance(request, store.now())
    store.setup_attempts.add(attempt)
    abandon_attempt(store, intent)
    intent.body["latest_attempt"] = attempt.id
    setup = Setup(store, request, intent, method, attempt)
    action = _next_action(setup)
    if action is None:
        finish(setup)
    else:
        attempt.body["status"] = "requires_action"
        intent.require_action(action)
        setup.record_event("setup_intent.requires_action", intent)


def finish(setup: Setup) -> None:
    """Saves the payment method and ends the intent with success. Raises the error if that fails."""
    request, intent, method = setup.request, setup.intent, setup.method
    try:
        _save(setup)
    except StripeError as error:
        fail(setup, error)
        body = public_body(method.body) if request.publishable else method.body
        raise error.with_objects(payment_method=body, setup_intent=visible_body(request, intent)) from None
    method.is_set_up = method.is_set_up or intent.body["usage"] == "off_session"
    setup.attempt.succeed(method)
    intent.succeed()
    setup.record_event("setup_intent.succeeded", intent)


def fail(setup: Setup, error: StripeError) -> None:
    """Ends the attempt with the error. The intent then accepts another payment method."""
    error_object = {**error.error_object(), "payment_method": dict(setup.method.body)}
    setup.attempt.fail(error_object)
    setup.intent.fail(error_object)
    setup.record_event("setup_intent.setup_failed", setup.intent)


def abandon_attempt(store: Store, intent: SetupIntent) -> None:
    """Ends the intent's latest attempt if it still waits for the payer."""
    attempt = store.setup_attempts.get(intent.body["latest_attempt"] or "")
    if attempt:
        attempt.abandon()


def _next_action(setup: Setup) -> Json | None:
    """Returns what the payer must do before the payment method is saved."""
    if setup.method.type in APPROVED_BY_PAYER:
        return approval_action(setup)
    if requires_3ds(setup.intent, setup.method):
        return redirect(authentication_page(setup), setup.attempt.return_url)
    return verification_action(setup)


def _save(setup: Setup) -> None:
    store, intent, method, attempt = setup.store, setup.intent, setup.method, setup.attempt
    if method.test_card and method.test_card.intent_decline:
        raise decline_error(method.test_card.intent_decline)
    customer = find_customer(store, intent.customer) if intent.customer else None
    if method.type in SAVED_AS_SEPA_DEBIT:
        check_payment_method(intent, method)
        generated = generate_sepa_debit(setup, customer, source={"setup_attempt": attempt.id})
        mandate = _create_mandate(setup, generated)
        attempt.set_details({method.type: {"generated_sepa_debit_mandate": mandate.id}})
        return
    if customer:
        attach(store, setup.request, method, customer, verified=True)
    else:
        _use_once(store, intent, method)
    if method.type in WITH_MANDATE:
        _create_mandate(setup, method)


def _create_mandate(setup: Setup, method: PaymentMethod) -> Mandate:
    mandate = create_mandate(setup, method, single_use=setup.intent.single_use)
    setup.intent.set_mandate(mandate.id)
    return mandate


def _use_once(store: Store, intent: SetupIntent, method: PaymentMethod) -> None:
    check_payment_method(intent, method)
    method.body = check_card(method.body, method.test_card, refuse_failed_checks=store.settings.refuse_failed_checks)
    method.unusable = True
