"""GraphiQL, the wallet page and their files: their headers, and the page when nothing is built."""

from __future__ import annotations

import gzip

import pytest

from quality.harness.clients import Api
from serving.pages.playground import POLICY, WALLET_POLICY, Playground
from serving.settings.settings import Settings

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
INDEX = """<!doctype html><meta name="attache" content="" /><script src="./playground/index-B_-1.js"></script>"""
WALLET = """<!doctype html><meta name="attache" content="" /><script src="./playground/wallet-x.js"></script>"""
SCRIPT = "console.log('attaché');" * 50


@pytest.fixture
def folder(tmp_path):
    assets = tmp_path / "dist" / "playground"
    assets.mkdir(parents=True)
    (tmp_path / "dist" / "index.html").write_text(INDEX)
    (tmp_path / "dist" / "wallet.html").write_text(WALLET)
    (tmp_path / "dist" / "secret.js").write_text("next to the assets")
    for name in ("index-B_-1.js", "json.worker-BAR7-_b.js", "index-x.css", "icon-x.ttf", "notes.txt"):
        (assets / name).write_text(SCRIPT)
    (assets / "index-B_-1.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    return tmp_path


@pytest.fixture
def serve(stripe, monkeypatch, folder):
    """The service with what is built in `folder`."""
    monkeypatch.setattr("app.Playground", lambda settings: Playground(settings, folder))
    return lambda **settings: Api(Settings(**settings), stripe)


class TestPage:
    async def test_browsers_get_it_with_its_policy(self, serve):
        async with serve() as api:
            response = await api.http.get("/graphql", headers=BROWSER)
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert response.headers["content-security-policy"] == POLICY
        assert response.headers["cache-control"] == "no-cache"
        assert response.headers["vary"] == "Accept"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["x-frame-options"] == "DENY"

    def test_its_policy_lets_no_script_in_but_files_of_the_origin(self):
        rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))
        assert rules["default-src"] == "'none'"
        assert rules["script-src"] == rules["worker-src"] == rules["connect-src"] == "'self'"
        assert "http" not in POLICY

    async def test_head_has_no_body(self, serve):
        async with serve() as api:
            response = await api.http.head("/graphql", headers=BROWSER)
        assert response.status_code == 200
        assert response.headers["content-security-policy"] == POLICY

    @pytest.mark.parametrize(
        ("settings", "offers"),
        [
            ({}, "calls introspection sandbox"),
            ({"show_calls": False}, "introspection sandbox"),
            ({"introspection": False}, "calls sandbox"),
            ({"stripe_secret_key": "sk_test_x", "allow_anonymous": True, "playground": True}, "introspection"),
        ],
    )
    async def test_the_page_contains_the_features_of_the_server(self, serve, settings, offers):
        async with serve(**settings) as api:
            response = await api.http.get("/graphql", headers=BROWSER)
        assert f'<meta name="attache" content="{offers}" />' in response.text

    async def test_a_build_shows_without_a_restart(self, serve, folder):
        async with serve() as api:
            (folder / "dist" / "index.html").write_text("built again")
            assert (await api.http.get("/graphql", headers=BROWSER)).text == "built again"

    @pytest.mark.parametrize("path", ["/graphql", "/wallet", "/playground/index-B_-1.js"])
    async def test_without_the_setting_there_is_none(self, serve, path):
        async with serve(playground=False) as api:
            response = await api.http.get(path, headers=BROWSER)
        assert response.status_code in (400, 404)
        assert "html" not in response.headers["content-type"]


class TestWallet:
    async def test_it_is_served_with_its_policy_and_the_features_of_the_server(self, serve):
        async with serve() as api:
            response = await api.http.get("/wallet?setup_intent=seti_1")
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert response.headers["content-security-policy"] == WALLET_POLICY
        assert response.headers["x-frame-options"] == "DENY"
        assert '<meta name="attache" content="calls introspection sandbox" />' in response.text

    def test_its_policy_allows_only_files_of_the_origin(self):
        rules = dict(rule.split(" ", 1) for rule in WALLET_POLICY.split("; "))
        assert {name: rule for name, rule in rules.items() if rule != "'none'"} == {
            **dict.fromkeys(("script-src", "style-src", "connect-src"), "'self'"),
            "img-src": "'self' data:",
        }
        assert {"default-src", "base-uri", "form-action", "frame-ancestors"} <= set(rules)

    async def test_with_a_slash_it_redirects_to_the_page(self, serve):
        async with serve() as api:
            response = await api.http.get("/wallet/?redirect_status=failed")
        assert (response.status_code, response.headers["location"]) == (307, "../wallet?redirect_status=failed")

    async def test_over_stripe_there_is_none(self, serve):
        async with serve(stripe_secret_key="sk_test_x", allow_anonymous=True, playground=True) as api:
            assert (await api.http.get("/graphql", headers=BROWSER)).status_code == 200
            assert (await api.http.get("/wallet", headers=BROWSER)).status_code == 404

    async def test_when_it_is_not_built_the_page_says_so(self, serve, folder):
        (folder / "dist" / "wallet.html").unlink()
        async with serve() as api:
            assert "It has not been built yet" in (await api.http.get("/wallet")).text


class TestAssets:
    async def test_they_are_kept_for_ever(self, serve):
        async with serve() as api:
            response = await api.http.get("/playground/json.worker-BAR7-_b.js")
        assert response.text == SCRIPT
        assert response.headers["content-type"] == "text/javascript; charset=utf-8"
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["x-content-type-options"] == "nosniff"

    @pytest.mark.parametrize(
        ("accepted", "packed"),
        [("gzip, br", True), ("gzip;q=0.5", True), ("gzip;q=0", False), ("br, gzip; q=0.0", False), ("", False)],
    )
    async def test_they_come_packed_to_who_takes_it(self, serve, accepted, packed):
        async with serve() as api:
            response = await api.http.get("/playground/index-B_-1.js", headers={"Accept-Encoding": accepted})
        assert response.text == SCRIPT
        assert (response.headers.get("content-encoding") == "gzip") is packed
        assert response.headers["vary"] == "Accept-Encoding"
        assert response.headers["content-type"] == "text/javascript; charset=utf-8"

    @pytest.mark.parametrize(
        ("name", "media_type"), [("index-x.css", "text/css; charset=utf-8"), ("icon-x.ttf", "font/ttf")]
    )
    async def test_they_say_what_they_are(self, serve, name, media_type):
        async with serve() as api:
            assert (await api.http.get(f"/playground/{name}")).headers["content-type"] == media_type

    async def test_head(self, serve):
        async with serve() as api:
            response = await api.http.head("/playground/index-x.css")
        assert response.status_code == 200
        assert response.text == ""

    async def test_they_are_read_only(self, serve):
        async with serve() as api:
            assert (await api.http.post("/playground/index-x.css")).status_code == 405

    @pytest.mark.parametrize(
        "path",
        [
            "/playground/",
            "/playground/other.js",
            "/playground/notes.txt",
            "/playground/index-B_-1.js.gz",
            "/playground/../secret.js",
            "/playground/..%2fsecret.js",
            "/playground/%2e%2e%2fsecret.js",
            "/playground/..%5csecret.js",
            "/playground/.js",
            "/playground/index-x.css%00.js",
            "/playground//etc/passwd",
        ],
    )
    async def test_nothing_else_is_served(self, serve, path):
        async with serve() as api:
            assert (await api.http.get(path)).status_code == 404


class TestNotBuilt:
    async def test_the_page_says_what_went_wrong_and_what_to_do(self, serve, folder):
        (folder / "dist" / "index.html").unlink()
        (folder / "build-failure.txt").write_text("npm ci ended with 1.\n<script>alert(1)</script>")
        async with serve() as api:
            response = await api.http.get("/graphql", headers=BROWSER)
            assert await api.data("{ viewer { kind } }")
        assert response.status_code == 200
        assert "npm ci ended with 1.\n&lt;script&gt;" in response.text
        assert "<script" not in response.text
        assert "uv sync --reinstall-package attache" in response.text
        assert response.headers["content-security-policy"].startswith("default-src 'none'")

    async def test_it_was_never_built(self, serve, folder):
        (folder / "dist" / "index.html").unlink()
        async with serve() as api:
            assert "It has not been built yet" in (await api.http.get("/graphql", headers=BROWSER)).text


async def test_a_page_is_not_shown_unless_the_settings_say_so(stripe):
    async with Api(Settings(playground=False), stripe) as api:
        response = await api.http.get("/graphql", headers={"Accept": "text/html"})
    assert response.status_code == 406
