import asyncio

import pytest

from quality.harness.wallets import AMARA, AMARAS_DEFAULT, JENNYS_CARD, UNATTACHED_CARD
from sandbox import Fault

DETACH = """
mutation Detach($input: DetachPaymentMethodInput!) {
  detachPaymentMethod(input: $input) {
    paymentMethod { id customer { id } customerAccount isDefault card { last4 } }
    detachedPaymentMethodId
    errors { __typename message code path requestId }
  }
}
"""


@pytest.fixture
def detach(api):
    async def detach(id, **input):
        return (await api.data(DETACH, input={"paymentMethodId": id, **input}))["detachPaymentMethod"]

    return detach


@pytest.fixture
def refused(detach, sandbox):
    async def refused(id, **input):
        before = len(sandbox.ledger.entries())
        payload = await detach(id, **input)
        (error,) = payload.pop("errors")
        assert payload == {"paymentMethod": None, "detachedPaymentMethodId": None}
        assert len(sandbox.ledger.entries()) == before
        return error

    return refused


async def test_an_attached_method_leaves_its_wallet_in_one_call(detach, stripe):
    payload = await detach(JENNYS_CARD)
    assert payload == {
        "paymentMethod": {
            "id": JENNYS_CARD,
            "customer": None,
            "customerAccount": None,
            "isDefault": False,
            "card": {"last4": "4242"},
        },
        "detachedPaymentMethodId": JENNYS_CARD,
        "errors": [],
    }
    assert stripe.calls == ["POST /v1/payment_methods/:pm/detach"]
    assert stripe.form() == {}


async def test_a_detached_method_stays_readable(detach, api):
    await detach(JENNYS_CARD)
    data = await api.data("query($id: ID!) { paymentMethod(id: $id) { id customer { id } } }", id=JENNYS_CARD)
    assert data == {"paymentMethod": {"id": JENNYS_CARD, "customer": None}}


async def test_the_default_is_cleared(detach, api):
    await detach(AMARAS_DEFAULT)
    data = await api.data("query($id: ID!) { customer(id: $id) { defaultPaymentMethod { id } } }", id=AMARA)
    assert data == {"customer": {"defaultPaymentMethod": None}}


async def test_the_wallet_that_it_left_can_be_selected(api, stripe):
    query = """mutation($id: ID!) { detachPaymentMethod(input: {paymentMethodId: $id}) {
      customer { id email defaultPaymentMethod { id } paymentMethods(first: 100) { nodes { id } } } errors { code }
    } }"""
    payload = (await api.data(query, id=AMARAS_DEFAULT))["detachPaymentMethod"]
    assert payload["customer"]["id"] == AMARA
    assert payload["customer"]["defaultPaymentMethod"] is None
    assert AMARAS_DEFAULT not in {node["id"] for node in payload["customer"]["paymentMethods"]["nodes"]}
    assert stripe.calls[:2] == ["POST /v1/payment_methods/:pm", "POST /v1/payment_methods/:pm/detach"]
    assert sorted(stripe.calls[2:]) == ["GET /v1/customers/:cus", "GET /v1/customers/:cus/payment_methods"]


async def test_a_read_that_fails_after_the_work_costs_only_its_own_field(api, sandbox, quick):
    sandbox.faults.add(Fault("unavailable", method="GET", path="/v1/customers", times=None))
    query = """mutation($id: ID!) { detachPaymentMethod(input: {paymentMethodId: $id}) {
      detachedPaymentMethodId customer { email } errors { code } } }"""
    answer = await api(query, id=JENNYS_CARD)
    assert answer["data"] == {
        "detachPaymentMethod": {"detachedPaymentMethodId": JENNYS_CARD, "customer": None, "errors": []}
    }
    assert [error["path"] for error in answer["errors"]] == [["detachPaymentMethod", "customer"]]


class TestRefusals:
    async def test_an_unattached_method(self, refused):
        error = await refused(UNATTACHED_CARD)
        assert (error["__typename"], error["code"]) == ("NotAttachedError", "NOT_ATTACHED")
        assert error["path"] == ["input", "paymentMethodId"]
        assert error["requestId"].startswith("req_")

    async def test_detached_before(self, detach, refused):
        await detach(JENNYS_CARD)
        assert (await refused(JENNYS_CARD))["code"] == "NOT_ATTACHED"

    async def test_a_test_token_is_a_new_method_each_time(self, refused):
        assert (await refused("pm_card_visa"))["code"] == "NOT_ATTACHED"

    @pytest.mark.parametrize("id", ["pm_none", "", ".", "cus_NbZ8Ki3f322LNn"])
    async def test_unknown_method(self, refused, id):
        error = await refused(id)
        assert (error["__typename"], error["code"]) == ("NotFoundError", "NOT_FOUND")
        assert error["path"] == ["input", "paymentMethodId"]


class TestIdempotency:
    async def test_the_same_key_is_done_once_and_answered_alike(self, detach, sandbox):
        first = await detach(JENNYS_CARD, idempotencyKey="k")
        assert await detach(JENNYS_CARD, idempotencyKey="k") == first
        assert sandbox.ledger.operations(JENNYS_CARD) == ["payment_method.detached"]

    async def test_the_same_key_for_another_method_is_a_conflict(self, detach, refused):
        await detach(JENNYS_CARD, idempotencyKey="k")
        assert (await refused(AMARAS_DEFAULT, idempotencyKey="k"))["code"] == "IDEMPOTENCY_CONFLICT"


async def test_of_fifty_detaches_one_wins(detach, sandbox):
    payloads = await asyncio.gather(*(detach(JENNYS_CARD) for _ in range(50)))
    done = [payload for payload in payloads if not payload["errors"]]
    assert len(done) == 1
    assert {error["code"] for payload in payloads for error in payload["errors"]} == {"NOT_ATTACHED"}
    assert sandbox.ledger.operations(JENNYS_CARD) == ["payment_method.detached"]


class TestLostAnswers:
    async def test_a_lost_answer_is_fetched_by_the_same_key(self, detach, sandbox, quick):
        sandbox.faults.add(Fault("drop_after", path="/detach$"))
        assert (await detach(JENNYS_CARD))["errors"] == []
        assert sandbox.ledger.operations(JENNYS_CARD) == ["payment_method.detached"]

    async def test_it_counts_as_done_when_the_key_is_gone(self, detach, sandbox, stripe, quick):
        sandbox.faults.add(Fault("forget_idempotency", path="/detach$", times=None))
        sandbox.faults.add(Fault("drop_after", path="/detach$"))
        payload = await detach(JENNYS_CARD)
        assert payload["errors"] == []
        assert payload["detachedPaymentMethodId"] == JENNYS_CARD
        assert stripe.calls == [*["POST /v1/payment_methods/:pm/detach"] * 2, "GET /v1/payment_methods/:pm"]
        assert sandbox.ledger.operations(JENNYS_CARD) == ["payment_method.detached"]

    async def test_a_refusal_whose_answer_was_lost_stays_a_refusal(self, refused, sandbox, quick):
        sandbox.faults.add(Fault("drop_after", path="/detach$"))
        assert (await refused(UNATTACHED_CARD))["code"] == "NOT_ATTACHED"
