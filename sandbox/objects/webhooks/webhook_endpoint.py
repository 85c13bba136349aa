"""Webhook endpoints: URLs that get a signed POST request for each event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.json_object import Json
from sandbox.objects.record import Record
from sandbox.objects.webhooks.signing_secrets import SigningSecrets
from sandbox.objects.writable_members import with_params

ALL_EVENTS = "*"


@dataclass(slots=True, eq=False)
class WebhookEndpoint(Record):
    """A webhook endpoint and the secrets that sign its deliveries. The response to its creation has the secret.

    With `connect`, it gets the events of connected accounts in place of its own account's.
    """

    secrets: SigningSecrets = field(kw_only=True)
    connect: bool = field(default=False, kw_only=True)

    @property
    def url(self) -> str:
        """The URL that gets the events."""
        return str(self.body["url"])

    @property
    def is_enabled(self) -> bool:
        """Whether it gets events."""
        return bool(self.body["status"] == "enabled")

    def accepts(self, type: str) -> bool:
        """Returns whether it gets events of that type."""
        return self.is_enabled and not {type, ALL_EVENTS}.isdisjoint(self.body["enabled_events"])


def new_body(id: str, url: str, enabled_events: Sequence[str], now: int, api_version: str | None = None) -> Json:
    """Returns the body of a new, enabled endpoint."""
    return {
        "id": id,
        "object": "webhook_endpoint",
        "api_version": api_version,
        "application": None,
        "created": now,
        "description": None,
        "enabled_events": list(enabled_events),
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": url,
    }


def forwarding_endpoint(url: str, secret: str) -> WebhookEndpoint:
    """Returns an endpoint that gets every event."""
    return WebhookEndpoint(new_body("forward_to", url, [ALL_EVENTS], now=0), secrets=SigningSecrets(secret))


def updated_body(body: Json, params: Mapping[str, Any]) -> Json:
    """Returns the body with the parameters applied."""
    updated = with_params(body, params, ("description", "enabled_events", "url"))
    if "disabled" in params:
        updated["status"] = "disabled" if params["disabled"] else "enabled"
    return updated
