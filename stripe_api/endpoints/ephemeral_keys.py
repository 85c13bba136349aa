"""The endpoint /v1/ephemeral_keys."""

from __future__ import annotations

from stripe_api.objects import Request, StripeObject


class EphemeralKeys:
    """One method per endpoint. Each raises StripeError."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def create(self, customer: str, *, stripe_version: str, idempotency_key: str | None = None) -> StripeObject:
        """POST /v1/ephemeral_keys. The response has the shape of `stripe_version`, and contains the key's secret."""
        return await self._request(
            "POST",
            "/v1/ephemeral_keys",
            {},
            {"customer": customer},
            idempotency_key=idempotency_key,
            stripe_version=stripe_version,
        )
