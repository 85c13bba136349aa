"""Compression of responses with gzip."""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

MINIMUM_SIZE = 1400
"""Minimum size of a compressed response, in bytes. A smaller one fits into one packet anyway."""

COMPRESSION_LEVEL = 4


class Compression:
    """Compresses the responses to clients that accept gzip. Other requests skip Starlette's middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._gzip = GZipMiddleware(app, minimum_size=MINIMUM_SIZE, compresslevel=COMPRESSION_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._gzip if scope["type"] == "http" and _accepts_gzip(scope) else self._app
        await app(scope, receive, send)


def _accepts_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
