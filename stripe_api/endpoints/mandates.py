"""The endpoint /v1/mandates."""

from __future__ import annotations

from collections.abc import Sequence

from stripe_api.objects import Request, StripeObject


class Mandates:
    """One method per endpoint. Each raises StripeError."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def retrieve(self, id: str, *, expand: Sequence[str] = ()) -> StripeObject:
        """GET /v1/mandates/{id}. Raises InvalidRequestError, status 404, if there is none."""
        return await self._request("GET", "/v1/mandates/{mandate}", {"mandate": id}, {"expand": expand})
