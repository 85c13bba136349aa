"""Development tokens that the sandbox gives out: valid for one wallet, and only if its public secret signs tokens."""

from __future__ import annotations

import pytest

from quality.harness.clients import Api
from quality.harness.wallets import AMARA
from serving.settings.settings import Settings

VIEWER = "{ viewer { kind customer { id } } }"


async def created(api: Api):
    return await api.http.post("/_sandbox/tokens", json={"customer": AMARA})


@pytest.mark.parametrize("settings", [{}, {"allow_anonymous": False}])
async def test_it_is_a_token_of_this_service_for_one_wallet(stripe, settings):
    async with Api(Settings(**settings), stripe) as api:
        token = (await created(api)).json()["token"]
        api.http.headers["Authorization"] = f"Bearer {token}"
        data = await api.data(VIEWER)
    assert data["viewer"] == {"kind": "CUSTOMER", "customer": {"id": AMARA}}


@pytest.mark.parametrize(
    "settings",
    [{"auth_secret": "s" * 40}, {"auth_issuer": "https://login.example/", "auth_audience": "wallet"}],
    ids=["AUTH_SECRET", "AUTH_ISSUER"],
)
async def test_there_is_none_if_another_secret_signs_tokens(stripe, settings):
    async with Api(Settings(sandbox=True, **settings), stripe) as api:
        response = await created(api)
    assert response.status_code == 404
    assert set(response.json()) == {"error"}


async def test_over_stripe_there_is_none(stripe):
    async with Api(Settings(stripe_secret_key="sk_test_x", allow_anonymous=True), stripe) as api:
        assert (await created(api)).status_code == 404
