"""Routes the requests for one path without a router."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class FastPath:
    """Passes requests for `path`, which are nearly all requests, directly to `app`, and all others to `router`."""

    def __init__(self, path: str, app: ASGIApp, router: ASGIApp) -> None:
        self._path = path
        self._app = app
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app if scope["type"] == "http" and scope["path"] == self._path else self._router
        await app(scope, receive, send)
