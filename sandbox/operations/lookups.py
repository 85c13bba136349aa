"""How an id becomes the object it names, or Stripe's refusal: 404 for one in the path, 400 in a parameter."""

from collections.abc import Mapping
from typing import Any

from sandbox.cards.test_cards import TEMPLATES
from sandbox.errors import MissingResource, ParameterError
from sandbox.objects.records import Customer, PaymentMethod
from sandbox.operations.create_payment_method import from_template
from sandbox.state.store import Store


def customer_in_path(store: Store, id: str) -> Customer:
    """Returns the live customer whose URL this is."""
    return _live(store, id, MissingResource("customer", id, "id", status=404))


def customer_in_parameter(store: Store, id: str, param: str = "customer") -> Customer:
    """Returns the live customer that a parameter names."""
    return _live(store, id, MissingResource("customer", id, param))


def named_customer(store: Store, params: Mapping[str, Any]) -> Customer | None:
    """Returns the customer that `customer` or `customer_account` names; both together are refused."""
    if "customer" in params and "customer_account" in params:
        message = "You may only specify one of these parameters: customer, customer_account."
        raise ParameterError(message, param="customer")
    if "customer_account" in params:
        return _of_account(store, params["customer_account"])
    return customer_in_parameter(store, params["customer"]) if "customer" in params else None


def method_in_path(store: Store, id: str) -> PaymentMethod:
    """Returns the method whose URL this is; a test token there makes one, not yet in the store."""
    return _method(store, id, MissingResource("PaymentMethod", id, "payment_method", status=404))


def method_in_parameter(store: Store, id: str, param: str = "payment_method") -> PaymentMethod:
    """Returns the method that a parameter names; a test token makes one, not yet in the store."""
    return _method(store, id, MissingResource("PaymentMethod", id, param))


def _live(store: Store, id: str, missing: MissingResource) -> Customer:
    customer = store.customers.get(id)
    if customer is None or customer.deleted:
        raise missing
    return customer


def _of_account(store: Store, account: str) -> Customer:
    for customer in store.customers.newest_first():
        if customer.body.get("customer_account") == account:
            return customer
    raise MissingResource("account", account, "customer_account")


def _method(store: Store, id: str, missing: MissingResource) -> PaymentMethod:
    if id in TEMPLATES:
        return from_template(store, TEMPLATES[id])
    method = store.payment_methods.get(id)
    if method is None:
        raise missing
    return method
