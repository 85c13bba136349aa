"""The cause of a failed connection, as a value of stripe_api.failures.failure_reasons.Reason."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

import httpx

_KINDS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((httpx.ProxyError,), "proxy"),
    ((httpx.ConnectTimeout, httpx.PoolTimeout), "connect_timeout"),
    ((TimeoutError, httpx.TimeoutException), "read_timeout"),
    ((socket.gaierror,), "dns"),
    ((ConnectionResetError, httpx.ReadError, httpx.WriteError), "connection_reset"),
    ((httpx.RemoteProtocolError,), "not_http"),
)
_ERRNO = {
    errno.ECONNREFUSED: "connection_refused",
    errno.ENETUNREACH: "unreachable",
    errno.EHOSTUNREACH: "unreachable",
    errno.EMFILE: "descriptors_exhausted",
    errno.ENFILE: "descriptors_exhausted",
}

ADVICE = {
    "dns": "its name can't be resolved",
    "tls_expired": "its certificate is outside its validity period: expired, or not valid yet; compare the clocks",
    "tls_hostname": "its certificate is for another host name",
    "tls_untrusted": "its certificate is self-signed, or from an unknown authority (SSL_CERT_FILE)",
    "tls_failed": "the TLS handshake failed; a proxy may not support TLS",
    "connection_refused": "nothing listens on that port, or a firewall rejects the connection",
    "unreachable": "there is no route to it",
    "connection_reset": "the connection was closed",
    "connect_timeout": "no connection in time; a firewall may drop packets",
    "read_timeout": "it did not respond in time",
    "proxy": "check HTTPS_PROXY and the rules of the proxy, or add the host to NO_PROXY",
    "not_http": "the response is not HTTP",
    "descriptors_exhausted": "the process can't open more files",
    "connection_failed": "check name resolution, proxy and firewall",
}
"""Explanations, by cause."""


def connection_cause(error: BaseException) -> str:
    """The cause: a key of ADVICE, from the error and its causes."""
    for one in _chain(error):
        if isinstance(one, ssl.SSLError):
            return _tls_cause(one)
        for kinds, cause in _KINDS:
            if isinstance(one, kinds):
                return cause
        if isinstance(one, OSError) and one.errno in _ERRNO:
            return _ERRNO[one.errno]
    return "connection_failed"


def _tls_cause(error: ssl.SSLError) -> str:
    if not isinstance(error, ssl.SSLCertVerificationError):
        return "tls_failed"
    return _CERTIFICATE.get(error.verify_code, "tls_untrusted")


_CERTIFICATE = {9: "tls_expired", 10: "tls_expired", 62: "tls_hostname", 64: "tls_hostname"}
"""OpenSSL's X509_V_ERR_… codes."""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all its causes, outermost first."""
    pending = [error]
    while pending:
        one = pending.pop()
        yield one
        pending += one.exceptions if isinstance(one, BaseExceptionGroup) else []
        pending += [cause for cause in (one.__cause__ or one.__context__,) if cause is not None]
