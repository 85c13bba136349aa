"""Events: retrieve and list."""

from collections.abc import Mapping
from typing import Any

from sandbox.endpoints.pagination import is_created_in, page
from sandbox.errors import MissingResource, ParameterError, StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.webhooks.event import Event
from sandbox.state.events import RETENTION_SECONDS
from sandbox.state.store import Store

MAX_TYPES = 20


def retrieve(store: Store, request: ApiRequest) -> Json:
    """GET /v1/events/{id}. Returns the event, for 30 days."""
    id = request.ids["id"]
    event = store.events.get(id)
    if event is None:
        raise MissingResource("event", id, "id", status=404)
    if _is_expired(store, event):
        raise _Expired(f"The event {id} is no longer available because it's aged out of our retention policy.")
    return event.body


def list_all(store: Store, request: ApiRequest) -> Json:
    """GET /v1/events. Returns a page of the events of the last 30 days, newest first."""
    types = _types(request.params)
    events = [
        event
        for event in store.events.newest_first()
        if not _is_expired(store, event) and _has_type(event, types) and _matches(event, request.params)
    ]
    return page(events, store.events, request)


class _Expired(StripeError):
    status = 404


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


def _matches(event: Event, params: Mapping[str, Any]) -> bool:
    return is_created_in(event, params.get("created")) and (
        "delivery_success" not in params or params["delivery_success"] == event.is_delivered
    )
