"""How many coroutines a plan creates: one for each field that may need a REST call, none for what was received."""

from __future__ import annotations

import httpx
import pytest

from execution.plans import plan
from quality.harness import builders
from quality.harness.clients import Api
from serving.settings.settings import Settings

pytestmark = pytest.mark.anyio

CUSTOMER = "cus_1"
DEFAULT = "pm_1"
METHODS = [builders.payment_method(f"pm_{number}", customer=CUSTOMER) for number in range(100)]


def respond(request):
    if request.url.path.endswith("/payment_methods"):
        return httpx.Response(200, json={"object": "list", "url": "/v1", "has_more": False, "data": METHODS})
    customer = builders.customer(CUSTOMER, invoice_settings={"default_payment_method": DEFAULT})
    if "expand" in str(request.url.query):
        customer["invoice_settings"]["default_payment_method"] = METHODS[1]
    if "setup_intents" in request.url.path:
        return httpx.Response(200, json=SETUP_INTENT)
    return httpx.Response(200, json={**METHODS[1], "customer": customer} if "pm_" in request.url.path else customer)


SETUP_INTENT = {
    "id": "seti_1", "object": "setup_intent", "client_secret": "seti_1_secret_2", "created": 1679946402,
    "livemode": False, "status": "succeeded", "usage": "off_session", "customer": builders.customer(CUSTOMER),
    "payment_method": {**METHODS[1], "customer": CUSTOMER}, "next_action": None, "last_setup_error": None,
}  # fmt: skip


@pytest.fixture
def coroutines(monkeypatch):
    """How many coroutines each call of `gather` had to run."""
    counts = []
    gather = plan.gather

    async def counting(pending):
        counts.append(len(pending))
        await gather(pending)

    monkeypatch.setattr(plan, "gather", counting)
    return counts


async def execute(text):
    async with Api(Settings(compiled_plans=True), httpx.MockTransport(respond)) as api:
        data = await api.data(text)
        counts = api.service.executor.counts
        assert (counts.hits, counts.misses) == (1, 0)
        return data


def page(selection):
    return f'{{ customer(id: "{CUSTOMER}") {{ paymentMethods(first: 100) {{ nodes {{ {selection} }} }} }} }}'


@pytest.mark.parametrize(
    "selection",
    [
        "id customer { id }",
        "id isDefault",
        "id displayLabel isExpired details { __typename }",
        "id customer { id name }",
        "id customer { id defaultPaymentMethod { id } }",
        "id customer { __typename id } isDefault displayLabel isExpired metadata card { brand last4 }",
    ],
)
async def test_the_items_of_a_page_need_none(coroutines, selection):
    data = await execute(page(selection))
    assert len(data["customer"]["paymentMethods"]["nodes"]) == 100
    assert sum(coroutines) == 2  # customer and paymentMethods


async def test_the_customer_of_each_item_is_in_the_response(coroutines):
    data = await execute(page("id isDefault customer { id name }"))
    items = data["customer"]["paymentMethods"]["nodes"]
    assert {item["customer"]["id"] for item in items} == {CUSTOMER}
    assert [item["id"] for item in items if item["isDefault"]] == [DEFAULT]


@pytest.mark.parametrize(
    "text",
    [
        f'{{ customer(id: "{CUSTOMER}") {{ id defaultPaymentMethod {{ id displayLabel }} }} }}',
        '{ paymentMethod(id: "pm_1") { id customer { id } } }',
        '{ paymentMethod(id: "pm_1") { id isDefault customer { id name } } }',
        '{ setupIntent(id: "seti_1") { id customer { id } paymentMethod { id displayLabel } } }',
    ],
)
async def test_references_in_the_response_need_none(coroutines, text):
    await execute(text)
    assert sum(coroutines) == 1  # the root field
