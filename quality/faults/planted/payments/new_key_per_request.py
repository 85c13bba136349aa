"""Each request of a client gets a new idempotency key at Stripe, so a retry after a timeout pays again."""

from __future__ import annotations

import uuid

import httpx

from stripe_api.client import StripeClient
from stripe_api.objects import StripeRequest

_build = StripeClient.build


def _build_with_another_key(self: StripeClient, request: StripeRequest, account: str | None) -> httpx.Request:
    if request.path == "/v1/payment_intents":
        request = request._replace(idempotency_key=str(uuid.uuid4()))
    return _build(self, request, account)


StripeClient.build = _build_with_another_key  # type: ignore[method-assign]
