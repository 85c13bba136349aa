import pytest

from quality.harness.clients import Api
from serving.settings.settings import Settings
from tests.support.graphql_http import post, refusal


class TestHosts:
    """A page whose name is made to point to this machine is of the service's own origin; its Host is not."""

    PATHS = ("/graphql", "/", "/v1/customers", "/_sandbox", "/schema.graphql", "/metrics")

    @pytest.mark.parametrize(
        "host",
        ["evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example", "0.0.0.0", "["],
    )
    async def test_on_loopback_without_tokens_foreign_ones_are_refused(self, api, host):
        for path in self.PATHS:
            response = await api.http.get(path, headers={"Host": host, "X-Forwarded-Host": "localhost"})
            assert refusal(response) == (403, "FORBIDDEN")
        assert (await post(api, Host=host, Origin=f"http://{host}")).status_code == 403
        assert api.stripe.calls == []

    @pytest.mark.parametrize(
        "host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "shop.localhost:1"]
    )
    async def test_this_machine_s_own_are_served(self, api, host):
        assert (await post(api, Host=host)).status_code == 200

    @pytest.mark.parametrize(
        "settings",
        [
            {"host": "0.0.0.0"},
            {"stripe_secret_key": "sk_test_x", "auth_secret": "s" * 40},
            {"allowed_hosts": ("other.example", "Wallet.Example")},
        ],
    )
    async def test_elsewhere_with_tokens_and_where_it_is_named_any_is_served(self, stripe, settings):
        async with Api(Settings(**settings), stripe) as api:
            assert (await api.http.get("/healthz", headers={"Host": "wallet.example"})).status_code == 200

    async def test_the_sandbox_on_loopback_refuses_foreign_ones_even_with_tokens(self, stripe):
        async with Api(Settings(allow_anonymous=False), stripe) as api:
            response = await api.http.post(
                "/_sandbox/tokens",
                json={"customer": "cus_T4qv4Qn42jKZ9G"},
                headers={"Host": "evil.example", "Origin": "http://evil.example"},
            )
        assert refusal(response) == (403, "FORBIDDEN")

    @pytest.mark.parametrize("query", ["", "?query=%7B__typename%7D&x=a%20b"])
    async def test_a_slash_too_many_leads_to_the_same_host(self, stripe, query):
        async with Api(Settings(host="0.0.0.0"), stripe) as api:
            response = await api.http.get(f"/graphql/{query}", headers={"Host": "evil.example"})
        assert (response.status_code, response.headers["location"]) == (307, f"../graphql{query}")

    @pytest.mark.parametrize("path", ["/healthz/", "/schema.graphql/", "/v1", "/playground"])
    async def test_no_redirect_names_a_host(self, stripe, path):
        async with Api(Settings(host="0.0.0.0"), stripe) as api:
            response = await api.http.get(path, headers={"Host": "evil.example"})
        assert response.status_code == 404
