"""How many requests are let in at once; the rest is told to come back, before anything of theirs is read."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.graphql_http import refusal_response
from serving.refusals import refused

OVERLOADED = "OVERLOADED"
RETRY_AFTER = 1


class Door:
    """Counts the requests inside an app, and refuses what is beyond `limit` with 503. None lets everyone in."""

    def __init__(self, app: ASGIApp, *, limit: int | None) -> None:
        self._app = app
        self._limit = limit
        self.inside = 0
        self.refused = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._limit is not None and self.inside >= self._limit:
            self.refused += 1
            await _busy(scope)(scope, receive, send)
            return
        self.inside += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self.inside -= 1


def _busy(scope: Scope) -> ASGIApp:
    refusal = refused(
        "Too many operations are under way (MAX_OPERATIONS). Try again in a second.",
        code=OVERLOADED,
        status=503,
        headers={"Retry-After": str(RETRY_AFTER)},
        retryAfter=RETRY_AFTER,
    )
    return refusal_response(refusal, Headers(scope=scope).get("accept"))
