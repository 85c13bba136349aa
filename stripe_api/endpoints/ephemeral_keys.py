"""The endpoint /v1/ephemeral_keys."""

from __future__ import annotations

from stripe_api.objects import Endpoints, Sending, StripeRequest


class EphemeralKeys(Endpoints):
    """See `Endpoints`."""

    def create(self, customer: str, *, stripe_version: str, idempotency_key: str | None = None) -> Sending:
        """POST /v1/ephemeral_keys. The response has the shape of `stripe_version`, and contains the key's secret."""
        params = {"customer": customer}
        return self._send(StripeRequest("POST", "/v1/ephemeral_keys", {}, params, idempotency_key, stripe_version))
