"""Copies a payment method of the platform to a connected account."""

from collections.abc import Mapping
from typing import Any

from sandbox.errors import MissingResource, StripeError
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.operations.customers.find_customer import find_customer
from sandbox.state.ids import new_id
from sandbox.state.store import Store


def copied(store: Store, params: Mapping[str, Any]) -> PaymentMethod:
    """Returns an unattached copy of the platform's payment method, not yet in the connected account's store.

    `customer` must be given if the platform's payment method is attached.
    """
    if store.platform is None:
        raise StripeError("Copying a payment method needs a connected account.", param="payment_method")
    method = _method_of_platform(store.platform, params)
    body = {**method.body, "id": new_id("pm"), "created": store.now(), "customer": None, "customer_account": None}
    return PaymentMethod(body, test_card=method.test_card)


def _method_of_platform(platform: Store, params: Mapping[str, Any]) -> PaymentMethod:
    id = params["payment_method"]
    customer = find_customer(platform, params["customer"]).id if "customer" in params else None
    method = platform.payment_methods.get(id)
    if method is None:
        raise MissingResource("PaymentMethod", id, "payment_method")
    if method.customer != customer or method.unusable:
        message = f"The PaymentMethod {id} cannot be shared: give the Customer that it is attached to."
        raise StripeError(message, param="payment_method")
    return method
