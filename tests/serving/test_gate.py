"""What stands before GraphQL, from outside: tokens, rates, origins."""

import asyncio
import json

import httpx
import pytest
from pydantic import SecretStr

from quality.harness.clients import Api
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA
from serving.auth.rate_limits import RateLimited, RateLimits, address_group
from serving.auth.tokens import Caller, CallerKind
from serving.settings.limits import LIVE_RATES, RATES
from serving.settings.settings import Settings

QUERY = {"query": "{ viewer { kind } }"}
SECRET = "s" * 40
CLOSED = Settings(sandbox=True, auth_secret=SecretStr(SECRET), allow_anonymous=False)
ENOUGH = "1000/minute"
TEST_KEY = SecretStr("sk_test_x")


async def post(api, **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return await api.http.post("/graphql", json=QUERY, headers=names)


def refusal(response):
    body = response.json()
    assert "data" not in body
    (error,) = body["errors"]
    return response.status_code, error["extensions"]["code"]


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
    async def test_a_bad_one_is_told_to_be_bad_and_not_why(self, closed, options):
        settings = options.pop("settings", CLOSED)
        response = await post(closed, **bearer(settings, customer=AMARA, **options))
        assert refusal(response) == (401, "UNAUTHENTICATED")
        assert response.headers["www-authenticate"] == 'Bearer realm="attache", error="invalid_token"'
        assert response.json()["errors"][0]["message"].startswith("The token is not accepted.")

    @pytest.mark.parametrize("token", [None, "nonsense"])
    @pytest.mark.parametrize(
        ("settings", "told"),
        [
            ({}, "the sandbox's public secret"),
            ({"auth_secret": SecretStr("s" * 40)}, "this server's AUTH_SECRET"),
            (
                {"auth_issuer": "https://login.example/", "auth_audience": "wallet"},
                "AUTH_ISSUER, https://login.example/",
            ),
        ],
    )
    async def test_over_the_sandbox_a_refusal_says_which_secret_signs(self, stripe, settings, told, token):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with Api(Settings(sandbox=True, allow_anonymous=False, **settings), stripe) as api:
            message = (await post(api, **headers)).json()["errors"][0]["message"]
        assert told in message
        assert ("uv run server.py token --customer" in message) is ("auth_issuer" not in settings)
        assert "s" * 40 not in message

    async def test_over_stripe_it_says_nothing_more(self, stripe):
        settings = Settings(stripe_secret_key=SecretStr("sk_test_x"), auth_secret=SecretStr("s" * 40))
        async with Api(settings, stripe) as api:
            response = await post(api, Authorization="Bearer nonsense")
        assert response.json()["errors"][0]["message"] == "The token is not accepted."

    async def test_one_that_names_nobody_is_forbidden(self, closed):
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


class TestRates:
    async def test_a_caller_s_requests_are_counted(self, stripe):
        settings = Settings(rate_limit_caller="3/minute", rate_limit_address=ENOUGH)
        async with Api(settings, stripe) as api:
            headers = bearer(settings, customer=AMARA)
            for _ in range(3):
                assert (await post(api, **headers)).status_code == 200
            response = await post(api, **headers)
            assert refusal(response) == (429, "RATE_LIMITED")
            assert 1 <= int(response.headers["retry-after"]) <= 60
            assert (await post(api, **bearer(settings, customer="cus_other"))).status_code == 200

    async def test_an_address_s_requests_are_counted_before_tokens_are_looked_at(self, stripe):
        settings = Settings(sandbox=True, rate_limit_address="3/minute", auth_secret=SECRET, allow_anonymous=False)
        async with Api(settings, stripe) as api:
            codes = [(await post(api, Authorization="Bearer nonsense")).status_code for _ in range(5)]
        assert codes == [401, 401, 401, 429, 429]

    async def test_without_a_setting_nobody_counts(self, api):
        codes = {(await post(api)).status_code for _ in range(50)}
        assert codes == {200}

    async def test_several_rates_hold_together(self):
        one, other = (Caller(CallerKind.CUSTOMER, subject, AMARA) for subject in "ab")
        rates = RateLimits(Settings(rate_limit_caller="2/second;3/minute"), None)
        await rates.count_caller(one)
        await rates.count_caller(one)
        with pytest.raises(RateLimited) as caught:
            await rates.count_caller(one)
        assert (caught.value.retry_after, caught.value.setting) == (1, "RATE_LIMIT_CALLER")
        await rates.count_caller(other)

    @pytest.mark.parametrize("setting", ["RATE_LIMIT_CALLER", "RATE_LIMIT_ADDRESS"])
    async def test_the_refusal_names_the_setting_and_the_time(self, stripe, setting):
        async with Api(Settings(**{setting.lower(): "1/minute"}), stripe) as api:
            await post(api)
            response = await post(api)
        (error,) = response.json()["errors"]
        after = int(response.headers["retry-after"])
        assert error["extensions"] == {"code": "RATE_LIMITED", "limit": setting, "retryAfter": after}
        assert f"({setting})" in error["message"]

    async def test_services_are_not_counted_as_callers(self, stripe):
        settings = Settings(rate_limit_caller="1/minute")
        async with Api(settings, stripe) as api:
            codes = {(await post(api, **bearer(settings, service=True))).status_code for _ in range(5)}
        assert codes == {200}

    @pytest.mark.parametrize("setting", ["rate_limit_caller", "rate_limit_address"])
    @pytest.mark.parametrize(("entries", "statuses"), [(2, [200, 200, 429]), (4, [200, 429, 429]), (5, [429] * 3)])
    async def test_a_batch_counts_each_of_its_operations(self, stripe, setting, entries, statuses):
        async with Api(Settings(max_batch=10, **{setting: "4/minute"}), stripe) as api:
            found = [(await api.http.post("/graphql", json=[QUERY] * entries)).status_code for _ in range(3)]
        assert found == statuses

    @pytest.mark.parametrize(
        ("address", "counts_as"),
        [
            ("203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("::1", "::/64"),
            ("fe80::1%eth0", "fe80::/64"),
            ("testclient", "testclient"),
        ],
    )
    def test_an_ipv6_address_counts_as_its_network(self, address, counts_as):
        assert address_group(address) == counts_as

    async def test_all_addresses_of_a_network_share_one_limit(self, stripe):
        settings = Settings(rate_limit_address="2/minute")
        async with Api(settings, stripe) as api:
            codes = []
            for last in range(3):
                transport = httpx.ASGITransport(app=api.app, client=(f"2001:db8::{last}", 1))
                async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
                    codes.append((await http.post("/graphql", json=QUERY)).status_code)
        assert codes == [200, 200, 429]


LIVE = Settings(stripe_secret_key=SecretStr("rk_live_x"), auth_secret=SecretStr("0123456789abcdef0123456789abcdef"))


class TestDefaultsWithALiveKey:
    def test_all_limits_of_callers_are_on(self):
        assert {name: LIVE.rate(name) for name in RATES} == LIVE_RATES
        assert (LIVE.operations_per_caller, LIVE.calls_per_caller) == (20, 5)

    @pytest.mark.parametrize("settings", [Settings(), LIVE.model_copy(update={"stripe_secret_key": TEST_KEY})])
    def test_otherwise_they_are_off(self, settings):
        assert {settings.rate(name) for name in RATES} == {None}
        assert (settings.operations_per_caller, settings.calls_per_caller) == (None, None)

    def test_each_can_be_turned_off(self):
        off = {**dict.fromkeys(RATES, "off"), "max_operations_per_caller": 0, "stripe_max_calls_per_caller": 0}
        settings = LIVE.model_copy(update=off)
        assert {settings.rate(name) for name in RATES} == {None}
        assert (settings.operations_per_caller, settings.calls_per_caller) == (None, None)

    async def test_a_customer_is_counted(self, stripe):
        async with Api(LIVE, stripe) as api:
            headers = bearer(LIVE, customer=AMARA)
            codes = [(await post(api, **headers)).status_code for _ in range(601)]
        assert codes == [200] * 600 + [429]


class SlowBody:
    """A request whose body comes only when it is let go."""

    def __init__(self, api, headers, query=QUERY):
        self._go = asyncio.Event()
        self._body = json.dumps(query).encode()
        self.answer = asyncio.create_task(
            api.http.post("/graphql", content=self._send(), headers={"Content-Type": "application/json", **headers})
        )

    async def _send(self):
        yield self._body[:5]
        await self._go.wait()
        yield self._body[5:]

    async def finish(self):
        self._go.set()
        return await self.answer


class TestOperationsPerCaller:
    SETTINGS = Settings(max_operations_per_caller=3, max_batch=10)

    @pytest.fixture
    async def limited(self, stripe):
        async with Api(self.SETTINGS, stripe) as api:
            yield api

    async def test_slow_bodies_of_one_caller_refuse_nobody_else(self, limited):
        one, other = (bearer(self.SETTINGS, customer=id) for id in (AMARA, "cus_other"))
        slow = [SlowBody(limited, one) for _ in range(3)]
        await asyncio.sleep(0.05)
        refused = await post(limited, **one)
        assert refusal(refused) == (429, "RATE_LIMITED")
        assert refused.headers["retry-after"] == "1"
        assert refused.json()["errors"][0]["extensions"]["limit"] == "MAX_OPERATIONS_PER_CALLER"
        assert (await post(limited, **other)).status_code == 200
        assert [(await body.finish()).status_code for body in slow] == [200] * 3
        assert (await post(limited, **one)).status_code == 200

    async def test_a_service_has_five_times_as_many(self, limited):
        headers = bearer(self.SETTINGS, service=True)
        slow = [SlowBody(limited, headers) for _ in range(15)]
        await asyncio.sleep(0.05)
        assert (await post(limited, **headers)).status_code == 429
        assert {(await body.finish()).status_code for body in slow} == {200}

    @pytest.mark.parametrize(("entries", "status"), [(3, 200), (4, 429)])
    async def test_a_batch_counts_each_of_its_operations(self, limited, entries, status):
        headers = bearer(self.SETTINGS, customer=AMARA)
        for _ in range(2):
            response = await limited.http.post("/graphql", json=[QUERY] * entries, headers=headers)
            assert response.status_code == status

    async def test_requests_that_end_badly_free_their_places(self, limited):
        headers = bearer(self.SETTINGS, customer=AMARA)
        for _ in range(5):
            assert (await limited.http.post("/graphql", json=1, headers=headers)).status_code == 400
            left = SlowBody(limited, headers)
            await asyncio.sleep(0.01)
            left.answer.cancel()
            await asyncio.gather(left.answer, return_exceptions=True)
        assert (await post(limited, **headers)).status_code == 200
        assert not limited.service.admission._running.running

    async def test_slow_bodies_hold_no_place_of_max_operations(self, stripe):
        async with Api(Settings(max_operations=1), stripe) as api:
            slow = [SlowBody(api, {}) for _ in range(20)]
            await asyncio.sleep(0.05)
            assert (await post(api)).status_code == 200
            for body in slow:
                assert (await body.finish()).status_code == 200

    async def test_bodies_that_arrive_in_parts_share_a_bound_of_memory(self, stripe, monkeypatch):
        monkeypatch.setattr("serving.graphql.request_body.MAX_PARTIAL_BYTES", 50)
        async with Api(Settings(), stripe) as api:
            slow = [SlowBody(api, {}) for _ in range(11)]
            await asyncio.sleep(0.05)
            refused = await slow.pop().answer
            assert refusal(refused) == (503, "OVERLOADED")
            assert refused.headers["retry-after"] == "1"
            for body in slow:
                body.answer.cancel()
            await asyncio.gather(*(body.answer for body in slow), return_exceptions=True)
            assert (await SlowBody(api, {}).finish()).status_code == 200

    async def test_without_a_limit_nothing_is_counted(self, api):
        slow = [SlowBody(api, {}) for _ in range(50)]
        assert {(await body.finish()).status_code for body in slow} == {200}


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
]


async def preflight(api, origin, headers):
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": headers}
    return await api.http.options("/graphql", headers=asked)


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
            {"allow_anonymous": False},
            {"allowed_hosts": ("other.example", "Wallet.Example")},
        ],
    )
    async def test_elsewhere_with_tokens_and_where_it_is_named_any_is_served(self, stripe, settings):
        async with Api(Settings(**settings), stripe) as api:
            assert (await api.http.get("/healthz", headers={"Host": "wallet.example"})).status_code == 200

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


class TestProxies:
    """httpx's transport for ASGI calls from 127.0.0.1."""

    @pytest.mark.parametrize(
        ("proxies", "forwarded", "status"),
        [
            ("127.0.0.1", {"X-Forwarded-Host": "shop.example"}, 200),
            ("127.0.0.0/8", {"X-Forwarded-Host": "Shop.Example:443, inner"}, 200),
            ("*", {"X-Forwarded-Host": "shop.example"}, 200),
            ("10.0.0.1, *", {"X-Forwarded-Host": "shop.example"}, 200),
            ("127.0.0.1", {"X-Forwarded-Host": "other.example"}, 403),
            ("127.0.0.1", {"X-Forwarded-Host": "shop.example/x"}, 403),
            ("127.0.0.1", {}, 403),
            ("10.0.0.1", {"X-Forwarded-Host": "shop.example"}, 403),
            ("", {"X-Forwarded-Host": "shop.example"}, 403),
        ],
    )
    async def test_the_host_is_the_one_that_a_trusted_proxy_names(self, stripe, proxies, forwarded, status):
        async with Api(Settings(host="0.0.0.0", trusted_proxies=proxies), stripe) as api:
            assert (await post(api, Origin="https://shop.example", **forwarded)).status_code == status

    async def test_so_are_address_and_scheme(self, stripe):
        settings = Settings(host="0.0.0.0", trusted_proxies="127.0.0.1", rate_limit_address="1/minute")
        forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "shop.example"}
        async with Api(settings, stripe) as api:
            codes = [
                (await post(api, X_Forwarded_For=address)).status_code for address in ("1.2.3.4", "1.2.3.5", "1.2.3.4")
            ]
            page = await api.http.get("/", headers=forwarded)
        assert codes == [200, 200, 429]
        assert "curl https://shop.example/graphql " in page.text


class TestOrigins:
    SHOP = "https://shop.example"
    SETTINGS = Settings(cors_origins=("https://shop.example",))

    @pytest.fixture
    async def open_to_the_shop(self, stripe):
        async with Api(self.SETTINGS, stripe) as api:
            yield api

    async def test_a_page_that_may_call_is_told_so(self, open_to_the_shop):
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
                response = await api.http.get(path, params=QUERY, headers={"Origin": origin})
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
        response = await api.http.get("/graphql", params=QUERY, headers=headers)
        assert refusal(response) == (403, "FORBIDDEN")
        headers["Apollo-Require-Preflight"] = "true"
        assert (await api.http.get("/graphql", params=QUERY, headers=headers)).status_code == 200

    @pytest.mark.parametrize("site", ["same-origin", "none"])
    async def test_a_get_of_one_s_own_is_not(self, api, site):
        response = await api.http.get("/graphql", params=QUERY, headers={"Sec-Fetch-Site": site})
        assert response.status_code == 200


async def test_every_answer_carries_the_security_headers(api):
    for path in ("/graphql", "/healthz", "/nowhere", "/v1/customers"):
        headers = (await api.http.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"


async def test_a_body_that_drips_is_given_up(stripe):
    async def drip():
        for _ in range(100):
            yield b" "
            await asyncio.sleep(0.02)

    async with Api(Settings(body_timeout=0.1), stripe) as api:
        response = await api.http.post("/graphql", content=drip(), headers={"Content-Type": "application/json"})
    assert response.status_code == 408


class TestIntrospection:
    CLOSED = Settings(introspection=False)

    LIVE = Settings(stripe_secret_key=SecretStr("rk_live_x"), auth_secret=SecretStr("0123456789abcdef0123456789abcdef"))

    async def test_with_a_live_key_services_alone_ask_for_the_schema(self, stripe):
        async with Api(self.LIVE, stripe) as api:
            api.http.headers.update(bearer(self.LIVE, customer=AMARA))
            assert "data" not in await api("{ __schema { queryType { name } } }")
            api.http.headers.update(bearer(self.LIVE, service=True))
            answer = await api("{ __schema { queryType { name } } }")
        assert answer == {"data": {"__schema": {"queryType": {"name": "Query"}}}}

    async def test_the_schema_is_not_told(self, stripe):
        async with Api(self.CLOSED, stripe) as api:
            for query in ("{ __schema { queryType { name } } }", '{ __type(name: "Query") { name } }'):
                answer = await api(query)
                assert "data" not in answer
                assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
            assert (await api("{ __typename viewer { __typename } }"))["data"]["__typename"] == "Query"

    @pytest.mark.parametrize(
        ("query", "variables"),
        [
            ("{ viewr { kind } }", {}),
            ('{ node(idd: "x") { id } }', {}),
            ('{ node(id: "x") { ... on PaymentMethd { id } } }', {}),
            ("{ customer { paymentMethods(type: CRD) { nodes { id } } } }", {}),
            ("query($t: PaymentMethodType) { customer { paymentMethods(type: $t) { nodes { id } } } }", {"t": "CRD"}),
            ("mutation { detachPaymentMethod(input: {paymentMethodIdd: 1}) { errors { code } } }", {}),
            (
                "mutation($i: DetachPaymentMethodInput!) { detachPaymentMethod(input: $i) { errors { code } } }",
                {"i": {"paymentMethodIdd": "x"}},
            ),
            ("{ viewer { kind @skp(if: true) } }", {}),
            ("query($i: DetachPaymentMethodInpt!) { viewer { kind } }", {}),
        ],
    )
    async def test_nor_can_it_be_guessed(self, stripe, query, variables):
        async with Api(self.CLOSED, stripe) as api:
            answer = await api(query, **variables)
        assert "Did you mean" not in json.dumps(answer)
        assert "data" not in answer

    async def test_where_it_is_open_mistakes_are_helped(self, api):
        assert "Did you mean" in str(await api("{ viewr { kind } }"))


class TestTimeIsUp:
    async def test_the_operation_s_deadline_ends_everything(self, stripe, monkeypatch):
        async def forever(*_):
            await asyncio.sleep(60)

        monkeypatch.setattr("operation_runner.GRACE_SECONDS", 0.0)
        monkeypatch.setattr("resolvers.access.Access.retrieve_customer", forever)
        async with Api(Settings(operation_deadline=0.05), stripe) as api:
            answer = await api('{ node(id: "cus_1") { id } }')
        assert answer["errors"][0]["extensions"]["code"] == "UPSTREAM_TIMEOUT"
        assert "data" not in answer
        assert "outcome" not in answer["errors"][0]["extensions"]

    async def test_what_was_being_written_may_have_been_done(self, stripe, monkeypatch):
        async def forever(client, request, call, deadline):
            call.tries = 1
            await asyncio.sleep(60)

        monkeypatch.setattr("operation_runner.GRACE_SECONDS", 0.0)
        monkeypatch.setattr("stripe_api.client.StripeClient.send", forever)
        query = 'mutation { detachPaymentMethod(input: {paymentMethodId: "pm_1"}) { errors { code } } }'
        async with Api(Settings(operation_deadline=0.05), stripe) as api:
            answer = await api(query)
        assert answer["errors"][0]["extensions"] == {"code": "UPSTREAM_TIMEOUT", "outcome": "UNKNOWN"}


async def test_a_page_is_not_shown_unless_the_settings_say_so(stripe):
    async with Api(Settings(playground=False), stripe) as api:
        response = await api.http.get("/graphql", headers={"Accept": "text/html"})
    assert response.status_code == 406
