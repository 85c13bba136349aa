"""GET /metrics, for clients with the token, and the counts of the server itself."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Mapping
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.settings.settings import Settings
from serving.telemetry.metrics.definitions import ACCEPT_FAILURES, CONNECTIONS_REFUSED, Metric
from serving.telemetry.metrics.metrics import Metrics

CHALLENGE = 'Bearer realm="attache metrics"'


CONNECTIONS = "connections"
"""The key of the server's own counts in the state of the lifespan."""


class ConnectionCounts(Protocol):
    """The server's counts of connections without a request."""

    times_refused: int
    accept_failures: int


class ServerCounts:
    """Collects the counts of the server that runs the app, from the start of its lifespan."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._counts: ConnectionCounts | None = None
        metrics.collect_all(self._read)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            self._counts = scope.get("state", {}).get(CONNECTIONS)
        await self._app(scope, receive, send)

    def _read(self) -> Mapping[Metric, float]:
        if self._counts is None:
            return {CONNECTIONS_REFUSED: 0, ACCEPT_FAILURES: 0}
        return {CONNECTIONS_REFUSED: self._counts.times_refused, ACCEPT_FAILURES: self._counts.accept_failures}


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
