"""Rejects requests that repeat a single-valued header, which a proxy and the service could read differently."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.graphql.errors import rejection
from serving.graphql.responses import rejection_response

SINGLE = frozenset(
    (b"authorization", b"content-encoding", b"content-length", b"content-type", b"host", b"origin", b"sec-fetch-site")
)


class SingleHeaders:
    """Responds with 400 if a header of `SINGLE` is repeated."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and (name := _repeated(scope["headers"])):
            rejected = rejection(f"Send one {name} header.", status=400)
            await rejection_response(rejected, Headers(scope=scope).get("accept"))(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _repeated(headers: list[tuple[bytes, bytes]]) -> str | None:
    names = [name for name, _ in headers if name in SINGLE]
    if len(set(names)) == len(names):
        return None
    return next(name.decode().title() for name in names if names.count(name) > 1)
