"""Pages of HTML without a script: their frame, their style and what they may load."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
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
"""Content-Security-Policy of a plain page: its own style and the icon, and no more."""


@dataclass(frozen=True)
class Page:
    """A page and the headers that go with it."""

    html: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """The page as an answer, which browsers ask for anew each time."""
        return HTMLResponse(self.html, headers={"Cache-Control": "no-cache", **self.headers})


def plain_page(title: str, body: str) -> Page:
    """A page around `body`, which is HTML; the title is text."""
    html = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n"
        '<link rel="icon" type="image/svg+xml" href="favicon.svg">\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
    return Page(html, {"Content-Security-Policy": POLICY})


def favicon_route() -> Route:
    """The icon that all pages share."""
    return Route("/favicon.svg", _favicon)


async def _favicon(request: Request) -> Response:
    return Response(_FAVICON, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})
