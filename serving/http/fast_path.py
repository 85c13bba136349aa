"""Routes the requests for some paths without a router."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send


class FastPath:
    """Passes requests for the paths of `apps`, which are nearly all requests, directly to them, others to `router`."""

    def __init__(self, apps: Mapping[str, ASGIApp], router: ASGIApp) -> None:
        self._apps = apps
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._router if scope["type"] == "lifespan" else self._apps.get(scope["path"], self._router)
        await app(scope, receive, send)
