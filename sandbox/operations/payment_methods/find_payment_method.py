"""Finds the payment method that a request names, or raises Stripe's error: 404 for the path, 400 for a parameter."""

from sandbox.cards.test_card_lookup import TEST_CARDS
from sandbox.errors import MissingResource, StripeError
from sandbox.objects.customers.customer import Customer
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.operations.payment_methods.create_payment_method import (
    TEST_BANK_ACCOUNTS,
    from_test_bank_account,
    from_test_card,
)
from sandbox.state.store import Store

# What Stripe adds when a platform makes the request for its own account.
_PLATFORM_HINT = (
    "; It's possible this PaymentMethod exists on one of your connected accounts, in which case you should retry this"
    " request on that connected account. Learn more at https://stripe.com/docs/connect/authentication"
)


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
