"""Events: the record of a change, with the object as it was after the change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.http.api_request import ApiRequest
from sandbox.http.api_version import DEFAULT_VERSION
from sandbox.json_object import Json
from sandbox.objects.record import Record


@dataclass(slots=True, eq=False)
class Event(Record):
    """One event. Only `pending_webhooks` changes after its creation."""

    @property
    def type(self) -> str:
        """Stripe's name of the event, such as `payment_method.attached`."""
        return str(self.body["type"])

    @property
    def is_delivered(self) -> bool:
        """Whether every webhook endpoint that gets the event has accepted it."""
        return bool(self.body["pending_webhooks"] == 0)

    def count_delivery(self) -> None:
        """Subtracts an endpoint that has accepted the event."""
        self.body["pending_webhooks"] -= 1


@dataclass(frozen=True, slots=True)
class Change:
    """A change of an object. `before` is the object before an update, `account` the connected account that has it."""

    type: str
    object: Json
    before: Json | None
    account: str | None


def new_body(id: str, change: Change, request: ApiRequest, now: int, *, pending_webhooks: int) -> Json:
    """Returns the body of a new event about the change.

    The version is the account's default, not the one of the request. Changes that Stripe makes have no request id.
    """
    snapshot = dict(change.object)  # Its nested members are shared, because they never change in place.
    changed = previous_attributes(change.before, snapshot) if change.before is not None else {}
    return {
        "id": id,
        "object": "event",
        **({"account": change.account} if change.account else {}),
        "api_version": DEFAULT_VERSION,
        "created": now,
        "data": {"object": snapshot, **({"previous_attributes": changed} if changed else {})},
        "livemode": False,
        "pending_webhooks": pending_webhooks,
        "request": {"id": request.request_id or None, "idempotency_key": request.idempotency_key},
        "type": change.type,
    }


def previous_attributes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Json:
    """Returns the old values of the changed members: within objects only the changed ones, of arrays the whole array.

    The old value of a new member is null.
    """
    names = [name for name in (*before, *(after.keys() - before.keys())) if before.get(name) != after.get(name)]
    return {name: _previous_value(before.get(name), after.get(name)) for name in sorted(names)}


def _previous_value(before: Any, after: Any) -> Any:
    if isinstance(before, dict) and isinstance(after, dict):
        return previous_attributes(before, after)
    return before
