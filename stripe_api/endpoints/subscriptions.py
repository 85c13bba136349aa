"""The endpoints below /v1/subscriptions that a wallet needs."""

from __future__ import annotations

from stripe_api.objects import Request, StripeList


class Subscriptions:
    """One method per endpoint. Each raises StripeError."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def list(self, *, customer: str, limit: int = 100, starting_after: str | None = None) -> StripeList:
        """GET /v1/subscriptions. All that are not canceled, newest first. `limit` is 1 to 100."""
        return await self._request(
            "GET", "/v1/subscriptions", {}, {"customer": customer, "limit": limit, "starting_after": starting_after}
        )
