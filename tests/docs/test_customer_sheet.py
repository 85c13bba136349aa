"""The operations for CustomerSheet on the clients' page, with a customer's token against the sandbox."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import httpx
import pytest

from quality.harness.clients import Api
from quality.harness.processes import ROOT
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA, AMARAS_DEFAULT
from serving.settings.settings import Settings
from tests.docs.documents import document

PAGE = (ROOT / "docs/clients.md").read_text()
ROWS = re.findall(r"^\| `([\w.]+)` \| `([\w.]+)` \| (unchanged|lower case|seconds since 1970) \|$", PAGE, re.MULTILINE)
SUPPORTED = ("card", "us_bank_account", "sepa_debit")


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


async def listed(api) -> list[dict[str, Any]]:
    return (await run(api, "SavedMethods"))["paymentMethods"]["nodes"]


def at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def written(value: Any, how: str) -> Any:
    if value is None or how == "unchanged":
        return value
    if how == "seconds since 1970":
        return int(datetime.fromisoformat(value).timestamp())
    return [one.lower() for one in value] if isinstance(value, list) else value.lower()


async def test_the_table_gives_the_json_that_stripe_sends(api, sandbox):
    rest = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=sandbox), base_url="http://stripe", auth=("sk_test_x", "")
    )
    found = [method for method in await listed(api) if method["typeName"] in SUPPORTED]
    assert {method["typeName"] for method in found} == set(SUPPORTED)
    assert len(ROWS) >= 30
    for method in found:
        sent = (await rest.get(f"/v1/payment_methods/{method['id']}")).json()
        others = set(SUPPORTED) - {method["typeName"]}
        for member, field, how in ROWS:
            if member.partition(".")[0] not in others:
                assert written(at(method, field), how) == at(sent, member), member


async def test_a_method_is_attached_listed_and_removed(api):
    attached = await run(api, "AttachMethod", paymentMethodId="pm_card_visa")
    assert attached["errors"] == []
    assert attached["paymentMethod"] in await listed(api)
    id = attached["paymentMethod"]["id"]
    assert await run(api, "Remove", paymentMethodId=id) == {"detachedPaymentMethodId": id, "errors": []}
    assert attached["paymentMethod"] not in await listed(api)


async def test_the_default_is_not_removed(api):
    (error,) = (await run(api, "Remove", paymentMethodId=AMARAS_DEFAULT))["errors"]
    assert error["__typename"] == "PaymentMethodInUseError"


async def test_a_declined_card_is_an_error_with_a_text_to_show(api):
    (error,) = (await run(api, "AttachMethod", paymentMethodId="pm_card_visa_chargeDeclined"))["errors"]
    assert (error["__typename"], error["message"]) == ("CardDeclinedError", "Your card was declined.")


async def selected(api) -> str | None:
    found = (await run(api, "Selected"))["defaultPaymentMethod"]
    return found and found["id"]


async def test_a_selected_method_becomes_the_default_and_null_clears_it(api):
    id = next(method["id"] for method in await listed(api) if method["id"] != AMARAS_DEFAULT)
    assert (await run(api, "MakeDefault", paymentMethodId=id))["errors"] == []
    assert await selected(api) == id
    cleared = await run(api, "MakeDefault", paymentMethodId=None)
    assert cleared == {"customer": {"id": AMARA, "defaultPaymentMethod": None}, "errors": []}
    assert await selected(api) is None


@pytest.mark.parametrize("option", [{}, *({"paymentMethodId": name} for name in ("apple_pay", "google_pay", "link"))])
async def test_an_omitted_option_and_a_wallet_of_the_device_leave_the_default(api, option):
    assert (await run(api, "MakeDefault", **option))["errors"]
    assert await selected(api) == AMARAS_DEFAULT
