"""A retry of a REST call goes out with an idempotency key of its own."""

from __future__ import annotations

import uuid

import httpx

from stripe_api.call_record import CallRecord
from stripe_api.client import StripeClient
from stripe_api.objects import StripeResponse

_try = StripeClient._try


async def _forgetful(
    self: StripeClient, request: httpx.Request, call: CallRecord, deadline: float | None
) -> StripeResponse:
    if call.tries and request.method == "POST":
        request.headers["Idempotency-Key"] = str(uuid.uuid4())
    return await _try(self, request, call, deadline)


StripeClient._try = _forgetful  # type: ignore[method-assign]
