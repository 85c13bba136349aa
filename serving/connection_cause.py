"""Why a request of httpx got no response, in one word."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

import httpx

_KINDS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((httpx.ProxyError,), "proxy"),
    ((TimeoutError, httpx.TimeoutException), "timeout"),
    ((socket.gaierror,), "dns"),
    ((ssl.SSLError,), "tls"),
    ((ConnectionResetError, httpx.ReadError, httpx.WriteError), "reset"),
    ((httpx.RemoteProtocolError,), "protocol"),
)
_ERRNO = {
    errno.ECONNREFUSED: "refused",
    errno.ENETUNREACH: "unreachable",
    errno.EHOSTUNREACH: "unreachable",
    errno.EMFILE: "descriptors",
    errno.ENFILE: "descriptors",
}

ADVICE = {
    "dns": "its name can't be resolved",
    "tls": "its certificate is not trusted, or something between speaks no TLS (SSL_CERT_FILE)",
    "refused": "nothing listens there, or a firewall refuses",
    "unreachable": "there is no route to it",
    "reset": "the connection was closed",
    "timeout": "it did not answer in time; a firewall may drop what is sent",
    "proxy": "look at HTTPS_PROXY and at what the proxy allows, or name the host in NO_PROXY",
    "protocol": "what answers does not speak HTTP",
    "descriptors": "the process may not open more files",
    "connection": "look at name resolution, proxy and firewall",
}
"""What to look at, by the word. stripe_api.transport uses the same words."""


def connection_cause(error: BaseException) -> str:
    """One of the words of ADVICE, from the error and its causes."""
    for one in _chain(error):
        for kinds, word in _KINDS:
            if isinstance(one, kinds):
                return word
        if isinstance(one, OSError) and one.errno in _ERRNO:
            return _ERRNO[one.errno]
    return "connection"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all its causes, the innermost last."""
    pending = [error]
    while pending:
        one = pending.pop()
        yield one
        pending += one.exceptions if isinstance(one, BaseExceptionGroup) else []
        pending += [cause for cause in (one.__cause__ or one.__context__,) if cause is not None]
