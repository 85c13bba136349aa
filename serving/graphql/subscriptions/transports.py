"""Chooses the transport of a request for the GraphQL path."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from serving.graphql.content_negotiation import prefers_event_stream


class Transports:
    """Passes each request to its transport: WebSocket, an event stream if the client prefers one, or one response."""

    def __init__(self, endpoint: ASGIApp, event_stream: ASGIApp, websocket: ASGIApp) -> None:
        self._endpoint = endpoint
        self._event_stream = event_stream
        self._websocket = websocket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            app = self._websocket
        else:
            app = self._event_stream if _wants_event_stream(scope) else self._endpoint
        await app(scope, receive, send)


def _wants_event_stream(scope: Scope) -> bool:
    if scope["method"] not in ("GET", "POST"):
        return False
    accept = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    return b"event-stream" in accept and prefers_event_stream(accept.decode("latin-1"))
