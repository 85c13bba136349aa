"""GraphiQL and the wallet page, built when the project is installed (hatch_build.py), or how to build them."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from serving.graphql.responses import redirect_to
from serving.pages.document import page, plain_page
from serving.settings.settings import Settings

FOLDER = Path(__file__).parents[2] / "playground"

POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of GraphiQL. Its editor adds styles to the page; scripts are loaded only from files."""

WALLET_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of the wallet page. Everything is loaded from files of this origin."""

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".ttf": "font/ttf"}
_NAME = re.compile(r"\w[\w.-]*", re.ASCII)
_FEATURES = re.compile(r'(<meta name="attache" content=)""')
_NO_GZIP = re.compile(r"\bgzip\s*;\s*q=0(\.0*)?\s*(,|$)")


class Playground:
    """The pages and the files that they load. They are read for each request, so a new build is served immediately."""

    def __init__(self, settings: Settings, folder: Path = FOLDER) -> None:
        self._features = _features(settings)
        self._folder = folder
        self._has_wallet = settings.uses_sandbox

    def page(self) -> Response:
        """GraphiQL with the features of this server, or a page that says how to build it."""
        return self._built("index.html", POLICY)

    def routes(self) -> list[BaseRoute]:
        """The routes of the wallet page, over the sandbox, and of the files. Pages refer to them by relative URLs."""
        files: list[BaseRoute] = [Route("/playground/{name}", self._asset)]
        wallet = [Route("/wallet", self._wallet), Route("/wallet/", redirect_to("../wallet"))]
        return [*files, *wallet] if self._has_wallet else files

    async def _wallet(self, request: Request) -> Response:
        return self._built("wallet.html", WALLET_POLICY)

    def _built(self, name: str, policy: str) -> Response:
        try:
            html = (self._folder / "dist" / name).read_text(encoding="utf-8")
        except OSError:
            return _not_built(self._folder)
        html = _FEATURES.sub(rf'\1"{self._features}"', html)
        return page(html, policy)

    async def _asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        path = self._folder / "dist" / "playground" / name
        media_type = _TYPES.get(path.suffix)
        if media_type is None or not _NAME.fullmatch(name) or not path.is_file():
            raise HTTPException(404)
        # A changed file has another name, because the name contains a hash of the content.
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
        compressed = path.with_name(f"{name}.gz")
        if compressed.is_file() and _accepts_gzip(request):
            return FileResponse(compressed, headers={**headers, "Content-Encoding": "gzip"}, media_type=media_type)
        return FileResponse(path, headers=headers, media_type=media_type)


def _features(settings: Settings) -> str:
    """The enabled features, by the names that playground/src/server.ts reads."""
    features = {
        "calls": settings.shows_calls,
        "introspection": settings.allows_introspection(service=True),
        "sandbox": settings.uses_sandbox,
    }
    return " ".join(name for name, is_on in features.items() if is_on)


def _accepts_gzip(request: Request) -> bool:
    accepted = request.headers.get("accept-encoding", "").lower()
    return "gzip" in accepted and not _NO_GZIP.search(accepted)


def _not_built(folder: Path) -> Response:
    try:
        failure = (folder / "build-failure.txt").read_text(encoding="utf-8")
    except OSError:
        failure = "It has not been built yet."
    return plain_page(
        "Attaché: the playground is not built",
        "<h1>The playground is not built</h1>\n"
        "<p>This page is built when the service is installed, and the build failed. The API works: send operations to "
        "<code>graphql</code> by POST.</p>\n"
        f"<h2>What went wrong</h2>\n<pre>{escape(failure.strip())}</pre>\n"
        "<h2>To build it</h2>\n<pre>uv sync --reinstall-package attache</pre>\n"
        "<p>This downloads packages from npm's registry, and Node.js if needed. Then reload this page.</p>",
    )
