"""The endpoint /v1/webhook_endpoints."""

from __future__ import annotations

from stripe_api.objects import Request, StripeList


class WebhookEndpoints:
    """One method per endpoint. Each raises StripeError."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def list(self) -> StripeList:
        """GET /v1/webhook_endpoints. An account has at most 16."""
        return await self._request("GET", "/v1/webhook_endpoints", {}, {"limit": 100})
