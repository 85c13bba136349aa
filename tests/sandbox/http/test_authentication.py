"""API keys."""

import base64

import pytest

PM = "/v1/payment_methods/pm_1MqM05LkdIwHu7ixlDxxO6Mc"


def basic(user: str, password: str = "") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer sk_test_123",
        "bearer rk_test_123",
        basic("sk_test_123"),
        basic("rk_test_123", "whatever"),
        "Bearer  sk_test_1",
    ],
)
async def test_test_keys_are_accepted(api, authorization):
    assert (await api.get(PM, authorization=authorization)).status == 200


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic", "Basic ???", basic(""), "Digest x"])
async def test_missing_key(api, authorization):
    error = await api.refused(401, "GET", PM, authorization=authorization)
    assert error["message"].startswith("You did not provide an API key.")
    assert (error["type"], "code" in error) == ("invalid_request_error", False)


@pytest.mark.parametrize(
    ("key", "masked"),
    [
        ("sk_live_abcdefghijkl1234", "sk_live_****************1234"),
        ("rk_live_abcdefghijkl1234", "rk_live_****************1234"),
        ("nonsense", "********"),
        ("sk_test_", "sk_test_********"),
        ("sk_test_with spaces", "sk_test_****************aces"),
    ],
)
async def test_invalid_key(api, key, masked):
    error = await api.refused(401, "GET", PM, authorization=f"Bearer {key}")
    assert error == {"type": "invalid_request_error", "message": f"Invalid API Key provided: {masked}"}


async def test_expired_key(api):
    error = await api.refused(401, "GET", PM, authorization="Bearer sk_test_expired_1234")
    assert error["code"] == "api_key_expired"


async def test_key_is_checked_before_the_url(api):
    await api.refused(401, "GET", "/v1/nonesuch", authorization="")


async def test_error_names_the_scheme(api):
    assert (await api.get(PM, authorization="")).headers["www-authenticate"].startswith("Bearer")
