"""The operations of the clients' page for an app's own wallet screen, with a customer's token against the sandbox."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from quality.harness.clients import Api
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA, AMARAS_DEFAULT
from serving.settings.settings import Settings
from tests.docs.documents import document
from tests.support.served import serving

STAYS = {"moveSubscriptions": "NONE"}


@pytest.fixture
async def api(stripe):
    """The service, called with Amara's token."""
    async with Api(Settings(read_cache_seconds=0, allow_anonymous=False), stripe) as api:
        api.http.headers.update(bearer(api.service.settings, customer=AMARA))
        yield api


async def run(api, name: str, **variables: Any) -> dict[str, Any]:
    """The payload of an operation."""
    body = {"query": document("clients.md", name), "operationName": name, "variables": variables}
    answer = (await api.http.post("/graphql", json=body)).json()
    assert "errors" not in answer, answer
    (payload,) = answer["data"].values()
    return payload


def ids(wallet: dict[str, Any]) -> list[str]:
    return [method["id"] for method in wallet["paymentMethods"]["nodes"]]


@pytest.fixture
async def other(api) -> str:
    """A method that is not the default."""
    wallet = await run(api, "WalletScreen")
    assert wallet["defaultPaymentMethod"]["id"] == AMARAS_DEFAULT
    return next(id for id in ids(wallet) if id != AMARAS_DEFAULT)


async def test_a_mutation_returns_the_wallet_that_a_read_returns(api, other):
    changed = await run(api, "SetDefault", paymentMethodId=other, key="1", **STAYS)
    assert (changed["errors"], changed["customer"]["defaultPaymentMethod"]["id"]) == ([], other)
    assert changed["customer"] == await run(api, "WalletScreen")


async def test_a_method_in_use_is_removed_after_another_takes_over(api, other):
    (error,) = (await run(api, "RemoveMethod", paymentMethodId=AMARAS_DEFAULT, unlessInUse=True, key="1"))["errors"]
    assert (error["__typename"], error["isDefault"]) == ("PaymentMethodInUseError", True)
    taken = await run(api, "SetDefault", paymentMethodId=other, moveSubscriptions="REPLACED", key="2")
    assert taken["errors"] == []
    removed = await run(api, "RemoveMethod", paymentMethodId=AMARAS_DEFAULT, unlessInUse=True, key="3")
    assert removed["errors"] == []
    assert AMARAS_DEFAULT not in ids(removed["customer"])
    assert removed["customer"] == await run(api, "WalletScreen")


async def test_a_method_that_was_removed_elsewhere_is_an_error_with_a_type(api, other):
    for key in "12":
        removed = await run(api, "RemoveMethod", paymentMethodId=other, unlessInUse=False, key=key)
    assert removed["errors"][0]["__typename"] in {"NotFoundError", "NotAttachedError"}
    assert (await run(api, "SetDefault", paymentMethodId=other, key="3", **STAYS))["errors"]


async def test_a_saved_method_is_in_the_wallet_of_the_response(api, sandbox):
    begin = "mutation { createSetupIntent(input: {}) { setupIntent { id clientSecret } } }"
    intent = (await api.data(begin))["createSetupIntent"]["setupIntent"]
    given = {"setupIntentId": intent["id"], "setAsDefault": True, "key": "1"}
    (error,) = (await run(api, "CompleteSaving", **given))["errors"]
    assert error["__typename"] == "InvalidStateError"
    transport = httpx.ASGITransport(app=sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://stripe", auth=("pk_test_x", "")) as device:
        form = {"client_secret": intent["clientSecret"], "payment_method": "pm_card_mastercard"}
        await device.post(f"/v1/setup_intents/{intent['id']}/confirm", data=form)
    completed = await run(api, "CompleteSaving", **{**given, "key": "2"})
    assert completed["errors"] == []
    assert completed["customer"]["defaultPaymentMethod"]["id"] == completed["paymentMethod"]["id"]
    assert completed["customer"] == await run(api, "WalletScreen")


async def test_a_change_has_the_wallet_that_a_read_returns(default_settings, stripe):
    settings = default_settings.model_copy(update={"allow_anonymous": False})
    text, headers = document("clients.md", "WalletScreen"), bearer(settings, customer=AMARA)
    async with serving(settings, stripe) as served:
        async with served.stream(text, headers=headers, operationName="WatchWallet") as stream:
            await served.publish(AMARA)
            change = (await stream.result())["data"]["walletChanged"]
        body = {"query": text, "operationName": "WalletScreen"}
        read = (await served.http.post("/graphql", json=body, headers=headers)).json()
    assert change["customer"] == read["data"]["customer"]
    assert AMARAS_DEFAULT in ids(change["customer"])
