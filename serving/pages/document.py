"""HTML pages without scripts: their template, style and Content-Security-Policy."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

_FOLDER = Path(__file__).parent
STYLE = (_FOLDER / "page.css").read_text(encoding="utf-8")
_FAVICON = (_FOLDER / "favicon.svg").read_bytes()

_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of a plain page: only its style and the icon are allowed."""


def page(html: str, policy: str) -> Response:
    """A page with its Content-Security-Policy. Browsers revalidate it each time."""
    return HTMLResponse(html, headers={"Cache-Control": "no-cache", "Content-Security-Policy": policy})


def plain_page(title: str, body: str, root: str = "") -> Response:
    """A page with `body`, which is HTML. The title is text. `root` is the relative URL of the start page's folder."""
    html = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n"
        f'<link rel="icon" type="image/svg+xml" href="{root}favicon.svg">\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
    return page(html, POLICY)


def favicon_route() -> Route:
    """The route of the icon of all pages."""
    return Route("/favicon.svg", _favicon)


async def _favicon(request: Request) -> Response:
    return Response(_FAVICON, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})
