"""The documentation as pages: what a browser and another client get, and which links are left."""

from __future__ import annotations

import re
from html import unescape

import httpx
import pytest
from starlette.applications import Starlette

from serving.pages.docs import FOLDER, Docs
from serving.pages.document import POLICY

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
NAMES = sorted(path.name for path in FOLDER.glob("*.md"))


def client(folder=FOLDER) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(Starlette(routes=Docs(folder).routes())), base_url="http://x"
    )


@pytest.fixture
async def pages():
    """All pages as a browser gets them, by name."""
    async with client() as http:
        return {name: await http.get(f"/docs/{name}", headers=BROWSER) for name in NAMES}


@pytest.mark.parametrize(
    "path", ["/docs/", "/docs/other.md", "/docs/..%2fREADME.md", "/docs/decisions", "/docs/../README.md"]
)
async def test_only_the_docs_are_served(api, path):
    assert (await api.http.get(path)).status_code == 404


async def test_a_browser_gets_a_page(pages):
    page = pages["saving.md"]
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"] == POLICY
    assert page.headers["vary"] == "Accept"
    assert "<title>Attaché: Saving payment methods</title>" in page.text
    assert "<h1 id=" in page.text
    assert "\n#" not in re.sub(r"<pre>.*?</pre>", "", page.text, flags=re.DOTALL)


@pytest.mark.parametrize("headers", [{}, {"Accept": "*/*"}, {"Accept": "text/plain"}])
async def test_another_client_gets_the_text(api, headers):
    response = await api.http.get("/docs/saving.md", headers=headers)
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert "Accept" in response.headers["vary"]
    assert response.text == (FOLDER / "saving.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
async def test_each_link_of_a_page_works(pages, name):
    for target in re.findall(r'<a href="([^"]*)"', pages[name].text):
        if target.startswith("https://") or target == "../":
            continue
        file, _, section = unescape(target).partition("#")
        linked = pages[file or name]
        assert linked.status_code == 200, target
        assert not section or f'id="{section}"' in linked.text, target


async def test_tables_are_tables(pages):
    assert "<table>" in pages["settings.md"].text
    assert "<code>STRIPE_SECRET_KEY</code>" in pages["settings.md"].text


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("[the code](../app.py)", "<p>the code</p>"),
        ("[a page](other.md#part) and [code](../x)", '<p><a href="other.md#part">a page</a> and code</p>'),
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
    ],
    ids=["a file of the source", "a page and a file", "HTML", "a script as a link"],
)
async def test_what_a_page_shows(tmp_path, markdown, shown):
    (tmp_path / "other.md").write_text("no heading")
    (tmp_path / "page.md").write_text(f"# Page\n\n{markdown}\n")
    async with client(tmp_path) as http:
        assert shown in (await http.get("/docs/page.md", headers=BROWSER)).text
        assert "<title>Attaché: documentation</title>" in (await http.get("/docs/other.md", headers=BROWSER)).text
