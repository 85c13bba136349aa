"""The connections to Stripe: httpx's interface over aiohttp's pool, whose cost does not grow with its size."""

from __future__ import annotations

import ssl
from typing import Any

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from stripe_api.errors import APIConnectionError

KEEPALIVE_SECONDS = 60.0

FAILURES = (httpx.TransportError, aiohttp.ClientError, OSError)
"""All that the exchange of one request may raise when no whole answer comes; time that ran out is an OSError."""


FRESH = "fresh_connection"
"""The request extension that asks for a new connection, because a kept one has just been lost."""


class PooledTransport(httpx.AsyncBaseTransport):
    """Keeps connections between requests, `max_connections` at most. Use and close it on one event loop.

    A request with the extension FRESH gets a new connection, which is closed after it.
    """

    def __init__(self, base_url: str, *, max_connections: int) -> None:
        self._tls = (
            httpx.create_ssl_context() if base_url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        )
        self._kept = self._transport(limit=max_connections, keepalive_timeout=KEEPALIVE_SECONDS)
        self._fresh = self._transport(limit=max_connections, force_close=True)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, once. Raises one of FAILURES."""
        transport = self._fresh if FRESH in request.extensions else self._kept
        return await transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._kept.aclose()
        await self._fresh.aclose()

    def _transport(self, **options: Any) -> AiohttpTransport:
        def session() -> aiohttp.ClientSession:
            connector = aiohttp.TCPConnector(ssl=self._tls, **options)
            found = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
            # aiohttp would repeat a GET by itself, where neither the scheduler nor the metrics see it.
            found._retry_connection = False
            return found

        return AiohttpTransport(verify=self._tls, client=session)


def failure(error: Exception) -> APIConnectionError:
    """What a failed exchange means: whether time ran out, whether to try again, whether the work may be done."""
    cause = error.__cause__ if isinstance(error.__cause__, aiohttp.ClientError) else error
    timed_out = isinstance(cause, TimeoutError | httpx.TimeoutException)
    result = APIConnectionError("no answer in time" if timed_out else "connection failed", timed_out=timed_out)
    result.retryable = not isinstance(cause, aiohttp.ClientSSLError)
    result.in_doubt = not _was_never_sent(cause)
    result.connection_lost = result.in_doubt and not timed_out
    return result


def _was_never_sent(cause: BaseException) -> bool:
    # The transport names a dropped connection ConnectTimeout too; its cause then tells the two apart.
    return isinstance(
        cause,
        aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError | httpx.ConnectError | httpx.PoolTimeout,
    )
