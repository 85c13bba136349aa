"""Finds the customer that a request names, or raises Stripe's error: 404 for an id in the path, 400 in a parameter."""

from collections.abc import Mapping
from typing import Any

from sandbox.errors import MissingResource, ParameterError
from sandbox.objects.customers.customer import Customer
from sandbox.state.store import Store


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


def required_customer(store: Store, params: Mapping[str, Any], *, status: int = 400) -> Customer:
    """Returns the customer of `customer` or `customer_account`. Raises StripeError if neither is given."""
    customer = customer_in_params(store, params, status=status)
    if customer is None:
        raise ParameterError("Must provide customer or customer_account.", code="parameter_missing")
    return customer


def _customer_of_account(store: Store, account: str) -> Customer | None:
    customers = store.customers.newest_first()
    return next((customer for customer in customers if customer.body.get("customer_account") == account), None)
