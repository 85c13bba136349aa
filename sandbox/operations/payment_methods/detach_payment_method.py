"""Detaches a payment method, and clears what refers to it."""

from sandbox.errors import StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.objects.record import Record
from sandbox.operations.payment_methods.change_mandate import revoke_mandates
from sandbox.state.store import Store


def detach(store: Store, request: ApiRequest, method: PaymentMethod) -> None:
    """Detaches the payment method from its customer. Raises StripeError if it has none."""
    id = method.customer
    if id is None:
        raise StripeError("The payment method you provided is not attached to a customer so detachment is impossible.")
    attached = dict(method.body)
    store.detach(method)
    store.record_event(request, "payment_method.detached", method, id, before=attached)
    revoke_mandates(store, request, method, id)
    _clear_default(store, request, method.id, id)
    for subscription in store.subscriptions.newest_first():
        before = dict(subscription.body)
        if subscription.remove_payment_method(method.id):
            _record(store, request, "customer.subscription.updated", subscription, subscription.customer, before)


def _clear_default(store: Store, request: ApiRequest, method: str, id: str) -> None:
    customer = store.customers.get(id)
    if customer is None or customer.is_deleted:
        return
    before = customer.body
    if customer.remove_payment_method(method):
        _record(store, request, "customer.updated", customer, id, before)


def _record(store: Store, request: ApiRequest, operation: str, record: Record, customer: str, before: Json) -> None:
    """Records that a reference was cleared. It is unknown whether Stripe creates an event for that."""
    if store.settings.events_for_cleared_defaults:
        store.record_event(request, operation, record, customer, before=before)
    else:
        store.record_change(request, operation, record, customer)
