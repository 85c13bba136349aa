import pytest

from quality.harness.clients import Api
from serving.settings.settings import Settings
from tests.support.graphql_http import VIEWER, post, refusal

NO_ORIGINS = ["http://[", "http://[::1", "null", "", "http://a:port", "http://a:99999", "://", "\u00e9".encode()]
HEADERS = [
    *("authorization", "traceparent", "tracestate", "baggage", "sentry-trace", "apollographql-client-name"),
    *("apollographql-client-version", "x-apollo-operation-id", "x-apollo-operation-name", "apollo-require-preflight"),
    *("b3", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags", "uber-trace-id"),
    *("x-request-id", "x-correlation-id", "request-id", "request-context", "x-cloud-trace-context", "x-amzn-trace-id"),
    *("x-datadog-trace-id", "x-datadog-parent-id", "x-datadog-origin", "x-datadog-sampling-priority"),
    *("x-datadog-sampled", "x-datadog-tags", "newrelic", "elastic-apm-traceparent"),
    *("x-instana-t", "x-instana-s", "x-instana-l"),
    *("graphql-client-name", "graphql-client-version", "x-requested-with", "x-datadog-trace-id", "x-request-id"),
    *("cache-control", "last-event-id"),
]


async def preflight(api, origin, headers):
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": headers}
    return await api.http.options("/graphql", headers=asked)


class TestOrigins:
    SHOP = "https://shop.example"
    SETTINGS = Settings(cors_origins=("https://shop.example",))

    @pytest.fixture
    async def open_to_the_shop(self, stripe):
        async with Api(self.SETTINGS, stripe) as api:
            yield api

    async def test_an_allowed_page_gets_cors_headers(self, open_to_the_shop):
        response = await post(open_to_the_shop, Origin=self.SHOP)
        assert response.status_code == 200
        assert response.headers["access-control-allow-origin"] == self.SHOP

    async def test_its_browser_may_ask_first(self, open_to_the_shop):
        headers = {
            "Origin": self.SHOP,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,authorization",
        }
        response = await open_to_the_shop.http.options("/graphql", headers=headers)
        assert response.status_code == 200
        assert response.headers["access-control-allow-origin"] == self.SHOP
        assert "access-control-allow-credentials" not in response.headers

    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "null", "https://shop.example.evil.example", "http://shop.example"]
    )
    async def test_any_other_page_is_refused(self, open_to_the_shop, origin):
        response = await post(open_to_the_shop, Origin=origin)
        assert refusal(response) == (403, "FORBIDDEN")
        assert "access-control-allow-origin" not in response.headers
        assert open_to_the_shop.stripe.calls == []

    @pytest.mark.parametrize(
        ("configured", "sent"),
        [
            ("https://shop.example", "https://shop.example"),
            ("HTTPS://Shop.Example", "https://shop.example"),
            ("https://shop.example:443", "https://shop.example"),
            ("HTTP://Shop.Example:80", "http://shop.example"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("https://b\u00fccher.example", "https://xn--bcher-kva.example"),
            ("http://[0:0::1]:3000", "http://[::1]:3000"),
            ("capacitor://localhost", "capacitor://localhost"),
            ("ionic://localhost", "ionic://localhost"),
            ("Capacitor://LocalHost", "capacitor://localhost"),
        ],
    )
    async def test_every_origin_that_is_configured_matches(self, stripe, configured, sent):
        async with Api(Settings(cors_origins=(configured,)), stripe) as api:
            response = await post(api, Origin=sent)
            assert response.status_code == 200
            assert response.headers["access-control-allow-origin"] == sent
            asked = await preflight(api, sent, "content-type")
            assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, sent)

    @pytest.mark.parametrize("origin", NO_ORIGINS)
    @pytest.mark.parametrize("path", ["/graphql", "/schema.graphql", "/schema.json"])
    async def test_what_is_no_origin_is_refused(self, stripe, origin, path):
        for settings in (Settings(), Settings(cors_origins=("https://shop.example",))):
            async with Api(settings, stripe) as api:
                response = await api.http.get(path, params=VIEWER, headers={"Origin": origin})
            assert response.status_code == 403

    @pytest.mark.parametrize("origin", [*NO_ORIGINS, "https://evil.example"])
    async def test_the_sandbox_s_controls_refuse_them_too(self, api, origin):
        assert (await api.http.post("/_sandbox/reset", headers={"Origin": origin})).status_code == 403

    @pytest.mark.parametrize("header", HEADERS)
    async def test_headers_of_common_clients_and_tracers_may_be_sent(self, open_to_the_shop, header):
        assert (await preflight(open_to_the_shop, self.SHOP, f"content-type,{header}")).status_code == 200

    async def test_more_headers_are_a_setting(self, stripe):
        for settings, status in (
            (self.SETTINGS, 400),
            (Settings(cors_origins=(self.SHOP,), cors_headers="X-Mine"), 200),
        ):
            async with Api(settings, stripe) as api:
                assert (await preflight(api, self.SHOP, "x-mine")).status_code == status

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://[", "http://shop.example"])
    async def test_the_preflight_of_another_page_is_refused(self, open_to_the_shop, origin):
        response = await preflight(open_to_the_shop, origin, "content-type")
        assert response.status_code == 400
        assert "access-control-allow-origin" not in response.headers

    @pytest.mark.parametrize("origin", ["http://localhost", "https://localhost", "http://LOCALHOST:80"])
    async def test_the_service_s_own_pages_may_call(self, api, origin):
        assert (await post(api, Origin=origin)).status_code == 200

    @pytest.mark.parametrize("host", ["evil.example", "[", "", "localhost:3000"])
    async def test_pages_of_other_hosts_are_not_its_own(self, stripe, host):
        async with Api(Settings(host="0.0.0.0"), stripe) as api:
            assert (await post(api, Origin="http://localhost", Host=host)).status_code == 403

    async def test_without_the_setting_no_other_page_may(self, api):
        assert (await post(api, Origin=self.SHOP)).status_code == 403

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    async def test_a_get_that_a_foreign_page_makes_silently_is_refused(self, api, site):
        headers = {"Sec-Fetch-Site": site}
        response = await api.http.get("/graphql", params=VIEWER, headers=headers)
        assert refusal(response) == (403, "FORBIDDEN")
        headers["Apollo-Require-Preflight"] = "true"
        assert (await api.http.get("/graphql", params=VIEWER, headers=headers)).status_code == 200

    @pytest.mark.parametrize("site", ["same-origin", "none"])
    async def test_a_get_of_one_s_own_is_not(self, api, site):
        response = await api.http.get("/graphql", params=VIEWER, headers={"Sec-Fetch-Site": site})
        assert response.status_code == 200
