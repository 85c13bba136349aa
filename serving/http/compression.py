"""The ways of requests to the apps that answer them, and of the answers back: short where most of them go."""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

MINIMUM_SIZE = 1400
"""Bytes of an answer that fits into one packet anyway."""

COMPRESSION_LEVEL = 4


class Shortcut:
    """Takes the requests for one path, which are nearly all, to their app without asking a router."""

    def __init__(self, path: str, app: ASGIApp, others: ASGIApp) -> None:
        self._path = path
        self._app = app
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app if scope["type"] == "http" and scope["path"] == self._path else self._others
        await app(scope, receive, send)


class Packed:
    """Packs answers with gzip for those who take it; the way to all others is free of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._packing = GZipMiddleware(app, minimum_size=MINIMUM_SIZE, compresslevel=COMPRESSION_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._packing if scope["type"] == "http" and _takes_gzip(scope) else self._app
        await app(scope, receive, send)


def _takes_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
