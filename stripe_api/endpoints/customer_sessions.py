"""The endpoint /v1/customer_sessions."""

from __future__ import annotations

from collections.abc import Sequence

from stripe_api import form
from stripe_api.objects import Request, StripeObject


class CustomerSessions:
    """One method per endpoint. Each raises StripeError."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def create(
        self,
        components: form.Value,
        *,
        customer: str | None = None,
        customer_account: str | None = None,
        expand: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> StripeObject:
        """POST /v1/customer_sessions, for a customer or the Account that represents one. Returns its client secret."""
        return await self._request(
            "POST",
            "/v1/customer_sessions",
            {},
            {
                "components": components,
                "customer": customer,
                "customer_account": customer_account,
                "expand": expand,
            },
            idempotency_key=idempotency_key,
        )
