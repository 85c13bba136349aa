"""Charges the payment method of a PaymentIntent, and saves it if that was asked for."""

from sandbox.cards.issuer_decisions import check_card, decline_error
from sandbox.errors import CardError, StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.customers.customer import Customer
from sandbox.objects.intents.charge import Charge, new_body
from sandbox.objects.intents.payment_attempt import PaymentAttempt
from sandbox.objects.intents.payment_intent import PaymentIntent
from sandbox.objects.payment_methods.payment_method import PaymentMethod, public_body
from sandbox.operations.customers.find_customer import find_customer
from sandbox.operations.intents.check_confirmation import check_usable, visible_body
from sandbox.operations.intents.debit_outcomes import DebitRefused, refusal_before_processing
from sandbox.operations.intents.payment_mandates import mandate_of_attempt
from sandbox.operations.payment_methods.attach_payment_method import attach, checked_body
from sandbox.operations.payment_methods.generate_sepa_debit import generate_sepa_debit
from sandbox.parameters.payment_methods.payment_method_types import DELAYED, SAVED_AS_SEPA_DEBIT
from sandbox.state.ids import new_id
from sandbox.state.store import Store


def charge(store: Store, request: ApiRequest, intent: PaymentIntent, attempt: PaymentAttempt) -> None:
    """Charges the payment method. Raises the error if the payment is declined: the intent then needs another one."""
    method = store.payment_methods[str(intent.payment_method)]
    try:
        customer = _customer_to_save_for(store, intent, method)
        method.body = _authorized_body(store, intent, method, customer)
    except StripeError as error:
        raise decline(store, request, intent, attempt, error) from None
    id = new_id("ch")
    _save(store, request, intent, attempt, method, customer, id)
    attempt.set_details(_final_details(store, request, intent, attempt, method))
    made = Charge(new_body(id, intent, method, attempt.body["payment_method_details"], store.now()))
    store.charges.add(made)
    if method.type in DELAYED:
        _process(store, request, intent, made)
    else:
        _succeed(store, request, intent, made)


def decline(
    store: Store, request: ApiRequest, intent: PaymentIntent, attempt: PaymentAttempt, error: StripeError
) -> StripeError:
    """Ends the attempt with the error, which the function returns with the objects that it concerns.

    If an issuer or a bank refused, there is a failed charge. The intent then accepts another payment method.
    """
    method = store.payment_methods[str(intent.payment_method)]
    # Unlike that of an attach, the error of a payment has no empty `param`.
    error = error.with_objects(param=error.error_object().get("param") or None)
    if isinstance(error, CardError | DebitRefused):
        error = error.with_objects(charge=_failed_charge(store, request, intent, attempt, method, error).id)
    fail_intent(store, request, intent, method, error)
    body = public_body(method.body) if request.publishable else dict(method.body)
    return error.with_objects(payment_method=body, payment_intent=visible_body(request, intent))


def fail_intent(
    store: Store, request: ApiRequest, intent: PaymentIntent, method: PaymentMethod, error: StripeError
) -> None:
    """Stores the error in the intent, which then accepts another payment method."""
    stored = {"payment_method": dict(method.body), "payment_method_type": method.type}
    intent.fail({**error.error_object(), **stored})
    store.record_event(request, "payment_intent.payment_failed", intent, intent.customer)


def _customer_to_save_for(store: Store, intent: PaymentIntent, method: PaymentMethod) -> Customer | None:
    """Returns the customer to whom the payment method will be attached."""
    check_usable(intent, method)
    if intent.customer is None or method.customer or intent.future_usage(method.type) is None:
        return None
    return find_customer(store, intent.customer)


def _authorized_body(store: Store, intent: PaymentIntent, method: PaymentMethod, customer: Customer | None) -> Json:
    """Returns the payment method's body with the issuer's check results. Raises the issuer's or the bank's refusal."""
    card = method.test_card
    if card and (reason := card.intent_decline or card.charge_decline):
        raise decline_error(reason)
    if refusal := refusal_before_processing(method):
        raise refusal
    if customer and method.type not in SAVED_AS_SEPA_DEBIT:
        return checked_body(store, method, customer, verified=True)
    return check_card(method.body, card, refuse_failed_checks=store.settings.refuse_failed_checks)


def _save(
    store: Store,
    request: ApiRequest,
    intent: PaymentIntent,
    attempt: PaymentAttempt,
    method: PaymentMethod,
    customer: Customer | None,
    charge_id: str,
) -> None:
    """Attaches the payment method, or the SEPA debit made from it. One that is not saved can't be used again."""
    usage = intent.future_usage(method.type)
    if usage and method.type in SAVED_AS_SEPA_DEBIT:
        generated = generate_sepa_debit(store, request, attempt, method, customer, source={"charge": charge_id})
        mandate = mandate_of_attempt(store, request, intent, attempt, generated)
        attempt.set_details({method.type: {"generated_sepa_debit_mandate": mandate}})
    elif customer:
        attach(store, request, method, customer, verified=True)
    elif method.customer is None:
        method.unusable = True
    method.is_set_up = method.is_set_up or (usage == "off_session" and method.customer is not None)


def _final_details(
    store: Store, request: ApiRequest, intent: PaymentIntent, attempt: PaymentAttempt, method: PaymentMethod
) -> Json:
    """Returns what is known of the payment method only after the payment: the check results, or the mandate."""
    if method.type == "card":
        return {"card": {"checks": method.body["card"]["checks"]}}
    if method.type in SAVED_AS_SEPA_DEBIT or not (attempt.mandate or attempt.acceptance):
        return {}
    mandate = mandate_of_attempt(store, request, intent, attempt, method)
    return {method.type: {"mandate": mandate}} if "mandate" in attempt.details else {}


def _process(store: Store, request: ApiRequest, intent: PaymentIntent, made: Charge) -> None:
    store.record_event(request, "charge.pending", made, intent.customer)
    intent.process(made.id)
    store.record_event(request, "payment_intent.processing", intent, intent.customer)


def _succeed(store: Store, request: ApiRequest, intent: PaymentIntent, made: Charge) -> None:
    made.succeed(captured=not intent.is_captured_later)
    store.record_event(request, "charge.succeeded", made, intent.customer)
    if intent.is_captured_later:
        intent.reserve(made.id)
        store.record_event(request, "payment_intent.amount_capturable_updated", intent, intent.customer)
    else:
        intent.receive(made.id, intent.body["amount"])
        store.record_event(request, "payment_intent.succeeded", intent, intent.customer)


def _failed_charge(
    store: Store,
    request: ApiRequest,
    intent: PaymentIntent,
    attempt: PaymentAttempt,
    method: PaymentMethod,
    error: StripeError,
) -> Charge:
    body = new_body(new_id("ch"), intent, method, attempt.body["payment_method_details"], store.now())
    failed = store.charges.add(Charge(body))
    failed.fail(error.error_object())
    intent.body |= {"latest_charge": failed.id}
    store.record_event(request, "charge.failed", failed, intent.customer)
    return failed
