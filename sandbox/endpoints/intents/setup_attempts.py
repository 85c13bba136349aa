"""SetupAttempts: list those of a SetupIntent."""

from sandbox.endpoints.pagination import is_created_in, page
from sandbox.errors import MissingResource
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.state.store import Store


def list_all(store: Store, request: ApiRequest) -> Json:
    """GET /v1/setup_attempts. Returns a page of the attempts of one SetupIntent."""
    intent = request.params["setup_intent"]
    if store.setup_intents.get(intent) is None:
        raise MissingResource("setupintent", intent, "setup_intent")
    attempts = [
        attempt
        for attempt in store.setup_attempts.newest_first()
        if attempt.intent == intent and is_created_in(attempt, request.params.get("created"))
    ]
    return page(attempts, store.setup_attempts, request)
