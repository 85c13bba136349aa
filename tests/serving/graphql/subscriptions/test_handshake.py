"""The handshake of a WebSocket has the rules of all requests."""

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.support.served import serving

VIEWER = "{ viewer { kind } }"


async def status_of(served, **options):
    """The HTTP status of a handshake that is rejected."""
    with pytest.raises(InvalidStatus) as caught:
        async with served.socket(**options):
            pass
    return caught.value.response.status_code


async def test_a_page_of_another_origin_cant_connect(served):
    assert await status_of(served, origin="https://evil.example") == 403
    assert await status_of(served, additional_headers={"Sec-Fetch-Site": "cross-site"}) == 403


async def test_a_page_of_this_service_or_of_an_allowed_origin_connects(settings, stripe, jenny):
    async with serving(settings.model_copy(update={"cors_origins": ("https://shop.example",)}), stripe) as served:
        for origin in (served.base, "https://shop.example"):
            async with served.socket(payload=jenny, origin=origin):
                pass


async def test_a_host_that_rebinding_could_use_is_rejected_without_tokens(default_settings, stripe):
    async with serving(default_settings, stripe) as served:
        async with served.socket():
            pass
        assert await status_of(served, host="evil.example") == 403


async def test_repeated_single_headers_are_rejected(served):
    headers = [("Authorization", "Bearer a"), ("Authorization", "Bearer b")]
    assert await status_of(served, additional_headers=headers) == 400


async def test_the_rate_limit_of_an_address_counts_handshakes(settings, stripe, jenny):
    async with serving(settings.model_copy(update={"rate_limit_address": "1/hour"}), stripe) as served:
        async with served.socket(payload=jenny):
            pass
        assert await status_of(served) == 429


async def test_other_paths_and_methods_do_not_upgrade(served):
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    async with httpx.AsyncClient(base_url=served.base) as http:
        assert (await http.get("/readyz", headers=upgrade)).status_code == 200
        response = await http.post("/graphql", json={"query": VIEWER}, headers=upgrade)
        assert response.status_code == 401
