"""A payment gets a new idempotency key for each request of the client: a retry after a timeout pays again."""

from __future__ import annotations

import uuid
from typing import Any

import httpx

from stripe_api.client import StripeClient

_build = StripeClient.build


def _build_with_another_key(
    self: StripeClient, method: str, path: str, params: Any, idempotency_key: str | None, *rest: Any
) -> httpx.Request:
    key = str(uuid.uuid4()) if path == "/v1/payment_intents" else idempotency_key
    return _build(self, method, path, params, key, *rest)


StripeClient.build = _build_with_another_key  # type: ignore[method-assign,assignment]
