"""SetupAttempts: list those of a SetupIntent."""

from sandbox.endpoints.pagination import filtered_page
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.state.store import Store


def list_all(store: Store, request: ApiRequest) -> Json:
    """GET /v1/setup_attempts. Returns a page of the attempts of one SetupIntent."""
    intent = store.setup_intents.find(request.params["setup_intent"], "setup_intent")
    return filtered_page(store.setup_attempts, request, lambda attempt: attempt.intent == intent.id)
