"""Shows the documentation as pages: Markdown for programs, HTML for browsers."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from serving.pages.document import plain_page

if TYPE_CHECKING:
    from markdown_it.token import Token

FOLDER = Path(__file__).parents[2] / "docs"

_NO_WORD = re.compile(r"[^\w\- ]")
_BACK = '<nav><p><a href="../">Attaché</a></p></nav>\n'


class Docs:
    """The pages of all Markdown files in a folder, by file name."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {path.name: path for path in sorted(folder.glob("*.md"))}

    @property
    def names(self) -> Collection[str]:
        """The file names, for example saving.md."""
        return self._files.keys()

    def routes(self) -> list[BaseRoute]:
        """The route of the pages."""
        return [Route("/docs/{name}", self._page)]

    async def _page(self, request: Request) -> Response:
        path = self._files.get(request.path_params["name"])
        if path is None:
            raise HTTPException(404)
        markdown = path.read_text(encoding="utf-8")
        page = self._html(markdown) if _prefers_html(request.headers) else PlainTextResponse(markdown)
        page.headers["Vary"] = "Accept"
        return page

    def _html(self, markdown: str) -> Response:
        # Loaded here because only readers of the documentation need it.
        from markdown_it import MarkdownIt

        parser = MarkdownIt("commonmark", {"html": False}).enable("table")
        tokens = parser.parse(markdown)
        title = _name_headings(tokens)
        for token in tokens:
            token.children = self._without_dead_links(token.children or [])
        body = parser.renderer.render(tokens, parser.options, {})
        return plain_page(f"Attaché: {title}", f"{_BACK}<article>\n{body}</article>", root="../")

    def _without_dead_links(self, tokens: list[Token]) -> list[Token]:
        """The tokens without the links to files of the source tree, which the service does not serve."""
        kept, dead = [], False
        for token in tokens:
            if token.type == "link_open":
                dead = not self._is_served(str(token.attrs["href"]))
            if not (dead and token.type in ("link_open", "link_close")):
                kept.append(token)
        return kept

    def _is_served(self, href: str) -> bool:
        return href.startswith(("#", "https://")) or href.partition("#")[0] in self._files


def _prefers_html(headers: Headers) -> bool:
    """Whether the client is a browser. Other clients do not name HTML."""
    return "text/html" in headers.get("accept", "")


def _name_headings(tokens: list[Token]) -> str:
    """Gives each heading the id that links use, as GitHub does. Returns the first heading's text."""
    titles = []
    for heading, content in pairwise(tokens):
        if heading.type == "heading_open":
            titles.append("".join(child.content for child in content.children or ()))
            heading.attrSet("id", _NO_WORD.sub("", titles[-1].lower()).replace(" ", "-"))
    return titles[0] if titles else "documentation"
