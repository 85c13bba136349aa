"""Payment methods: create, retrieve, update, attach, detach and list."""

from sandbox.endpoints.pagination import page
from sandbox.errors import StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.payment_methods.payment_method import PaymentMethod, public_body, updated_body
from sandbox.operations.customers.find_customer import customer_in_params, customer_in_path, required_customer
from sandbox.operations.payment_methods.attach_payment_method import attach as attach_payment_method
from sandbox.operations.payment_methods.copy_payment_method import copied
from sandbox.operations.payment_methods.create_payment_method import add_if_new, from_params
from sandbox.operations.payment_methods.detach_payment_method import detach as detach_payment_method
from sandbox.operations.payment_methods.find_payment_method import payment_method_in_path
from sandbox.state.store import Store


def create(store: Store, request: ApiRequest) -> Json:
    """POST /v1/payment_methods. Returns a new, unattached payment method, or a copy of the platform's."""
    if "payment_method" in request.params:
        method = copied(store, request.params)
        add_if_new(store, request, method)
        return method.body
    if "customer" in request.params:
        raise StripeError(
            "You cannot attach a PaymentMethod to a Customer during PaymentMethod creation. Create it, then attach it.",
            param="customer",
        )
    method = from_params(store, request.params)
    add_if_new(store, request, method)
    return public_body(method.body) if request.publishable else method.body


def retrieve(store: Store, request: ApiRequest) -> Json:
    """GET /v1/payment_methods/{payment_method}. Returns the payment method; for a test token, a new one."""
    method = payment_method_in_path(store, request.ids["payment_method"])
    add_if_new(store, request, method)
    return method.body


def update(store: Store, request: ApiRequest) -> Json:
    """POST /v1/payment_methods/{payment_method}. Returns the updated payment method, which must be attached."""
    method = payment_method_in_path(store, request.ids["payment_method"])
    if method.customer is None:
        raise StripeError("You must save this PaymentMethod to a customer before you can update it.")
    updated = updated_body(method.body, request.params, store.now())
    if updated != method.body:
        before, method.body = method.body, updated
        store.record_event(request, "payment_method.updated", method, method.customer, before=before)
    return method.body


def attach(store: Store, request: ApiRequest) -> Json:
    """POST /v1/payment_methods/{payment_method}/attach. Returns the payment method; for a test token, a new one."""
    method = payment_method_in_path(store, request.ids["payment_method"])
    attach_payment_method(store, request, method, required_customer(store, request.params))
    return method.body


def detach(store: Store, request: ApiRequest) -> Json:
    """POST /v1/payment_methods/{payment_method}/detach. Returns the payment method, without a customer."""
    method = payment_method_in_path(store, request.ids["payment_method"])
    detach_payment_method(store, request, method)
    return method.body


def list_all(store: Store, request: ApiRequest) -> Json:
    """GET /v1/payment_methods. Returns a page of one customer's payment methods. Without a customer it is empty."""
    customer = customer_in_params(store, request.params)
    wallet = store.wallet(customer.id) if customer else []
    return page(_filtered(wallet, request), store.payment_methods, request)


def list_of_customer(store: Store, request: ApiRequest) -> Json:
    """GET /v1/customers/{customer}/payment_methods. Returns a page of the customer's payment methods."""
    customer = customer_in_path(store, request.ids["customer"])
    return page(_filtered(store.wallet(customer.id), request), store.payment_methods, request)


def retrieve_of_customer(store: Store, request: ApiRequest) -> Json:
    """GET /v1/customers/{customer}/payment_methods/{payment_method}. Returns one of the customer's payment methods."""
    customer = customer_in_path(store, request.ids["customer"])
    method = payment_method_in_path(store, request.ids["payment_method"])
    if method.customer != customer.id:
        raise StripeError("Invalid request", param="customer", status=404)
    return method.body


def _filtered(wallet: list[PaymentMethod], request: ApiRequest) -> list[PaymentMethod]:
    """Returns the payment methods that match the filters. Type `custom` is listed only on request."""
    params, shown = request.params, request.access.shown if request.access else None
    return [
        method
        for method in wallet
        if method.type == params.get("type", method.type)
        and method.body["allow_redisplay"] == params.get("allow_redisplay", method.body["allow_redisplay"])
        and ("type" in params or method.type != "custom")
        and (shown is None or method.body["allow_redisplay"] in shown)
    ]
