"""Keeps pages of other sites from steering the sandbox through their visitors' browsers."""

from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request


def refuse_other_sites(request: Request) -> None:
    """Raises for a request that a page of another site has made the visitor's browser send."""
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise HTTPException(403, "The control routes answer to their own origin only.")
