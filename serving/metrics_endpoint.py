"""GET /metrics: what Prometheus reads, for whoever knows the token."""

from __future__ import annotations

import asyncio
import hmac

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from serving.metrics import Metrics
from serving.settings import Settings

CHALLENGE = 'Bearer realm="attache metrics"'


class MetricsEndpoint:
    """The endpoint as an ASGI app."""

    def __init__(self, metrics: Metrics, settings: Settings) -> None:
        self._metrics = metrics
        token = settings.metrics_token
        self._expected = f"Bearer {token.get_secret_value()}".encode() if token is not None else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._respond(Request(scope, receive))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return Response(status_code=405, headers={"Allow": "GET, HEAD"})
        if self._expected is not None:
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(given, self._expected):
                return Response(status_code=401, headers={"WWW-Authenticate": CHALLENGE})
        self._metrics.refresh()
        accept = request.headers.get("accept", "")
        body, media_type = await asyncio.to_thread(self._metrics.expose, accept)
        return Response(body, headers={"Content-Type": media_type, "Cache-Control": "no-store"})
