"""Mandates: retrieve."""

from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.operations.payment_methods.change_mandate import find_mandate
from sandbox.state.store import Store


def retrieve(store: Store, request: ApiRequest) -> Json:
    """GET /v1/mandates/{mandate}. Returns the mandate."""
    return find_mandate(store, request.ids["mandate"], status=404).body
