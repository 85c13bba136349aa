"""Finds the objects that a request names, or raises Stripe's error: 404 for an id in the path, 400 in a parameter."""

from collections.abc import Mapping
from typing import Any

from sandbox.cards.test_card_lookup import TEST_CARDS
from sandbox.errors import MissingResource, ParameterError, StripeError
from sandbox.objects.customer import Customer
from sandbox.objects.payment_intent import PaymentIntent
from sandbox.objects.payment_method import PaymentMethod
from sandbox.operations.create_payment_method import TEST_BANK_ACCOUNTS, from_test_bank_account, from_test_card
from sandbox.state.store import Store

# What Stripe adds when a platform makes the request for its own account.
_PLATFORM_HINT = (
    "; It's possible this PaymentMethod exists on one of your connected accounts, in which case you should retry this"
    " request on that connected account. Learn more at https://stripe.com/docs/connect/authentication"
)


def customer_in_path(store: Store, id: str) -> Customer:
    """Returns the customer of the URL, unless it is deleted. An Account stands for the customer that it represents."""
    customer = _customer_of_account(store, id) if id.startswith("acct_") else None
    return customer or find_customer(store, id, "id", status=404)


def find_customer(store: Store, id: str, param: str = "customer", status: int = 400) -> Customer:
    """Returns the customer that a parameter names, unless it is deleted."""
    customer = store.customers.get(id)
    if customer is None or customer.is_deleted:
        raise MissingResource("customer", id, param, status=status)
    return customer


def customer_in_params(store: Store, params: Mapping[str, Any], *, status: int = 400) -> Customer | None:
    """Returns the customer of `customer` or `customer_account`, or None if neither is given.

    An unknown `customer` gets that status.
    """
    if "customer" in params and "customer_account" in params:
        message = "You may only specify one of these parameters: customer, customer_account."
        raise ParameterError(message, param="customer")
    if "customer_account" in params:
        customer = _customer_of_account(store, params["customer_account"])
        if customer is None:
            raise MissingResource("account", params["customer_account"], "customer_account")
        return customer
    return find_customer(store, params["customer"], status=status) if "customer" in params else None


def payment_method_in_path(store: Store, id: str) -> PaymentMethod:
    """Returns the payment method of the URL. For a test token it is a new one, not yet in the store."""
    return find_payment_method(store, id, status=404)


def find_payment_method(store: Store, id: str, param: str = "payment_method", *, status: int = 400) -> PaymentMethod:
    """Returns the payment method that a parameter names. For a test token it is a new one, not yet in the store."""
    if id in TEST_CARDS:
        return from_test_card(store, TEST_CARDS[id])
    if id in TEST_BANK_ACCOUNTS:
        return from_test_bank_account(store, id)
    method = store.payment_methods.get(id)
    if method is None:
        raise MissingResource("PaymentMethod", id, param, status=status, hint=_PLATFORM_HINT if store.connected else "")
    return method


def find_payment_intent(store: Store, id: str, *, status: int = 400) -> PaymentIntent:
    """Returns the PaymentIntent, or raises StripeError with that HTTP status."""
    intent = store.payment_intents.get(id)
    if intent is None:
        raise MissingResource("payment_intent", id, "intent", status=status)
    return intent


def find_attached_payment_method(
    store: Store, id: str, customer: Customer, *, lookup: str, param: str
) -> PaymentMethod:
    """Returns the customer's payment method that a parameter names, to become a default.

    `lookup` is the parameter in the error for an unknown payment method, `param` the one for somebody else's.
    """
    method = find_payment_method(store, id, lookup)
    if method.customer != customer.id:
        message = (
            f"The customer does not have a payment method with the ID {method.id}. The payment method must be attached"
            " to the customer."
        )
        raise StripeError(message, param=param)
    return method


def find_source(store: Store, id: str, customer: Customer) -> str:
    """Returns the id of the customer's legacy card that `default_source` names."""
    if id not in [method.id for method in store.wallet(customer.id) if method.is_legacy_card]:
        raise MissingResource("source", id, "default_source")
    return id


def _customer_of_account(store: Store, account: str) -> Customer | None:
    customers = store.customers.newest_first()
    return next((customer for customer in customers if customer.body.get("customer_account") == account), None)
