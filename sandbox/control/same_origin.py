"""Prevents other sites from controlling the sandbox through a visitor's browser."""

from starlette.exceptions import HTTPException
from starlette.requests import Request


def check_origin(request: Request) -> None:
    """Raises HTTPException if a page of another site sent the request."""
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2].lower() != request.headers.get("host", "").lower():
        raise HTTPException(403, "The control routes accept requests from their own origin only.")
