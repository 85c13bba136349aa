"""Admission of requests, through the endpoint: tokens and the responses to invalid ones."""

import pytest
from pydantic import SecretStr

from quality.harness.clients import Api
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA
from serving.settings.settings import Settings
from tests.support.graphql_http import post, refusal

SECRET = "s" * 40
CLOSED = Settings(sandbox=True, auth_secret=SecretStr(SECRET), allow_anonymous=False)


class TestTokens:
    @pytest.fixture
    async def closed(self, stripe):
        async with Api(CLOSED, stripe) as api:
            yield api

    async def test_a_good_one_is_let_in(self, closed):
        response = await post(closed, **bearer(CLOSED, customer=AMARA))
        assert response.json() == {"data": {"viewer": {"kind": "CUSTOMER"}}}

    async def test_none_is_challenged(self, closed):
        response = await post(closed)
        assert refusal(response) == (401, "UNAUTHENTICATED")
        assert response.headers["www-authenticate"] == 'Bearer realm="attache"'

    @pytest.mark.parametrize(
        "options",
        [{"lifetime": -600}, {"lifetime": 600, "settings": Settings(sandbox=True, auth_secret=SecretStr("t" * 40))}],
    )
    async def test_an_invalid_token_is_rejected_without_the_reason(self, closed, options):
        settings = options.pop("settings", CLOSED)
        response = await post(closed, **bearer(settings, customer=AMARA, **options))
        assert refusal(response) == (401, "UNAUTHENTICATED")
        assert response.headers["www-authenticate"] == 'Bearer realm="attache", error="invalid_token"'
        assert response.json()["errors"][0]["message"].startswith("The token is not accepted.")

    @pytest.mark.parametrize("token", [None, "nonsense"])
    @pytest.mark.parametrize(
        ("settings", "advice"),
        [
            ({}, "the sandbox's public secret"),
            ({"auth_secret": SecretStr("s" * 40)}, "this server's AUTH_SECRET"),
            (
                {"auth_issuer": "https://login.example/", "auth_audience": "wallet"},
                "AUTH_ISSUER, https://login.example/",
            ),
        ],
    )
    async def test_over_the_sandbox_a_refusal_says_which_secret_signs(self, stripe, settings, advice, token):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with Api(Settings(sandbox=True, allow_anonymous=False, **settings), stripe) as api:
            message = (await post(api, **headers)).json()["errors"][0]["message"]
        assert advice in message
        assert ("uv run server.py token --customer" in message) is ("auth_issuer" not in settings)
        assert "s" * 40 not in message

    async def test_over_stripe_it_says_nothing_more(self, stripe):
        settings = Settings(stripe_secret_key=SecretStr("sk_test_x"), auth_secret=SecretStr("s" * 40))
        async with Api(settings, stripe) as api:
            response = await post(api, Authorization="Bearer nonsense")
        assert response.json()["errors"][0]["message"] == "The token is not accepted."

    async def test_a_token_without_customer_and_service_scope_is_forbidden(self, closed):
        response = await post(closed, **bearer(CLOSED))
        assert refusal(response) == (403, "FORBIDDEN")

    async def test_it_is_asked_for_before_the_body_is_read(self, closed):
        async def endless():
            while True:
                yield b"x" * 1024

        response = await closed.http.post("/graphql", content=endless(), headers={"Content-Type": "application/json"})
        assert response.status_code == 401

    async def test_browsers_get_the_page_without_one(self, stripe):
        settings = CLOSED.model_copy(update={"playground": True})
        async with Api(settings, stripe) as api:
            response = await api.http.get("/graphql", headers={"Accept": "text/html"})
        assert response.status_code == 200

    async def test_liveness_and_readiness_need_none(self, closed):
        for path in ("/healthz", "/readyz"):
            assert (await closed.http.get(path)).status_code == 200
