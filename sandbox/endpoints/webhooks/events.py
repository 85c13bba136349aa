"""Events: retrieve and list."""

from collections.abc import Mapping
from typing import Any

from sandbox.endpoints.pagination import filtered_page
from sandbox.errors import ParameterError, StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.webhooks.event import Event
from sandbox.state.store import Store

MAX_TYPES = 20
# Stripe keeps events for 30 days.
RETENTION_SECONDS = 30 * 24 * 60 * 60


def retrieve(store: Store, request: ApiRequest) -> Json:
    """GET /v1/events/{id}. Returns the event, for 30 days."""
    event = store.events.find(request.ids["id"], "id", status=404)
    if _is_expired(store, event):
        message = f"The event {event.id} is no longer available because it's aged out of our retention policy."
        raise StripeError(message, status=404)
    return event.body


def list_all(store: Store, request: ApiRequest) -> Json:
    """GET /v1/events. Returns a page of the events of the last 30 days, newest first."""
    types = _types(request.params)

    def matches(event: Event) -> bool:
        is_delivered = request.params.get("delivery_success", event.is_delivered)
        return not _is_expired(store, event) and _has_type(event, types) and event.is_delivered == is_delivered

    return filtered_page(store.events, request, matches)


def _is_expired(store: Store, event: Event) -> bool:
    return bool(event.body["created"] < store.now() - RETENTION_SECONDS)


def _types(params: Mapping[str, Any]) -> list[str] | None:
    if "type" in params and "types" in params:
        raise ParameterError("You may only specify one of these parameters: type, types.", param="type")
    types: list[str] | None = [params["type"]] if "type" in params else params.get("types")
    if types is not None and len(types) > MAX_TYPES:
        raise ParameterError(f"You may list at most {MAX_TYPES} types.", param="types")
    return types


def _has_type(event: Event, types: list[str] | None) -> bool:
    """Returns whether the event has one of the types. `customer.*` matches all types with this prefix."""
    if types is None:
        return True
    return any(event.type == type or (type.endswith("*") and event.type.startswith(type[:-1])) for type in types)
