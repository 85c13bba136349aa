"""Liveness at /healthz and readiness at /readyz."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


def routes() -> Sequence[Route]:
    """The routes of both endpoints."""
    return [Route("/healthz", _alive), Route("/readyz", _ready)]


async def _alive(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _ready(request: Request) -> Response:
    if request.scope.get("state", {}).get("draining"):
        return JSONResponse({"status": "draining"}, 503)
    return JSONResponse({"status": "ready"})
