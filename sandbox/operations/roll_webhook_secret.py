"""Rolls the signing secret of a webhook endpoint, as Stripe's dashboard does."""

from sandbox.errors import MissingResource
from sandbox.objects.webhooks.webhook_endpoint import WebhookEndpoint
from sandbox.state.ids import new_webhook_secret
from sandbox.state.store import Store


def roll_secret(store: Store, id: str, expires_in: float) -> str:
    """Returns the endpoint's new secret. The old one signs too for `expires_in` seconds of the sandbox's clock."""
    endpoint = _endpoint(store, id)
    endpoint.secrets = endpoint.secrets.rolled(new_webhook_secret(), store.clock.time() + expires_in)
    return endpoint.secrets.current


def _endpoint(store: Store, id: str) -> WebhookEndpoint:
    for endpoint in store.all_webhook_endpoints():
        if endpoint.id == id:
            return endpoint
    raise MissingResource("webhook endpoint", id, "webhook_endpoint")
