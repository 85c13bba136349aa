"""The flows of the page about paying: its documents against the sandbox, which is also the customer's device."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA, AMARAS_DEFAULT, JENNY
from tests.docs.documents import document

SAVED = "pm_card_mastercard"
DECLINED = "pm_card_visa_chargeDeclined"
RETURN_URL = "https://shop.example/paid"


class Shop:
    """The shop's server, a customer with a token of its own, and the customer's device with the publishable key."""

    def __init__(self, api: Any, sandbox: Any) -> None:
        self.api = api
        transport = httpx.ASGITransport(app=sandbox)
        self.device = httpx.AsyncClient(transport=transport, base_url="http://stripe", auth=("pk_test_x", ""))
        self.server_token = bearer(api.service.settings, service=True)
        self.customer_token = bearer(api.service.settings, customer=AMARA)

    async def run(self, name: str, headers: dict[str, str] | None = None, **variables: Any) -> Any:
        body = {"query": document("paying.md", name), "variables": variables}
        answer = (await self.api.http.post("/graphql", json=body, headers=headers or self.customer_token)).json()
        assert "errors" not in answer
        (payload,) = answer["data"].values()
        return payload

    async def create(self, key: str = "order 1", **more: Any) -> str:
        given = {"customerId": AMARA, "amount": 1099, "currency": "eur", "key": key, **more}
        created = await self.run("CreatePayment", self.server_token, **given)
        assert created["errors"] == []
        return str(created["paymentIntent"]["id"])

    async def confirm(self, id: str, method: str = SAVED, **more: str) -> dict[str, Any]:
        secret = (await self.run("ReadSecret", id=id))["clientSecret"]
        form = {"client_secret": secret, "payment_method": method, "return_url": RETURN_URL, **more}
        body: dict[str, Any] = (await self.device.post(f"/v1/payment_intents/{id}/confirm", data=form)).json()
        return body

    async def complete(self, id: str) -> dict[str, Any]:
        """The result, which is the same when it is completed again."""
        completed: dict[str, Any] = await self.run("CompletePayment", id=id)
        assert await self.run("CompletePayment", id=id) == completed
        return completed

    async def pay_later(self, method: str, key: str = "renewal 1") -> dict[str, Any]:
        given = {"customerId": AMARA, "paymentMethodId": method, "amount": 500, "currency": "eur", "key": key}
        paid: dict[str, Any] = await self.run("PayOffSession", self.server_token, **given)
        return paid


@pytest.fixture
def shop(api, sandbox):
    return Shop(api, sandbox)


async def test_a_device_pays_and_the_method_is_saved_once(shop):
    completed = []
    for key in ("order 1", "order 2"):
        id = await shop.create(key)
        assert (await shop.run("HowItPaid", id=id))["status"] == "REQUIRES_PAYMENT_METHOD"
        await shop.confirm(id)
        paid = await shop.run("HowItPaid", id=id)
        assert (paid["status"], paid["amountReceived"], paid["lastPaymentError"]) == ("SUCCEEDED", 1099, None)
        payload = await shop.complete(id)
        assert payload["errors"] == []
        assert payload["paymentMethod"] == {**paid["paymentMethod"], "isDefault": True}
        completed.append(payload["paymentMethod"]["id"])
    query = "{ customer { paymentMethods(first: 50) { nodes { id } } } }"
    answer = await shop.api.http.post("/graphql", json={"query": query}, headers=shop.customer_token)
    wallet = [node["id"] for node in answer.json()["data"]["customer"]["paymentMethods"]["nodes"]]
    assert [id in wallet for id in completed] == [False, True]


async def test_a_request_that_is_repeated_creates_no_other_payment(shop):
    assert await shop.create() == await shop.create()


async def test_another_customer_reads_no_secret(shop, api):
    headers = bearer(api.service.settings, customer=JENNY)
    assert await shop.run("ReadSecret", headers, id=await shop.create()) is None


async def test_after_a_decline_the_same_payment_takes_another_method(shop):
    id = await shop.create()
    await shop.confirm(id, DECLINED)
    went = await shop.run("HowItPaid", id=id)
    assert (went["status"], went["lastPaymentError"]["code"]) == ("REQUIRES_PAYMENT_METHOD", "card_declined")
    assert went["lastPaymentError"]["paymentMethod"]["displayLabel"]
    (error,) = (await shop.complete(id))["errors"]
    assert error["__typename"] == "InvalidStateError"
    assert (await shop.confirm(id))["status"] == "succeeded"
    assert (await shop.complete(id))["errors"] == []


async def test_3d_secure_ends_on_the_bank_s_page(shop):
    id = await shop.create()
    url = (await shop.confirm(id, "pm_card_threeDSecure2Required"))["next_action"]["redirect_to_url"]["url"]
    assert (await shop.run("HowItPaid", id=id))["status"] == "REQUIRES_ACTION"
    await shop.device.post(url, data={"outcome": "complete"})
    assert (await shop.run("HowItPaid", id=id))["status"] == "SUCCEEDED"
    assert (await shop.complete(id))["errors"] == []


async def test_a_sheet_lists_the_saved_methods_and_pays_with_one(shop):
    id = await shop.create()
    opened = await shop.run("OpenSheetToPay")
    session = opened["customerSession"]
    assert (opened["errors"], session["customer"]["id"]) == ([], AMARA)
    headers = {"authorization": f"Bearer {session['clientSecret']}"}
    listed = await shop.device.get(f"/v1/customers/{AMARA}/payment_methods?limit=100", headers=headers, auth=None)
    assert AMARAS_DEFAULT in [method["id"] for method in listed.json()["data"]]
    await shop.confirm(id, AMARAS_DEFAULT)
    paid = await shop.run("HowItPaid", id=id)
    assert (paid["status"], paid["paymentMethod"]["id"]) == ("SUCCEEDED", AMARAS_DEFAULT)
    assert (await shop.complete(id))["errors"] == []


async def test_a_debit_is_completed_after_it_was_processed(shop):
    id = await shop.create()
    acceptance = "mandate_data[customer_acceptance]"
    agreed = {f"{acceptance}[type]": "online", f"{acceptance}[online][infer_from_client]": "true"}
    await shop.confirm(id, "pm_sepaDebit_success_de", **agreed)
    assert (await shop.run("HowItPaid", id=id))["status"] == "PROCESSING"
    (error,) = (await shop.complete(id))["errors"]
    assert (error["__typename"], "Don't pay again" in error["message"]) == ("InvalidStateError", True)


async def test_a_saved_method_pays_later_once(shop):
    id = await shop.create()
    await shop.confirm(id)
    method = (await shop.complete(id))["paymentMethod"]["id"]
    paid = await shop.pay_later(method)
    assert (paid["errors"], paid["paymentIntent"]["status"]) == ([], "SUCCEEDED")
    assert await shop.pay_later(method) == paid


async def test_without_the_customer_a_bank_may_require_authentication(shop):
    (error,) = (await shop.pay_later("pm_card_authenticationRequired"))["errors"]
    assert (error["__typename"], error["declineCode"]) == ("CardDeclinedError", "authentication_required")
