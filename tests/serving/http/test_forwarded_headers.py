import pytest

from quality.harness.clients import Api
from serving.settings.settings import Settings
from tests.support.graphql_http import post


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
