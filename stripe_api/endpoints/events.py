"""The endpoint /v1/events."""

from __future__ import annotations

from collections.abc import Sequence

from stripe_api.objects import Request, StripeList


class Events:
    """One method per endpoint. Each raises StripeError."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def list(
        self,
        *,
        since: int,
        types: Sequence[str],
        undelivered: bool = False,
        limit: int = 100,
        starting_after: str | None = None,
    ) -> StripeList:
        """GET /v1/events. Events of these types (at most 20) since a Unix time, newest first.

        The list is some seconds behind. `undelivered`: only those that a webhook endpoint has not accepted.
        """
        params = {
            "created": {"gte": since},
            "types": types,
            "delivery_success": False if undelivered else None,
            "limit": limit,
            "starting_after": starting_after,
        }
        return await self._request("GET", "/v1/events", {}, params)
