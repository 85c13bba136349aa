"""Charges the payment method of a PaymentIntent, and saves it if requested."""

from sandbox.cards.issuer_decisions import check_card, decline_error
from sandbox.errors import CardError, StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.customers.customer import Customer
from sandbox.objects.intents.charge import Charge, new_body
from sandbox.objects.intents.payment_intent import PaymentIntent
from sandbox.objects.payment_methods.payment_method import PaymentMethod, public_body
from sandbox.operations.customers.find_customer import find_customer
from sandbox.operations.intents.check_confirmation import check_usable, visible_body
from sandbox.operations.intents.confirmation import Payment
from sandbox.operations.intents.debit_outcomes import DebitRefused, refusal_before_processing
from sandbox.operations.intents.generate_sepa_debit import generate_sepa_debit
from sandbox.operations.intents.mandates import mandate_of_attempt
from sandbox.operations.payment_methods.attach_payment_method import attach, checked_body
from sandbox.parameters.payment_methods.payment_method_types import DELAYED, SAVED_AS_SEPA_DEBIT
from sandbox.state.ids import new_id
from sandbox.state.store import Store


def charge(payment: Payment) -> None:
    """Charges the payment method. Raises the error if the payment is declined: the intent then needs another one."""
    method = payment.method
    try:
        customer = _customer_to_save_for(payment)
        method.body = _authorized_body(payment, customer)
    except StripeError as error:
        raise decline(payment, error) from None
    id = new_id("ch")
    _save(payment, customer, id)
    payment.attempt.set_details(_final_details(payment))
    charge = _add_charge(payment, id)
    if method.type in DELAYED:
        _process(payment, charge)
    else:
        _succeed(payment, charge)


def decline(payment: Payment, error: StripeError) -> StripeError:
    """Ends the attempt with the error, which the function returns with the objects that it concerns.

    If an issuer or a bank refused, there is a failed charge. The intent then accepts another payment method.
    """
    store, request, intent, method = payment.store, payment.request, payment.intent, payment.method
    # Unlike that of an attach, the error of a payment has no empty `param`.
    error = error.with_objects(param=error.error_object().get("param") or None)
    if isinstance(error, CardError | DebitRefused):
        error = error.with_objects(charge=_add_failed_charge(payment, error).id)
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


def _customer_to_save_for(payment: Payment) -> Customer | None:
    """Returns the customer to whom the payment method will be attached."""
    intent, method = payment.intent, payment.method
    check_usable(intent, method)
    if intent.customer is None or method.customer or intent.future_usage(method.type) is None:
        return None
    return find_customer(payment.store, intent.customer)


def _authorized_body(payment: Payment, customer: Customer | None) -> Json:
    """Returns the payment method's body with the issuer's check results. Raises the issuer's or the bank's refusal."""
    store, method = payment.store, payment.method
    card = method.test_card
    if card and (reason := card.intent_decline or card.charge_decline):
        raise decline_error(reason)
    if refusal := refusal_before_processing(method):
        raise refusal
    if customer and method.type not in SAVED_AS_SEPA_DEBIT:
        return checked_body(store, method, customer, verified=True)
    return check_card(method.body, card, refuse_failed_checks=store.settings.refuse_failed_checks)


def _save(payment: Payment, customer: Customer | None, charge_id: str) -> None:
    """Attaches the payment method, or the SEPA debit made from it. One that is not saved can't be used again."""
    method = payment.method
    usage = payment.intent.future_usage(method.type)
    if usage and method.type in SAVED_AS_SEPA_DEBIT:
        generated = generate_sepa_debit(payment, customer, source={"charge": charge_id})
        mandate = mandate_of_attempt(payment, generated)
        payment.attempt.set_details({method.type: {"generated_sepa_debit_mandate": mandate}})
    elif customer:
        attach(payment.store, payment.request, method, customer, verified=True)
    elif method.customer is None:
        method.unusable = True
    method.is_set_up = method.is_set_up or (usage == "off_session" and method.customer is not None)


def _final_details(payment: Payment) -> Json:
    """Returns what is known of the payment method only after the payment: the check results, or the mandate."""
    method, attempt = payment.method, payment.attempt
    if method.type == "card":
        return {"card": {"checks": method.body["card"]["checks"]}}
    if method.type in SAVED_AS_SEPA_DEBIT or not (attempt.mandate or attempt.acceptance):
        return {}
    mandate = mandate_of_attempt(payment, method)
    return {method.type: {"mandate": mandate}} if "mandate" in attempt.details else {}


def _process(payment: Payment, charge: Charge) -> None:
    payment.record_event("charge.pending", charge)
    payment.intent.process(charge.id)
    payment.record_event("payment_intent.processing", payment.intent)


def _succeed(payment: Payment, charge: Charge) -> None:
    intent = payment.intent
    charge.succeed(captured=not intent.is_captured_later)
    payment.record_event("charge.succeeded", charge)
    if intent.is_captured_later:
        intent.reserve(charge.id)
        payment.record_event("payment_intent.amount_capturable_updated", intent)
    else:
        intent.receive(charge.id, intent.body["amount"])
        payment.record_event("payment_intent.succeeded", intent)


def _add_failed_charge(payment: Payment, error: StripeError) -> Charge:
    charge = _add_charge(payment, new_id("ch"))
    charge.fail(error.error_object())
    payment.intent.body |= {"latest_charge": charge.id}
    payment.record_event("charge.failed", charge)
    return charge


def _add_charge(payment: Payment, id: str) -> Charge:
    details = payment.attempt.body["payment_method_details"]
    body = new_body(id, payment.intent, payment.method, details, payment.store.now())
    return payment.store.charges.add(Charge(body))
