"""What comes back from Stripe, and the shape of a request for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from stripe_api import form

StripeObject = dict[str, Any]
"""A JSON object, as Stripe sent it."""

StripeList = dict[str, Any]
"""Stripe's list envelope: `data`, newest first, and `has_more`."""


class Request(Protocol):
    """Sends one request. `path` is as in Stripe's reference; `ids`, percent-encoded, take the places named in it."""

    async def __call__(
        self,
        method: str,
        path: str,
        ids: Mapping[str, str],
        params: Mapping[str, form.Value | None],
        *,
        idempotency_key: str | None = None,
    ) -> StripeObject: ...
