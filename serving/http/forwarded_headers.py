"""The client's address, scheme and host, as trusted proxies forward them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from serving.http.hosts import HOST


class ForwardedHeaders:
    """Applies X-Forwarded-For, -Proto and -Host headers, only from the proxies of TRUSTED_PROXIES."""

    def __init__(self, app: ASGIApp, proxies: Sequence[str]) -> None:
        other: Any = app
        self._app: Any = ProxyHeadersMiddleware(other, "*" if "*" in proxies else list(proxies))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and _address(scope) in self._app.trusted_hosts:
            scope = {**scope, "headers": list(scope["headers"])}
            headers = MutableHeaders(scope=scope)
            # With several proxies, the first host is the one that the client requested.
            host = headers.get("x-forwarded-host", "").partition(",")[0].strip()
            if HOST.fullmatch(host):
                headers["host"] = host
        await self._app(scope, receive, send)


def _address(scope: Scope) -> str | None:
    client = scope.get("client")
    return client[0] if client else None
