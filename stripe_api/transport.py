"""The connections to Stripe: an httpx transport over aiohttp's pool, which is fast at any number of connections."""

from __future__ import annotations

import errno
import os
import ssl
from collections.abc import AsyncIterator
from contextvars import ContextVar
from functools import cache
from typing import Any

import aiohttp
import httpx
from yarl import URL

from stripe_api.errors import TIMEOUTS, APIConnectionError
from stripe_api.failures.failure_reasons import Reason

KEEPALIVE_SECONDS = 60.0

FAILURES = (httpx.TransportError, aiohttp.ClientError, OSError)
"""All exceptions of a request without a complete response. A timeout is an OSError."""


FRESH = "fresh_connection"
"""The request extension that asks for a new connection, after a reused one was lost."""


_reused: ContextVar[bool] = ContextVar("reused", default=False)
"""Whether this task's last request was sent on a reused connection."""


_connected: ContextVar[bool] = ContextVar("connected", default=True)
"""Whether this task's last request got a connection."""


class _Connector(aiohttp.TCPConnector):
    async def connect(self, *arguments: Any, **named: Any) -> Any:
        _connected.set(False)
        connection = await super().connect(*arguments, **named)
        _connected.set(True)
        return connection

    async def _get(self, key: Any, traces: Any) -> Any:
        kept = await super()._get(key, traces)
        _reused.set(kept is not None)
        return kept


class PooledTransport(httpx.AsyncBaseTransport):
    """Keeps up to `max_connections` connections open between requests. Use and close it on one event loop.

    `proxy` is the URL of an HTTP proxy, with user and password if it requires them. A request with the extension
    FRESH gets a new connection, which is closed afterwards.
    """

    def __init__(self, base_url: str, *, max_connections: int, proxy: str | None = None) -> None:
        self._proxy = proxy
        self._tls = httpx.create_ssl_context() if base_url.startswith("https:") else True
        self._max_connections = max_connections
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, once. Raises one of FAILURES, as does the stream of the response."""
        is_fresh = FRESH in request.extensions
        session = self._sessions.get(is_fresh) or self._start_session(fresh=is_fresh)
        response = await session.request(
            request.method,
            URL(str(request.url), encoded=True),
            headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw],
            data=request.content or None,
            allow_redirects=False,
            timeout=_connect_timeout(request.extensions.get("timeout", {}).get("connect")),
        )
        return httpx.Response(response.status, headers=response.raw_headers, stream=_Body(response))

    async def aclose(self) -> None:
        """Close the connections."""
        for session in self._sessions.values():
            await session.close()

    def _start_session(self, *, fresh: bool) -> aiohttp.ClientSession:
        connector = _Connector(
            ssl=self._tls,
            limit=self._max_connections,
            keepalive_timeout=None if fresh else KEEPALIVE_SECONDS,
            force_close=fresh,
        )
        session = self._sessions[fresh] = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), proxy=self._proxy, auto_decompress=False
        )
        # aiohttp would repeat a GET without the scheduler and the metrics.
        session._retry_connection = False
        return session


class _Body(httpx.AsyncByteStream):
    """The body of a response. Closing it before its end closes the connection."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await self._response.content.readany():
            yield chunk

    async def aclose(self) -> None:
        self._response.release()
        await self._response.wait_for_close()


@cache
def _connect_timeout(seconds: float | None) -> aiohttp.ClientTimeout:
    """Bounds the wait for a connection from the pool, and the opening of one."""
    return aiohttp.ClientTimeout(connect=seconds, sock_connect=seconds)


def connection_error(error: Exception, *, cut_short: bool = False) -> APIConnectionError:
    """The error for one of FAILURES. Call it in the task that sent the request.

    `cut_short`: the operation's deadline left too little time, so that a timeout says nothing about Stripe.
    """
    reason = _reason(error)
    if reason is Reason.DNS and not _has_descriptors():
        # The DNS resolver could not open a socket, but reports only that it found no address.
        reason = Reason.DESCRIPTORS_EXHAUSTED
    if cut_short and reason in TIMEOUTS:
        reason = Reason.DEADLINE
    sent = not _was_never_sent(error)
    return APIConnectionError(
        reason,
        connection_lost=sent and reason not in TIMEOUTS,
        may_be_stale=reason is Reason.CONNECTION_RESET and _reused.get(),
        retryable=reason not in _TLS and not _is_refused_by_proxy(error),
        in_doubt=sent,
    )


def _has_descriptors() -> bool:
    try:
        os.close(os.dup(2))
    except OSError:
        return False
    return True


def _reason(source: BaseException) -> Reason:
    if isinstance(source, aiohttp.ClientSSLError | ssl.SSLError):
        return _tls_reason(source)
    for kinds, reason in _REASONS:
        if isinstance(source, kinds):
            return reason
    if isinstance(source, TimeoutError | httpx.TimeoutException):
        return Reason.READ_TIMEOUT if _connected.get() else Reason.CONNECT_TIMEOUT
    number = source.errno if isinstance(source, OSError) else None
    return _ERRNO.get(number or 0, Reason.CONNECTION_FAILED)


def _tls_reason(source: BaseException) -> Reason:
    if isinstance(source, aiohttp.ClientConnectorCertificateError):
        source = source.certificate_error
    if not isinstance(source, ssl.SSLCertVerificationError):
        return Reason.TLS_FAILED
    return _CERTIFICATE.get(source.verify_code, Reason.TLS_UNTRUSTED)


_CERTIFICATE = {
    9: Reason.TLS_EXPIRED,  # not valid yet
    10: Reason.TLS_EXPIRED,
    62: Reason.TLS_HOSTNAME,
    64: Reason.TLS_HOSTNAME,  # of an IP address
}
"""OpenSSL's X509_V_ERR_… codes. All others mean that the certificate chain is not trusted."""

_TLS = (Reason.TLS_EXPIRED, Reason.TLS_HOSTNAME, Reason.TLS_UNTRUSTED, Reason.TLS_FAILED)
_REASONS: tuple[tuple[tuple[type[BaseException], ...], Reason], ...] = (
    ((aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError, httpx.ProxyError), Reason.PROXY),
    ((aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout, httpx.PoolTimeout), Reason.CONNECT_TIMEOUT),
    ((aiohttp.ClientConnectorDNSError,), Reason.DNS),
    (
        (aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError, ConnectionResetError, httpx.ReadError),
        Reason.CONNECTION_RESET,
    ),
    ((aiohttp.ClientResponseError,), Reason.NOT_HTTP),
)
_ERRNO = {
    errno.ECONNREFUSED: Reason.CONNECTION_REFUSED,
    errno.ECONNRESET: Reason.CONNECTION_RESET,
    errno.EPIPE: Reason.CONNECTION_RESET,
    errno.ENETUNREACH: Reason.UNREACHABLE,
    errno.EHOSTUNREACH: Reason.UNREACHABLE,
    errno.ETIMEDOUT: Reason.CONNECT_TIMEOUT,
    errno.EMFILE: Reason.DESCRIPTORS_EXHAUSTED,
    errno.ENFILE: Reason.DESCRIPTORS_EXHAUSTED,
}


def _is_refused_by_proxy(source: BaseException) -> bool:
    # A retry would get the same response, for example 407.
    return isinstance(source, aiohttp.ClientHttpProxyError) and source.status < 500


def _was_never_sent(source: BaseException) -> bool:
    return isinstance(
        source,
        aiohttp.ClientConnectorError
        | aiohttp.ClientHttpProxyError
        | aiohttp.ConnectionTimeoutError
        | httpx.ConnectError
        | httpx.PoolTimeout,
    )
