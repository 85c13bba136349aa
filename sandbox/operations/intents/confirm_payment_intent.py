"""Confirms a PaymentIntent: checks the payment method, asks the payer if needed, charges, and saves the method."""

from sandbox.errors import CardError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.intents.next_action import redirect, stripe_sdk
from sandbox.objects.intents.payment_attempt import PaymentAttempt, new_body
from sandbox.objects.intents.payment_intent import PaymentIntent
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.operations.intents.ask_payer import (
    approval_action,
    authentication_page,
    requires_3ds,
    verification_action,
)
from sandbox.operations.intents.charge_payment_method import charge, decline
from sandbox.operations.intents.check_confirmation import check_return_url_of_type, check_usable
from sandbox.operations.intents.confirmation import Payment
from sandbox.operations.intents.mandates import acceptance, check_mandate, mandate_for_payment, needs_mandate
from sandbox.operations.payment_methods.attach_payment_method import check_savable
from sandbox.parameters.payment_methods.payment_method_types import (
    APPROVED_IN_APP,
    PAID_BY_REDIRECT,
    SAVED_AS_SEPA_DEBIT,
)
from sandbox.state.ids import new_id
from sandbox.state.store import Store

_ACTION_REFUSED = (
    "This payment required an authentication action to complete, but `error_on_requires_action` was set. When you're"
    " ready, you can upgrade your integration to handle actions at"
    " https://stripe.com/docs/payments/payment-intents/upgrade-to-handle-actions."
)
_AUTHENTICATION_REQUIRED = "Your card was declined. This transaction requires authentication."


def check_payment_method(intent: PaymentIntent, method: PaymentMethod) -> None:
    """Raises if the intent can't be paid with this payment method, or can't save it."""
    check_usable(intent, method)
    if intent.future_usage(method.type) and method.type not in SAVED_AS_SEPA_DEBIT:
        check_savable(method)


def check_confirmation(store: Store, request: ApiRequest, intent: PaymentIntent, method: PaymentMethod) -> None:
    """Raises if the intent can't be paid with this payment method, or lacks a parameter that its type requires."""
    check_payment_method(intent, method)
    if method.type in PAID_BY_REDIRECT and _needs_approval(method, is_off_session=_is_off_session(request)):
        check_return_url_of_type(request, intent, method.type)
    check_mandate(store, request, intent, method)


def confirm(store: Store, request: ApiRequest, intent: PaymentIntent) -> None:
    """Pays with the intent's payment method, or asks for an action. Raises the error if the payment is declined."""
    method = store.payment_methods[str(intent.payment_method)]
    approved = store.payment_attempts.get(intent.attempt or "")
    if approved and approved.take_approval(method.id):
        charge(Payment(store, request, intent, method, approved))
        return
    payment = Payment(store, request, intent, method, _new_attempt(store, request, intent, method))
    action = _next_action(payment)
    if refusal := _refusal(payment, action):
        raise decline(payment, refusal)
    if action is None:
        charge(payment)
    else:
        intent.require_action(action)
        payment.record_event("payment_intent.requires_action", intent)


def finish(payment: Payment) -> None:
    """Continues after the payer acted. Raises the error if the payment is declined."""
    if payment.intent.is_confirmed_by_server:
        payment.attempt.is_approved = True
        payment.intent.set_payment_method(payment.method.id)
    else:
        charge(payment)


def _is_off_session(request: ApiRequest) -> bool:
    """Returns whether the customer is absent: `off_session` is `true`, `one_off` or `recurring`."""
    return bool(request.params.get("off_session", "false") != "false")


def _new_attempt(store: Store, request: ApiRequest, intent: PaymentIntent, method: PaymentMethod) -> PaymentAttempt:
    body = new_body(new_id("payatt"), intent, method, store.now())
    attempt = store.payment_attempts.add(PaymentAttempt(body, return_url=request.params.get("return_url")))
    attempt.is_off_session = _is_off_session(request)
    if needs_mandate(intent, method):
        attempt.mandate = mandate_for_payment(store, request, method)
        attempt.acceptance = {} if attempt.mandate else acceptance(request, store.now())
    intent.attempt = attempt.id
    return attempt


def _next_action(payment: Payment) -> Json | None:
    """Returns what the payer must do before the payment."""
    method, attempt = payment.method, payment.attempt
    if _needs_approval(method, is_off_session=attempt.is_off_session):
        return approval_action(payment)
    if not attempt.is_off_session and requires_3ds(payment.intent, method):
        page = authentication_page(payment)
        in_page = attempt.return_url is None or payment.request.params.get("use_stripe_sdk")
        return stripe_sdk(page) if in_page else redirect(page, attempt.return_url)
    return verification_action(payment)


def _refusal(payment: Payment, action: Json | None) -> CardError | None:
    """Returns the error of a payment that needs an action which is not possible."""
    code = "authentication_required"
    if action and payment.request.params.get("error_on_requires_action"):
        return CardError(_ACTION_REFUSED, code=code, decline_code="authentication_not_handled")
    method = payment.method
    card = method.test_card
    if payment.attempt.is_off_session and card and card.requires_3ds_off_session(is_set_up=method.is_set_up):
        return CardError(_AUTHENTICATION_REQUIRED, code=code, decline_code=code)
    return None


def _needs_approval(method: PaymentMethod, *, is_off_session: bool) -> bool:
    is_agreed = is_off_session and method.customer is not None
    return method.type in PAID_BY_REDIRECT | APPROVED_IN_APP and not is_agreed
