"""What proxies say of the client's request: its address, its scheme and its host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from serving.http.hosts import HOST


class ForwardedHeaders:
    """Takes X-Forwarded-For, -Proto and -Host from the proxies of TRUSTED_PROXIES, and from nobody else."""

    def __init__(self, app: ASGIApp, proxies: Sequence[str]) -> None:
        other: Any = app
        self._app: Any = ProxyHeadersMiddleware(other, "*" if "*" in proxies else list(proxies))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _address(scope) in self._app.trusted_hosts:
            scope = {**scope, "headers": list(scope["headers"])}
            headers = MutableHeaders(scope=scope)
            # Of several proxies the first has seen the client's own request.
            host = headers.get("x-forwarded-host", "").partition(",")[0].strip()
            if HOST.fullmatch(host):
                headers["host"] = host
        await self._app(scope, receive, send)


def _address(scope: Scope) -> str | None:
    client = scope.get("client")
    return client[0] if client else None
