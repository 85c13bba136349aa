"""Customer sessions: create. Stripe has no other endpoint for them."""

from sandbox.errors import StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.customers.customer_key import CustomerKey
from sandbox.objects.customers.customer_session import access, new_body
from sandbox.operations.customers.find_customer import required_customer
from sandbox.state.ids import new_id, random_letters
from sandbox.state.store import Store


def create(store: Store, request: ApiRequest) -> Json:
    """POST /v1/customer_sessions. Returns a session, whose secret is valid for thirty minutes."""
    customer = required_customer(store, request.params)
    components = request.params["components"]
    if not any(component["enabled"] for component in components.values()):
        raise StripeError("At least one component must be enabled.", param="components")
    id, secret = new_id("cuss"), f"cuss_secret_{random_letters(48)}"
    body = new_body(secret, customer, components, store.now())
    key = CustomerKey(body, secret=secret, expires=body["expires_at"], access=access(id, body))
    store.customer_keys.add(key)
    store.record_change(request, "customer_session.created", key, customer.id)
    return body
