"""Ephemeral keys: create and delete."""

from base64 import b64encode

from sandbox.errors import MissingParameter, MissingResource, StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.http.customer_access import CustomerAccess
from sandbox.json_object import Json
from sandbox.objects.customers.customer_key import CustomerKey
from sandbox.objects.customers.ephemeral_key import RIGHTS, new_body
from sandbox.operations.customers.find_customer import find_customer
from sandbox.parameters.customers.ephemeral_keys import UNSUPPORTED
from sandbox.state.ids import new_id, random_letters
from sandbox.state.store import Store


def create(store: Store, request: ApiRequest) -> Json:
    """POST /v1/ephemeral_keys. Returns a key. Only this response has its secret."""
    for name in UNSUPPORTED:
        if name in request.params:
            raise StripeError("The sandbox has ephemeral keys for customers only.", param=name)
    if "customer" not in request.params:
        raise MissingParameter("customer")
    customer = find_customer(store, request.params["customer"])
    body = new_body(new_id("ephkey"), customer.id, store.now())
    access = CustomerAccess(body["id"], customer.id, RIGHTS)
    key = CustomerKey(body, secret=_new_secret(), expires=body["expires"], access=access)
    store.customer_keys.add(key)
    store.record_change(request, "ephemeral_key.created", key, customer.id)
    return {**body, "secret": key.secret}


def delete(store: Store, request: ApiRequest) -> Json:
    """DELETE /v1/ephemeral_keys/{key}. Returns the key, which is no longer valid."""
    id = request.ids["key"]
    key = store.customer_keys.get(id)
    if key is None or key.body["object"] != "ephemeral_key":
        raise MissingResource("ephemeral key", id, "key", status=404)
    store.customer_keys.remove(id)
    store.record_change(request, "ephemeral_key.deleted", key, key.access.customer)
    return {**key.body, "expires": min(key.expires, store.now())}


def _new_secret() -> str:
    text = b64encode(f"acct_sandbox,{random_letters(40)}".encode()).decode().rstrip("=")
    return f"ek_test_{text}_00{random_letters(8)}"
