"""Keeps pages of other sites from steering the sandbox through their visitors' browsers."""

from starlette.exceptions import HTTPException
from starlette.requests import Request


def refuse_other_sites(request: Request) -> None:
    """Raises for a request that a page of another site has made the visitor's browser send."""
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2].lower() != request.headers.get("host", "").lower():
        raise HTTPException(403, "The control routes answer to their own origin only.")
