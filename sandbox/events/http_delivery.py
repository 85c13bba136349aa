"""Sends webhook requests over the network. The only module of the sandbox that is an HTTP client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from sandbox.events.delivery import Deliver, WebhookRequest
from sandbox.events.webhook_sender import RESPONSE_TIMEOUT


@asynccontextmanager
async def http_delivery() -> AsyncIterator[Deliver]:
    """Yields the function that sends requests. Connections are kept until the context ends."""
    # No proxy or certificate settings of the environment: receivers are usually on this machine.
    async with httpx.AsyncClient(timeout=RESPONSE_TIMEOUT, follow_redirects=False, trust_env=False) as client:

        async def deliver(request: WebhookRequest) -> int:
            response = await client.post(request.url, headers=dict(request.headers), content=request.body)
            return response.status_code

        yield deliver
