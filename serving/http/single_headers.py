"""Refuses requests that send a header twice which has one value: two readers must not see two requests."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.graphql.endpoint import refusal_response
from serving.graphql.errors import refused

SINGLE = frozenset(
    (b"authorization", b"content-encoding", b"content-length", b"content-type", b"host", b"origin", b"sec-fetch-site")
)


class SingleHeaders:
    """Answers 400 when one of `SINGLE` stands more than once, and passes all other requests on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (name := _repeated(scope["headers"])):
            refusal = refused(f"Send one {name} header.", status=400)
            await refusal_response(refusal, Headers(scope=scope).get("accept"))(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _repeated(headers: list[tuple[bytes, bytes]]) -> str | None:
    names = [name for name, _ in headers if name in SINGLE]
    if len(set(names)) == len(names):
        return None
    return next(name.decode().title() for name in names if names.count(name) > 1)
