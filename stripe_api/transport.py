"""The connections to Stripe: httpx's interface over aiohttp's pool, whose cost does not grow with its size."""

from __future__ import annotations

import ssl

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from stripe_api.errors import APIConnectionError

KEEPALIVE_SECONDS = 60.0

FAILURES = (httpx.TransportError, aiohttp.ClientError, OSError)
"""All that the exchange of one request may raise when no whole answer comes; time that ran out is an OSError."""


def pooled(base_url: str, *, max_connections: int) -> httpx.AsyncBaseTransport:
    """At most `max_connections` at once, kept alive between requests. Use and close it on one event loop."""
    tls = httpx.create_ssl_context() if base_url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=max_connections, keepalive_timeout=KEEPALIVE_SECONDS, ssl=tls)
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    return AiohttpTransport(verify=tls, client=session)


def failure(error: Exception) -> APIConnectionError:
    """What a failed exchange means: whether time ran out, whether to try again, whether the work may be done."""
    cause = error.__cause__ if isinstance(error.__cause__, aiohttp.ClientError) else error
    timed_out = isinstance(cause, TimeoutError | httpx.TimeoutException)
    result = APIConnectionError("no answer in time" if timed_out else "connection failed", timed_out=timed_out)
    result.retryable = not isinstance(cause, aiohttp.ClientSSLError)
    result.in_doubt = not _was_never_sent(cause)
    return result


def _was_never_sent(cause: BaseException) -> bool:
    # The transport names a dropped connection ConnectTimeout too; its cause then tells the two apart.
    return isinstance(
        cause,
        aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError | httpx.ConnectError | httpx.PoolTimeout,
    )
