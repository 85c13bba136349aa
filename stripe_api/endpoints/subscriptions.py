"""The endpoints below /v1/subscriptions, as far as the wallet needs them."""

from __future__ import annotations

from stripe_api.objects import Request, StripeList


class Subscriptions:
    """Reads alone. Each raises StripeError."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def list(self, *, customer: str, limit: int = 100, starting_after: str | None = None) -> StripeList:
        """GET /v1/subscriptions. All of a customer's that are not canceled, newest first; `limit` 1 to 100."""
        return await self._request(
            "GET", "/v1/subscriptions", {}, {"customer": customer, "limit": limit, "starting_after": starting_after}
        )
