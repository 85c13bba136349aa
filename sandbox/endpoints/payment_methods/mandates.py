"""Mandates: retrieve."""

from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.state.store import Store


def retrieve(store: Store, request: ApiRequest) -> Json:
    """GET /v1/mandates/{mandate}. Returns the mandate."""
    return store.mandates.find(request.ids["mandate"], "mandate", status=404).body
