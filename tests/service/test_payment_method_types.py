"""Every type of payment method through the service: attached, set up by the service, set up on a device, completed.

The table of what happens is that of the sandbox's test, which states what Stripe does.
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from quality.harness.wallets import JENNY
from schema.payment_methods.payment_method_type import KINDS
from stripe_api.form import encode
from tests.sandbox.test_payment_method_types import APPROVED, BACK, CREATABLE, READERS, TABLE, data

ATTACH = """mutation($input: AttachPaymentMethodInput!) {
  attachPaymentMethod(input: $input) { paymentMethod { typeName } errors { __typename path } } }"""
CREATE = """mutation($input: CreateSetupIntentInput!) {
  createSetupIntent(input: $input) {
    setupIntent { id clientSecret status nextAction { type redirectToUrl } } errors { __typename path } } }"""
VERIFY = """mutation($id: ID!) {
  verifyMicrodeposits(input: {setupIntentId: $id, amounts: [32, 45]}) { setupIntent { status } errors { message } } }"""
READ = (
    "query($id: ID!) { setupIntent(id: $id) { status nextAction { type redirectToUrl } paymentMethod { typeName } } }"
)
COMPLETE = """mutation($id: ID!) {
  completeSetupIntent(input: {setupIntentId: $id}) {
    paymentMethod { typeName customer { id } } errors { __typename } } }"""
MANDATE = {"mandate": {"offline": {"acceptedAt": "2026-11-01T12:00:00Z"}}}


@pytest.fixture
async def stripe_js(sandbox):
    """The REST API, as a card form and the customer's device use it."""
    transport = httpx.ASGITransport(app=sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://stripe") as http:
        yield http


async def post(http: httpx.AsyncClient, path: str, params: dict[str, Any], key: str) -> dict[str, Any]:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    response = await http.post(path, content=encode(params), headers=headers, auth=(key, ""))
    body: dict[str, Any] = response.json()
    return body


async def create_method(http: httpx.AsyncClient, type: str) -> str:
    return str((await post(http, "/v1/payment_methods", data(type), "sk_test_x"))["id"])


def test_the_schema_has_each_type_of_the_table():
    assert {*CREATABLE, *READERS.split()} == set(KINDS)


@pytest.mark.parametrize("type", CREATABLE)
async def test_attach(api, stripe_js, type):
    input = {"paymentMethodId": await create_method(stripe_js, type), "customerId": JENNY}
    payload = (await api.data(ATTACH, input=input))["attachPaymentMethod"]
    errors = {"attached": [], "refused": ["NotSaveableError"], "unverified": ["InvalidInputError"]}[TABLE[type][0]]
    assert [error["__typename"] for error in payload["errors"]] == errors
    assert payload["paymentMethod"] == (None if errors else {"typeName": type})


@pytest.mark.parametrize("type", CREATABLE)
async def test_confirmation_by_the_service(api, stripe_js, type):
    method = await create_method(stripe_js, type)
    input = {"customerId": JENNY, "paymentMethodId": method, "paymentMethodTypes": [type], "confirm": True}
    input |= {"returnUrl": BACK["return_url"], **MANDATE}
    payload = (await api.data(CREATE, input=input))["createSetupIntent"]
    if TABLE[type][1] == "refused":
        assert [error["__typename"] for error in payload["errors"]] == ["NotSaveableError"]
    else:
        assert payload["errors"] == []
        assert await setup_outcome(api, stripe_js, payload["setupIntent"]["id"], type) == TABLE[type][1]


@pytest.mark.parametrize("type", CREATABLE)
async def test_confirmation_on_a_device(api, stripe_js, type):
    input = {"customerId": JENNY, "paymentMethodTypes": [type]}
    intent = (await api.data(CREATE, input=input))["createSetupIntent"]["setupIntent"]
    params = {"client_secret": intent["clientSecret"], "payment_method_data": data(type), **BACK}
    await post(stripe_js, f"/v1/setup_intents/{intent['id']}/confirm", params, "pk_test_x")
    if TABLE[type][2] == "refused":
        assert (await api.data(READ, id=intent["id"]))["setupIntent"]["status"] == "REQUIRES_PAYMENT_METHOD"
        completed = (await api.data(COMPLETE, id=intent["id"]))["completeSetupIntent"]
        assert completed == {"paymentMethod": None, "errors": [{"__typename": "InvalidStateError"}]}
    else:
        assert await setup_outcome(api, stripe_js, intent["id"], type) == TABLE[type][2]


async def setup_outcome(api, http, id: str, type: str) -> str:
    """Goes through the setup to its end, completes it, and returns how it went."""
    outcome = await act(api, http, id)
    found = (await api.data(READ, id=id))["setupIntent"]
    assert (found["status"], found["paymentMethod"]["typeName"]) == ("SUCCEEDED", type)
    completed = (await api.data(COMPLETE, id=id))["completeSetupIntent"]
    assert completed["errors"] == []
    assert completed["paymentMethod"]["customer"] == {"id": JENNY}
    saved = completed["paymentMethod"]["typeName"]
    assert saved == ("sepa_debit" if TABLE[type][1] == "generated" else type)
    return "generated" if saved != type else outcome


async def act(api, http, id: str) -> str:
    """The customer's next action, if any."""
    intent = (await api.data(READ, id=id))["setupIntent"]
    if intent["nextAction"] is None:
        return "succeeded"
    action = str(intent["nextAction"]["type"])
    if action == "redirect_to_url":
        await http.post(intent["nextAction"]["redirectToUrl"], content="outcome=complete")
        return "redirected"
    if action in APPROVED.values():
        attempt = (await http.get(f"/v1/setup_intents/{id}", auth=("sk_test_x", ""))).json()["latest_attempt"]
        await http.post(f"/_sandbox/redirects/{attempt}", content="outcome=complete")
        return action
    assert (await api.data(VERIFY, id=id))["verifyMicrodeposits"]["errors"] == []
    return "deposited"
