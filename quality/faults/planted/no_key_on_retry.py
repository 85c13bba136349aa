"""Each retry of a REST call has a new idempotency key."""

from __future__ import annotations

import uuid

import httpx

from stripe_api.call_record import CallRecord
from stripe_api.client import StripeClient
from stripe_api.objects import StripeResponse

_try = StripeClient._try


async def _try_with_new_key(
    self: StripeClient, request: httpx.Request, call: CallRecord, deadline: float | None
) -> StripeResponse:
    if call.tries and request.method == "POST":
        request.headers["Idempotency-Key"] = str(uuid.uuid4())
    return await _try(self, request, call, deadline)


StripeClient._try = _try_with_new_key  # type: ignore[method-assign]
