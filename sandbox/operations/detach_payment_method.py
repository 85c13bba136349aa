"""Detaches a payment method, and clears what refers to it."""

from sandbox.errors import StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.objects.payment_method import PaymentMethod
from sandbox.state.store import Store


def detach(store: Store, request: ApiRequest, method: PaymentMethod) -> None:
    """Detaches the payment method from its customer. Raises StripeError if it has none."""
    id = method.customer
    if id is None:
        raise StripeError("The payment method you provided is not attached to a customer so detachment is impossible.")
    store.detach(method)
    store.ledger.record(request, "payment_method.detached", method.id, id)
    customer = store.customers.get(id)
    if customer and not customer.is_deleted and customer.remove_payment_method(method.id):
        store.ledger.record(request, "customer.updated", id, id)
    for subscription in store.subscriptions.newest_first():
        if subscription.remove_payment_method(method.id):
            store.ledger.record(request, "customer.subscription.updated", subscription.id, subscription.customer)
