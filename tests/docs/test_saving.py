"""The flows of the page about saving: its documents against the sandbox, which is also the customer's device."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from quality.harness.processes import ROOT
from quality.harness.wallets import AMARA, AMARAS_DEFAULT, JENNY
from tests.docs.documents import document
from tests.support.bank_accounts import intent_to_verify

DECLINED = "pm_card_visa_chargeDeclined"
RETURN_URL = "https://shop.example/wallet"


@pytest.fixture
def device(sandbox):
    """Confirms a SetupIntent as Stripe.js and the mobile SDKs do: with the publishable key and the client secret."""
    http = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=sandbox), base_url="http://stripe", auth=("pk_test_x", "")
    )

    async def confirm(intent: dict[str, Any], method: str) -> dict[str, Any]:
        data = {"client_secret": intent["clientSecret"], "payment_method": method, "return_url": RETURN_URL}
        body: dict[str, Any] = (await http.post(f"/v1/setup_intents/{intent['id']}/confirm", data=data)).json()
        return body

    return confirm


async def run(api, name: str, **variables: Any) -> dict[str, Any]:
    (payload,) = (await api.data(document("saving.md", name), **variables)).values()
    return payload


async def begin(api, customer: str = AMARA) -> dict[str, Any]:
    created = await run(api, "BeginToSave", customerId=customer)
    assert created["errors"] == []
    return created["setupIntent"]


async def complete(api, intent: dict[str, Any]) -> dict[str, Any]:
    """The result of completing it, which is the same when it is completed again."""
    completed = await run(api, "Complete", id=intent["id"])
    assert await run(api, "Complete", id=intent["id"]) == completed
    return completed


async def test_a_device_saves_a_method_that_becomes_the_default(api, device):
    intent = await begin(api)
    (error,) = (await run(api, "Complete", id=intent["id"]))["errors"]
    assert error["__typename"] == "InvalidStateError"
    assert (await run(api, "HowItWent", id=intent["id"]))["status"] == "REQUIRES_PAYMENT_METHOD"
    await device(intent, "pm_card_mastercard")
    completed = await complete(api, intent)
    assert (completed["errors"], completed["paymentMethod"]["isDefault"]) == ([], True)
    went = await run(api, "HowItWent", id=intent["id"])
    assert (went["status"], went["lastSetupError"]) == ("SUCCEEDED", None)
    assert went["paymentMethod"] == completed["paymentMethod"]


async def test_the_same_card_is_saved_once(api, device):
    first, second = await begin(api), await begin(api)
    await device(first, "pm_card_mastercard")
    replaced = (await complete(api, first))["paymentMethod"]["id"]
    await device(second, "pm_card_mastercard")
    completed = await complete(api, second)
    assert (completed["errors"], completed["paymentMethod"]["isDefault"]) == ([], True)
    query = "query($id: ID!) { paymentMethod(id: $id) { customer { id } } }"
    assert await api.data(query, id=replaced) == {"paymentMethod": {"customer": None}}


async def test_another_method_becomes_the_default_later(api, device):
    intent = await begin(api)
    await device(intent, "pm_card_visa")
    await complete(api, intent)
    chosen = await run(api, "MakeDefault", paymentMethodId=AMARAS_DEFAULT, customerId=AMARA)
    assert chosen["errors"] == []
    assert chosen["customer"]["defaultPaymentMethod"]["id"] == AMARAS_DEFAULT


async def test_after_a_decline_the_same_setup_intent_saves_another_method(api, device):
    intent = await begin(api)
    await device(intent, DECLINED)
    went = await run(api, "HowItWent", id=intent["id"])
    assert (went["status"], went["lastSetupError"]["code"]) == ("REQUIRES_PAYMENT_METHOD", "card_declined")
    assert went["lastSetupError"]["paymentMethod"]["displayLabel"]
    await device(intent, "pm_card_visa")
    assert (await run(api, "HowItWent", id=intent["id"]))["status"] == "SUCCEEDED"


def variables_on_the_page() -> dict[str, Any]:
    page = (ROOT / "docs/saving.md").read_text()
    found = re.search(r'```json\n({"input".*?)```', page, re.DOTALL)
    assert found
    variables: dict[str, Any] = json.loads(found.group(1))
    return variables


async def test_a_server_saves_a_method_in_one_request(api):
    saved = await run(api, "SaveOnServer", **variables_on_the_page())
    assert saved["errors"] == []
    assert (saved["setupIntent"]["status"], saved["setupIntent"]["nextAction"]) == ("SUCCEEDED", None)
    assert (await complete(api, saved["setupIntent"]))["errors"] == []


async def test_a_server_sends_the_customer_to_the_bank(api, sandbox):
    input = variables_on_the_page()["input"] | {"customerId": JENNY, "paymentMethodId": "pm_card_threeDSecure2Required"}
    saved = (await run(api, "SaveOnServer", input=input))["setupIntent"]
    assert (saved["status"], saved["nextAction"]["type"]) == ("REQUIRES_ACTION", "redirect_to_url")
    page = saved["nextAction"]["redirectToUrl"]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox)) as browser:
        await browser.post(page, data={"outcome": "complete"})
    assert (await run(api, "HowItWent", id=saved["id"]))["status"] == "SUCCEEDED"


async def test_a_server_gets_a_decline_as_an_error(api):
    (error,) = (await run(api, "SaveOnServer", input=variables_on_the_page()["input"] | {"paymentMethodId": DECLINED}))[
        "errors"
    ]
    assert (error["__typename"], error["declineCode"]) == ("CardDeclinedError", "generic_decline")


async def test_a_server_confirms_a_debit_with_a_mandate(api, sandbox):
    transport = httpx.ASGITransport(app=sandbox)
    rest = httpx.AsyncClient(transport=transport, base_url="http://stripe", auth=("sk_test_x", ""))
    debit = {"type": "sepa_debit", "sepa_debit[iban]": "DE89370400440532013000"}
    method = (await rest.post("/v1/payment_methods", data=debit)).json()["id"]
    agreed = {"ipAddress": "192.0.2.1", "userAgent": "Firefox"}
    confirmed = await run(api, "ConfirmDebit", id=(await begin(api))["id"], paymentMethodId=method, **agreed)
    assert confirmed["errors"] == []
    assert confirmed["setupIntent"]["mandate"]["status"] == "ACTIVE"


async def test_a_bank_account_is_verified_by_the_code_on_the_statement(api, sandbox):
    intent = await intent_to_verify(sandbox, AMARA)
    wrong = await run(api, "Verify", id=intent, code="SM99ZZ")
    assert wrong["errors"][0]["reason"] == "MISMATCH"
    assert await run(api, "Verify", id=intent, code="SM11AA") == {"setupIntent": {"status": "SUCCEEDED"}, "errors": []}
