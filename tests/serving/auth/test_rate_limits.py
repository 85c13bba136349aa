import httpx
import pytest
from pydantic import SecretStr

from quality.harness.clients import Api
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA
from serving.auth.rate_limits import RateLimited, RateLimits, address_group
from serving.auth.tokens import Caller, CallerKind
from serving.settings.groups.limits import LIVE_RATES, RATES
from serving.settings.settings import Settings
from tests.support.graphql_http import VIEWER, post, refusal

SECRET = "s" * 40
ENOUGH = "1000/minute"
TEST_KEY = SecretStr("sk_test_x")


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

    async def test_without_a_setting_nothing_is_counted(self, api):
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
            found = [(await api.http.post("/graphql", json=[VIEWER] * entries)).status_code for _ in range(3)]
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
                    codes.append((await http.post("/graphql", json=VIEWER)).status_code)
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
