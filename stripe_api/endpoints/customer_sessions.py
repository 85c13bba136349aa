"""The endpoint /v1/customer_sessions."""

from __future__ import annotations

from collections.abc import Sequence

from stripe_api import form
from stripe_api.objects import Endpoints, Sending


class CustomerSessions(Endpoints):
    """See `Endpoints`."""

    def create(
        self,
        components: form.Value,
        *,
        customer: str | None = None,
        customer_account: str | None = None,
        expand: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> Sending:
        """POST /v1/customer_sessions, for a customer or the Account that represents one. Returns its client secret."""
        owner = {"customer": customer, "customer_account": customer_account}
        return self._post(
            "/v1/customer_sessions", {}, {"components": components, **owner, "expand": expand}, idempotency_key
        )
