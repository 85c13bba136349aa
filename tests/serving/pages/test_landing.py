"""The sandbox's start page: what it tells, where it leads, and that nothing in it is taken for HTML."""

from __future__ import annotations

import re
import shlex
from html import unescape

import httpx
import pytest
from starlette.applications import Starlette

from quality.harness.clients import Api
from sandbox.catalog import card_groups, object_groups
from serving.pages.docs import Docs
from serving.pages.document import POLICY, STYLE, plain_page
from serving.pages.landing import Landing
from serving.settings.settings import Settings

STRIPE = {"stripe_secret_key": "sk_test_x", "allow_anonymous": True}
SCHEMA = ("schema.graphql", "schema.json", "possible-types.json")
HOSTILE = "<script>alert('&\"')</script>"


@pytest.fixture
async def page(api):
    return await api.http.get("/")


def targets(page: httpx.Response) -> list[str]:
    return re.findall(r'<a href="([^"]*)"', page.text)


async def test_it_is_a_page_without_scripts(page):
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"] == POLICY
    assert page.headers["x-frame-options"] == "DENY"
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "://" not in STYLE


async def test_head(api):
    response = await api.http.head("/")
    assert response.status_code == 200
    assert response.text == ""


async def test_its_links_are_relative_and_lead_somewhere(api, page):
    assert {"graphql", "wallet", *SCHEMA, "docs/saving.md", "docs/sandbox.md"} <= set(targets(page))
    for target in [*targets(page), "favicon.svg"]:
        assert not target.startswith("/")
        response = await api.http.get(f"/{target}", headers={"Accept": "text/html,*/*;q=0.8"})
        assert response.status_code == 200, target


async def test_it_names_every_seeded_object_and_every_test_card(page):
    for group in [*object_groups(), *card_groups()]:
        for id, *_ in group.entries:
            assert f"<code>{id}</code>" in page.text


@pytest.mark.parametrize("host", ["localhost:9000", "wallet.example", "[::1]:8123"])
async def test_its_commands_have_the_address_that_the_browser_used(stripe, host):
    async with Api(Settings(host="0.0.0.0"), stripe) as api:
        page = await api.http.get("/", headers={"Host": host})
    assert f"curl http://{host}/graphql " in page.text
    assert f"curl -X POST http://{host}/_sandbox/reset" in page.text


@pytest.mark.parametrize("host", ["x$(reboot)", "a b", "<b>", "x;reboot", "[::1", "", "x:123456"])
async def test_a_host_that_is_none_is_not_repeated(stripe, host):
    async with Api(Settings(host="0.0.0.0"), stripe) as api:
        page = await api.http.get("/", headers={"Host": host})
    assert "reboot" not in page.text
    assert "curl http://127.0.0.1:8000/graphql " in page.text


async def test_its_commands_run(api, page):
    commands = [line for block in re.findall(r"<pre>(.*?)</pre>", page.text, re.DOTALL) for line in block.split("\n")]
    curls = [shlex.split(unescape(line)) for line in commands if line.startswith("curl")]
    assert len(curls) == 4
    for _, *options in curls:
        response = await api.http.request(**_request(options))
        assert response.status_code == 200, options
        assert "errors" not in response.json()


def _request(options: list[str]) -> dict[str, object]:
    """The request that curl would send."""
    url = next(option for option in options if option.startswith("http"))
    values = {name: options[options.index(name) + 1] for name in ("-d", "-H", "-u", "-X") if name in options}
    form = {"Content-Type": "application/x-www-form-urlencoded"} if "-d" in values else {}
    given = dict([values["-H"].split(": ")]) if "-H" in values else {}
    user = tuple(values["-u"].split(":")) if "-u" in values else None
    method = values.get("-X", "POST" if "-d" in values else "GET")
    return {"method": method, "url": url, "headers": {**form, **given}, "content": values.get("-d"), "auth": user}


async def test_what_is_switched_off_is_not_linked(stripe):
    async with Api(Settings(playground=False, introspection=False), stripe) as api:
        page = await api.http.get("/")
    assert not {"graphql", "wallet", *SCHEMA} & set(targets(page))


async def test_it_says_who_may_call(stripe, page):
    assert "Without a token you can access all wallets" in page.text
    async with Api(Settings(allow_anonymous=False), stripe) as api:
        assert "Callers need a token" in (await api.http.get("/")).text


@pytest.mark.parametrize(
    ("settings", "advice"),
    [
        ({}, "the sandbox&#x27;s public secret"),
        ({"sandbox": True, "auth_secret": "s" * 40}, "this server&#x27;s AUTH_SECRET"),
        (
            {"sandbox": True, "auth_issuer": "https://login.example/", "auth_audience": "wallet"},
            "signed by AUTH_ISSUER, https://login.example/",
        ),
    ],
)
async def test_it_says_which_secret_signs_tokens(stripe, settings, advice):
    async with Api(Settings(**settings), stripe) as api:
        page = (await api.http.get("/")).text
    assert advice in page
    assert "s" * 40 not in page
    assert ("server.py token" in page) is ("auth_issuer" not in settings)


async def test_everything_is_escaped(tmp_path):
    groups = [(HOSTILE, [(HOSTILE, HOSTILE, HOSTILE)])]
    (tmp_path / f"{HOSTILE.replace('/', '')}.md").write_text("x")
    app = Starlette(routes=Landing(Settings(), lambda: groups, lambda: groups, Docs(tmp_path)).routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as http:
        page = await http.get("/")
    assert page.text.count("&lt;script&gt;") >= 9
    assert "<script" not in page.text
    assert HOSTILE not in plain_page(HOSTILE, "").body.decode()


@pytest.mark.parametrize("path", ["/", "/docs/saving.md", "/favicon.svg"])
async def test_over_stripe_there_is_none(stripe, path):
    async with Api(Settings(**STRIPE), stripe) as api:
        assert (await api.http.get(path)).status_code == 404


async def test_the_icon(api):
    response = await api.http.get("/favicon.svg")
    assert response.headers["content-type"] == "image/svg+xml"
    assert len(response.content) < 1000
