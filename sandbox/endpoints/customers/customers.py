"""Customers: create, retrieve, update, delete and list."""

from collections.abc import Mapping
from typing import Any

from sandbox.endpoints.pagination import filtered_page
from sandbox.errors import MissingResource, StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.customers.customer import Customer, new_body, updated_body
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.operations.customers.find_customer import customer_in_path
from sandbox.operations.payment_methods.attach_payment_method import attach, checked_body
from sandbox.operations.payment_methods.find_payment_method import (
    find_attached_payment_method,
    find_payment_method,
    find_source,
)
from sandbox.parameters.customers.customers import DEFAULT_SOURCES, SOURCES
from sandbox.state.ids import new_id, random_letters
from sandbox.state.store import Store


def create(store: Store, request: ApiRequest) -> Json:
    """POST /v1/customers. Returns the customer. Its `payment_method` is attached."""
    params = request.params
    _refuse_unsupported(params)
    customer = Customer(new_body(new_id("cus"), random_letters(8).upper(), params, store.now()))
    method = find_payment_method(store, params["payment_method"]) if "payment_method" in params else None
    default = _default_payment_method(store, customer, method, params)
    if method:
        checked_body(store, method, customer)  # If this raises, no customer is created.
    store.customers.add(customer)
    _set_default(customer, default, params)
    store.record_event(request, "customer.created", customer, customer.id)
    if method:
        attach(store, request, method, customer)
    return customer.body


def retrieve(store: Store, request: ApiRequest) -> Json:
    """GET /v1/customers/{customer}. Returns the customer, or the stub of a deleted one."""
    id = request.ids["customer"]
    return (store.customers.get(id) or customer_in_path(store, id)).body


def update(store: Store, request: ApiRequest) -> Json:
    """POST /v1/customers/{customer}. Returns the updated customer."""
    customer = customer_in_path(store, request.ids["customer"])
    _refuse_unsupported(request.params)
    before = customer.body
    default = _default_payment_method(store, customer, None, request.params)
    source = {}
    if "default_source" in request.params:
        source = {"default_source": find_source(store, str(request.params["default_source"]), customer)}
    customer.body = updated_body(before, request.params) | source
    _set_default(customer, default, request.params)
    if customer.body != before:
        store.record_event(request, "customer.updated", customer, customer.id, before=before)
    return customer.body


def delete(store: Store, request: ApiRequest) -> Json:
    """DELETE /v1/customers/{customer}. Returns the stub. The customer's payment methods keep its id."""
    customer = customer_in_path(store, request.ids["customer"])
    # Recorded first, because the event has the whole customer, not the stub.
    store.record_event(request, "customer.deleted", customer, customer.id)
    customer.delete()
    for subscription in store.subscriptions.newest_first():
        if subscription.customer == customer.id and not subscription.has_ended:
            subscription.cancel(store.now())
            store.record_event(request, "customer.subscription.deleted", subscription, customer.id)
    return customer.body


def list_all(store: Store, request: ApiRequest) -> Json:
    """GET /v1/customers. Returns a page of the customers that are not deleted."""
    if "test_clock" in request.params:
        raise MissingResource("testclock", request.params["test_clock"], "test_clock")

    def matches(customer: Customer) -> bool:
        return not customer.is_deleted and customer.body["email"] == request.params.get("email", customer.body["email"])

    return filtered_page(store.customers, request, matches)


def _refuse_unsupported(params: Mapping[str, Any]) -> None:
    for name in DEFAULT_SOURCES:
        if name in params:
            raise MissingResource("source", str(params[name]), name)
    for name in SOURCES:
        if name in params:
            raise StripeError("This account does not support sources: attach a PaymentMethod instead.", param=name)
    if "test_clock" in params:
        raise MissingResource("testclock", params["test_clock"], "test_clock")


def _default_payment_method(
    store: Store, customer: Customer, attaching: PaymentMethod | None, params: Mapping[str, Any]
) -> PaymentMethod | None:
    """Returns the payment method that becomes the default. Raises if it is neither attached nor `attaching`.

    A test token creates a payment method each time, so here it can only mean the one that this request attaches.
    """
    param = "invoice_settings[default_payment_method]"
    id = params.get("invoice_settings", {}).get("default_payment_method")
    if id is None:
        return None
    if attaching and id == params["payment_method"]:
        return attaching
    return find_attached_payment_method(store, id, customer, lookup=param, param=param)


def _set_default(customer: Customer, method: PaymentMethod | None, params: Mapping[str, Any]) -> None:
    if "default_payment_method" in params.get("invoice_settings", {}):
        customer.set_default_payment_method(method.id if method else None)
