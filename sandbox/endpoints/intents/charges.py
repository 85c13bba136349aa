"""Charges: retrieve and list."""

from sandbox.endpoints.pagination import filtered_page
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.state.store import Store


def retrieve(store: Store, request: ApiRequest) -> Json:
    """GET /v1/charges/{charge}. Returns the charge."""
    return store.charges.find(request.ids["charge"], "id", status=404).body


def list_all(store: Store, request: ApiRequest) -> Json:
    """GET /v1/charges. Returns a page of all charges, or of those of a customer or PaymentIntent."""
    filters = {name: request.params[name] for name in ("customer", "payment_intent") if name in request.params}
    return filtered_page(store.charges, request, lambda charge: filters.items() <= charge.body.items())
