"""REST calls do not get the operation's deadline."""

from __future__ import annotations

import httpx

from stripe_api.call_record import CallRecord
from stripe_api.client import StripeClient
from stripe_api.objects import StripeResponse

_send = StripeClient.send


async def _send_without_deadline(
    self: StripeClient, request: httpx.Request, call: CallRecord, deadline: float | None
) -> StripeResponse:
    return await _send(self, request, call, None)


StripeClient.send = _send_without_deadline  # type: ignore[method-assign]
