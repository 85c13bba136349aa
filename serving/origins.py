"""Guards against pages of other sites that make a browser send what its user never meant to."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from serving.refusals import refused
from serving.settings import Settings

PREFLIGHTED = ("apollo-require-preflight", "x-apollo-operation-name", "graphql-preflight", "x-requested-with")
"""Headers that a page of another site can't send without asking first."""


def refuse_foreign_pages(request: Request, settings: Settings) -> None:
    """Raises NotExecuted for a request of a page whose origin may not call.

    A page's POST of JSON is asked for first (CORS), but a GET is not: there the browser's own word counts.
    """
    origin = request.headers.get("origin")
    if origin is not None:
        if origin in settings.cors_origins or urlsplit(origin).netloc == request.headers.get("host"):
            return
        raise refused("Pages of this origin may not call (CORS_ORIGINS).", code="FORBIDDEN", status=403)
    foreign = request.headers.get("sec-fetch-site") in ("cross-site", "same-site")
    if foreign and request.method in ("GET", "HEAD") and not any(name in request.headers for name in PREFLIGHTED):
        message = f"A page of another site sends GET with a header such as {PREFLIGHTED[0]}."
        raise refused(message, code="FORBIDDEN", status=403)
