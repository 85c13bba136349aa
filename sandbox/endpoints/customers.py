"""Customers: create, retrieve, update, delete and list."""

from collections.abc import Mapping
from typing import Any

from sandbox.endpoints.pagination import created_matches, page
from sandbox.endpoints.subscriptions import end_all
from sandbox.errors import MissingResource, StripeError
from sandbox.http.api_request import Call
from sandbox.json_objects import Json, blank_address, merged
from sandbox.objects.metadata import merged_metadata
from sandbox.objects.records import Customer, PaymentMethod
from sandbox.operations.attachment import examined, save
from sandbox.operations.lookups import customer_in_path, method_in_parameter
from sandbox.parameters.customers import DEFAULT_SOURCES, INVOICE_SETTINGS, PLAIN, RENDERING_OPTIONS, SOURCES
from sandbox.state.ids import letters, new_id
from sandbox.state.store import Store


def create(store: Store, call: Call) -> Json:
    """POST /v1/customers. Returns the customer; `payment_method` is attached on the way."""
    _refuse_what_is_not_here(call.params)
    customer = Customer(_new_body(store, call.params))
    method = _given_method(store, call.params)
    default = _default_method(store, customer, method, call.params)
    if method:
        examined(store, method, customer)  # A refusal here leaves no customer behind.
    store.customers.add(customer)
    store.ledger.record(call, "customer.created", customer.id, customer.id)
    if method:
        save(store, call, method, customer)
    _set_default(customer, default, call.params)
    return customer.body


def retrieve(store: Store, call: Call) -> Json:
    """GET /v1/customers/{customer}. Returns the customer, or the stub of a deleted one."""
    id = call.ids["customer"]
    return (store.customers.get(id) or customer_in_path(store, id)).body


def update(store: Store, call: Call) -> Json:
    """POST /v1/customers/{customer}. Returns the customer, changed."""
    customer = customer_in_path(store, call.ids["customer"])
    _refuse_what_is_not_here(call.params)
    before = customer.body
    default = _default_method(store, customer, None, call.params)
    source = _default_source(store, customer, call.params)
    customer.body = _written(before, call.params) | source
    _set_default(customer, default, call.params)
    if customer.body != before:
        store.ledger.record(call, "customer.updated", customer.id, customer.id)
    return customer.body


def delete(store: Store, call: Call) -> Json:
    """DELETE /v1/customers/{customer}. Returns a stub; the customer's methods go on naming the dead id."""
    customer = customer_in_path(store, call.ids["customer"])
    customer.body = {"id": customer.id, "object": "customer", "deleted": True}
    customer.deleted = True
    store.ledger.record(call, "customer.deleted", customer.id, customer.id)
    end_all(store, call, customer.id)
    return customer.body


def list_all(store: Store, call: Call) -> Json:
    """GET /v1/customers. Returns a page of those that are not deleted."""
    if "test_clock" in call.params:
        raise MissingResource("testclock", call.params["test_clock"], "test_clock")
    chosen = [customer for customer in store.customers.newest_first() if _listed(customer, call.params)]
    return page(chosen, store.customers, call)


def _listed(customer: Customer, params: Mapping[str, Any]) -> bool:
    return (
        not customer.deleted
        and customer.body["email"] == params.get("email", customer.body["email"])
        and created_matches(customer, params.get("created"))
    )


def _refuse_what_is_not_here(params: Mapping[str, Any]) -> None:
    for name in DEFAULT_SOURCES:
        if name in params:
            raise MissingResource("source", str(params[name]), name)
    for name in SOURCES:
        if name in params:
            raise StripeError("This account has no use for sources: attach a PaymentMethod instead.", param=name)
    if "test_clock" in params:
        raise MissingResource("testclock", params["test_clock"], "test_clock")


def _given_method(store: Store, params: Mapping[str, Any]) -> PaymentMethod | None:
    return method_in_parameter(store, params["payment_method"]) if "payment_method" in params else None


def _default_method(
    store: Store, customer: Customer, attaching: PaymentMethod | None, params: Mapping[str, Any]
) -> PaymentMethod | None:
    """Returns the method that is to be the default. Raises where it is not, and is not about to be, attached.

    A test token makes a new method at every mention, so it can only be meant as the one being attached.
    """
    param = "invoice_settings[default_payment_method]"
    id = params.get("invoice_settings", {}).get("default_payment_method")
    if id is None:
        return None
    if attaching and id == params["payment_method"]:
        return attaching
    method = method_in_parameter(store, id, param)
    if method.customer != customer.id:
        message = f"The customer does not have a payment method with the ID {method.id}. Attach it first."
        raise StripeError(message, code="resource_missing", param=param)
    return method


def _default_source(store: Store, customer: Customer, params: Mapping[str, Any]) -> Json:
    """Returns the member to write. Raises where the customer has no such legacy card."""
    if "default_source" not in params:
        return {}
    id = str(params["default_source"])
    if id not in [method.id for method in store.wallet(customer.id) if method.legacy]:
        raise MissingResource("source", id, "default_source")
    return {"default_source": id}


def _set_default(customer: Customer, method: PaymentMethod | None, params: Mapping[str, Any]) -> None:
    if "default_payment_method" in params.get("invoice_settings", {}):
        default = {"default_payment_method": method.id if method else None}
        customer.body = merged(customer.body, {"invoice_settings": default})


def _new_body(store: Store, params: Mapping[str, Any]) -> Json:
    blank: Json = {
        "id": new_id("cus"),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": store.now(),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": letters(8).upper(),
        "invoice_settings": dict.fromkeys(INVOICE_SETTINGS.members),
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    return _written(blank, params)


def _written(body: Json, params: Mapping[str, Any]) -> Json:
    """Returns the body with all but the default payment method written into it."""
    written = {**body, **{name: params[name] for name in PLAIN if name in params}}
    for name, whole in (("address", _address), ("shipping", _shipping), ("invoice_settings", _invoice_settings)):
        if name in params:
            written[name] = whole(body[name], params[name])
    if "metadata" in params:
        written["metadata"] = merged_metadata(body["metadata"], params["metadata"])
    return _tidied(written)


def _address(current: Json | None, given: Json | None) -> Json | None:
    return None if given is None else merged(current or blank_address(), given)


def _shipping(current: Json | None, given: Json | None) -> Json | None:
    if given is None:
        return None
    return merged(current or {"address": blank_address(), "name": None, "phone": None}, given)


def _invoice_settings(current: Json, given: Json) -> Json:
    written = merged(current, {name: value for name, value in given.items() if name != "default_payment_method"})
    if written["rendering_options"] is not None:
        written["rendering_options"] = dict.fromkeys(RENDERING_OPTIONS) | written["rendering_options"]
    return written


def _tidied(body: Json) -> Json:
    """Returns the body without nulls where Stripe shows another emptiness."""
    body["preferred_locales"] = body["preferred_locales"] or []
    body["tax_exempt"] = body["tax_exempt"] or "none"
    for name in ("business_name", "individual_name"):
        if name in body and body[name] is None:
            del body[name]
    return body
