"""Charges: retrieve and list."""

from sandbox.endpoints.pagination import is_created_in, page
from sandbox.errors import MissingResource
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.state.store import Store


def retrieve(store: Store, request: ApiRequest) -> Json:
    """GET /v1/charges/{charge}. Returns the charge."""
    id = request.ids["charge"]
    charge = store.charges.get(id)
    if charge is None:
        raise MissingResource("charge", id, "id", status=404)
    return charge.body


def list_all(store: Store, request: ApiRequest) -> Json:
    """GET /v1/charges. Returns a page of all charges, or of those of a customer or PaymentIntent."""
    filters = {name: request.params[name] for name in ("customer", "payment_intent") if name in request.params}
    charges = [
        charge
        for charge in store.charges.newest_first()
        if filters.items() <= charge.body.items() and is_created_in(charge, request.params.get("created"))
    ]
    return page(charges, store.charges, request)
