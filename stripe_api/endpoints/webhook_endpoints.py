"""The endpoint /v1/webhook_endpoints."""

from __future__ import annotations

from stripe_api.objects import Endpoints, Sending


class WebhookEndpoints(Endpoints):
    """See `Endpoints`."""

    def list(self) -> Sending:
        """GET /v1/webhook_endpoints. An account has at most 16."""
        return self._get("/v1/webhook_endpoints", {}, {"limit": 100})
