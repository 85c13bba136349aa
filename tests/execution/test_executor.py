"""How an operation is executed: by its plan, and by graphql-core if the plan bails out."""

from __future__ import annotations

import httpx
import msgspec
import pytest

from quality.harness.clients import Api
from serving.settings.settings import Settings
from tests.execution.random_operations import CUSTOMER

pytestmark = pytest.mark.anyio


@pytest.fixture
async def api(stripe):
    async with Api(Settings(compiled_plans=True), stripe) as api:
        yield api


def counts(api):
    return api.service.executor.counts


ATTACH = """
mutation Attach($input: AttachPaymentMethodInput!) {
  attachPaymentMethod(input: $input) { paymentMethod { id created card { brand last4 } } errors { code } }
}
"""
INPUT = {"paymentMethodId": "pm_card_visa", "customerId": CUSTOMER}


async def test_nothing_is_selected(api):
    assert await api.data("query ($no: Boolean!) { viewer @include(if: $no) { kind } }", no=False) == {}
    assert counts(api).hits == 1


class TestBailout:
    async def test_graphql_core_answers_over_the_received_responses(self, stripe, api):
        async def corrupted(request):
            response = await answer(request)
            body = msgspec.json.decode(await response.aread())
            body["card"]["brand"] = 4242
            return httpx.Response(200, json=body)

        answer = stripe._inner.handle_async_request
        stripe._inner.handle_async_request = corrupted
        result = await api(ATTACH, input=INPUT)
        path = ["attachPaymentMethod", "paymentMethod", "card", "brand"]
        assert [error["path"] for error in result["errors"]] == [path]
        assert result["data"]["attachPaymentMethod"]["paymentMethod"]["card"] is None
        assert stripe.calls == ["POST /v1/payment_methods/:pm/attach"]
        assert (counts(api).fallbacks, counts(api).errors) == (1, 0)

    async def test_a_declined_card_needs_no_fallback(self, stripe, api):
        answer = await api.data(ATTACH, input={**INPUT, "paymentMethodId": "pm_card_chargeDeclined"})
        assert answer["attachPaymentMethod"]["errors"] == [{"code": "CARD_DECLINED"}]
        assert (counts(api).hits, counts(api).fallbacks) == (1, 0)

    async def test_a_failed_resolver_is_counted_as_an_error(self, api):
        result = await api("{ customer { id } }")
        assert [error["path"] for error in result["errors"]] == [["customer"]]
        assert (counts(api).hits, counts(api).fallbacks, counts(api).errors) == (0, 0, 1)
