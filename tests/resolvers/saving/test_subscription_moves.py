"""moveSubscriptions of attachPaymentMethod and setDefaultPaymentMethod. completeSetupIntent has tests of its own."""

import asyncio

import pytest

from quality.harness.wallets import (
    MATEO,
    MATEOS_CARD,
    MATEOS_DEFAULT,
    NOOR,
    NOORS_OTHER_CARD,
    NOORS_SUBSCRIPTION_SOURCE,
)
from sandbox import Fault

RESULT = """
    customer { id defaultPaymentMethod { id } }
    movedSubscriptions { id status paymentMethod { id isDefault } }
    errors { __typename code path ... on SubscriptionsNotMovedError { subscriptionIds } }
"""
ATTACH = f"""mutation($input: AttachPaymentMethodInput!) {{ attachPaymentMethod(input: $input) {{
    paymentMethod {{ id }} reusedExisting {RESULT} }} }}"""
SET_DEFAULT = (
    f"mutation($input: SetDefaultPaymentMethodInput!) {{ setDefaultPaymentMethod(input: $input) {{ {RESULT} }} }}"
)
LIST = "GET /v1/subscriptions"
MOVE = "POST /v1/subscriptions/:sub"
WALLET = "GET /v1/customers/:cus/payment_methods"
ATTACH_CALL = "POST /v1/payment_methods/:pm/attach"
DEFAULT = "POST /v1/customers/:cus"
DETACH = "POST /v1/payment_methods/:pm/detach"
INHERITING = "sub_1SWn4sLkdIwHu7ixK6eCzP1m"


@pytest.fixture
def attach(api, stripe):
    async def attach(token="pm_card_amex", **input):
        stripe.clear()
        input = {"paymentMethodId": token, "customerId": MATEO, "moveSubscriptions": "REPLACED", **input}
        return (await api.data(ATTACH, input=input))["attachPaymentMethod"]

    return attach


@pytest.fixture
def set_default(api, stripe):
    async def set_default(method=MATEOS_CARD, customer=MATEO, **input):
        stripe.clear()
        input = {"paymentMethodId": method, "customerId": customer, "moveSubscriptions": "REPLACED", **input}
        return (await api.data(SET_DEFAULT, input=input))["setDefaultPaymentMethod"]

    return set_default


def ids(payload):
    return [one["id"] for one in payload["movedSubscriptions"]]


def codes(payload):
    return [error["code"] for error in payload["errors"]]


class TestAttach:
    async def test_those_of_the_previous_default(self, attach, saving, stripe):
        named, other = await saving.subscription(MATEOS_DEFAULT), await saving.subscription(MATEOS_CARD)
        payload = await attach(setAsDefault=True)
        new = payload["paymentMethod"]["id"]
        assert payload["movedSubscriptions"] == [
            {"id": named, "status": "ACTIVE", "paymentMethod": {"id": new, "isDefault": True}}
        ]
        assert await saving.named(named, other, INHERITING) == [new, MATEOS_CARD, None]
        assert stripe.calls == [LIST, ATTACH_CALL, MOVE, DEFAULT]

    async def test_those_of_a_replaced_method_before_it_is_detached(self, attach, saving, stripe):
        existing = (await attach())["paymentMethod"]["id"]
        named = await saving.subscription(existing)
        payload = await attach(onDuplicate="REPLACE_EXISTING")
        assert payload["errors"] == []
        assert ids(payload) == [named]
        assert await saving.named(named) == [payload["paymentMethod"]["id"]]
        assert stripe.calls == [WALLET, LIST, ATTACH_CALL, MOVE, DETACH]

    async def test_all_to_a_reused_method(self, attach, saving):
        existing = (await attach())["paymentMethod"]["id"]
        named = await saving.subscription(MATEOS_CARD)
        payload = await attach(onDuplicate="REUSE_EXISTING", moveSubscriptions="ALL")
        assert payload["reusedExisting"] is True
        assert await saving.named(named, INHERITING) == [existing, existing]

    async def test_without_moves_there_is_no_call(self, attach, stripe):
        assert (await attach(moveSubscriptions="NONE"))["movedSubscriptions"] == []
        assert not {LIST, MOVE} & set(stripe.calls)

    async def test_a_key_that_may_not_read_subscriptions(self, attach, sandbox):
        sandbox.faults.add(Fault("permission", path="/v1/subscriptions", times=None))
        payload = await attach(setAsDefault=True)
        (error,) = payload["errors"]
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "moveSubscriptions"])
        assert sandbox.ledger.operations() == []

    async def test_a_key_that_may_only_read_subscriptions(self, attach, saving, sandbox):
        named = await saving.subscription(MATEOS_DEFAULT)
        sandbox.faults.add(Fault("permission", method="POST", path="/v1/subscriptions", times=None))
        payload = await attach(setAsDefault=True)
        assert payload["paymentMethod"] is not None
        assert codes(payload) == ["SUBSCRIPTIONS_NOT_MOVED", "DEFAULT_NOT_SET"]
        assert payload["errors"][0]["subscriptionIds"] == [named]
        assert await saving.default() == MATEOS_DEFAULT

    async def test_a_retry_completes_the_moves(self, attach, saving, sandbox, quick):
        subscriptions = [await saving.subscription(MATEOS_DEFAULT) for _ in range(3)]
        sandbox.faults.add(Fault("unavailable", method="POST", path=subscriptions[1], times=None))
        first = await attach(setAsDefault=True, idempotencyKey="k")
        assert codes(first) == ["SUBSCRIPTIONS_NOT_MOVED", "DEFAULT_NOT_SET"]
        sandbox.faults.clear()
        again = await attach(setAsDefault=True, idempotencyKey="k")
        assert again["errors"] == []
        assert again["paymentMethod"] == first["paymentMethod"]
        assert sorted(ids(again)) == sorted(subscriptions)
        assert await attach(setAsDefault=True, idempotencyKey="k") == again


class TestSetDefault:
    async def test_those_of_the_previous_default(self, set_default, saving, stripe):
        named, other = (
            await saving.subscription(MATEOS_DEFAULT),
            await saving.subscription("pm_1SjyJULkdIwHu7ixXR42HEkf"),
        )
        payload = await set_default()
        assert payload["errors"] == []
        assert ids(payload) == [named]
        assert await saving.named(named, other) == [MATEOS_CARD, "pm_1SjyJULkdIwHu7ixXR42HEkf"]
        assert stripe.calls[:3] == [LIST, MOVE, DEFAULT]

    async def test_all_but_those_that_follow_the_default(self, set_default, saving):
        named = await saving.subscription(MATEOS_DEFAULT)
        assert ids(await set_default(moveSubscriptions="ALL")) == [named]
        assert await saving.named(INHERITING) == [None]

    async def test_again_it_gives_the_same_result(self, set_default, saving):
        await saving.subscription(MATEOS_DEFAULT)
        first = await set_default(idempotencyKey="k")
        assert await set_default(idempotencyKey="k") == first
        assert await set_default() == first

    async def test_one_that_names_a_source(self, set_default):
        payload = await set_default(NOORS_OTHER_CARD, NOOR, moveSubscriptions="ALL")
        assert payload["errors"] == []
        assert ids(payload) == ["sub_1NZ4taLkdIwHu7ixVh6KpD3c"]
        assert NOORS_SUBSCRIPTION_SOURCE != NOORS_OTHER_CARD

    @pytest.mark.parametrize(("status", "moves"), [("past_due", True), ("paused", True), ("incomplete", False)])
    async def test_only_in_a_status_that_allows_it(self, set_default, saving, sandbox, status, moves):
        named = await saving.subscription(MATEOS_DEFAULT)
        sandbox.store.subscriptions.get(named).body["status"] = status
        payload = await set_default()
        assert payload["errors"] == []
        assert ids(payload) == ([named] if moves else [])

    async def test_one_whose_invoices_are_sent_stays(self, set_default, saving):
        sent = await saving.subscription(MATEOS_DEFAULT, collection_method="send_invoice", days_until_due="30")
        assert (await set_default(moveSubscriptions="ALL"))["movedSubscriptions"] == []
        assert await saving.named(sent) == [MATEOS_DEFAULT]

    async def test_to_no_method_none_can_move(self, set_default, stripe):
        (error,) = (await set_default(None))["errors"]
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "moveSubscriptions"])
        assert stripe.calls == []

    @pytest.mark.parametrize("id", ["pm_none", "pm_1MqLiJLkdIwHu7ixUEgbFdYF", "pm_1MqM05LkdIwHu7ixlDxxO6Mc"])
    @pytest.mark.parametrize("subscribed", [True, False])
    async def test_a_method_that_is_not_the_customer_s(self, set_default, saving, sandbox, id, subscribed):
        if subscribed:
            await saving.subscription(MATEOS_DEFAULT)
        before = len(sandbox.ledger.entries())
        (error,) = (await set_default(id))["errors"]
        assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "paymentMethodId"])
        assert len(sandbox.ledger.entries()) == before

    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_a_key_without_permission_changes_nothing(self, set_default, saving, sandbox, method):
        await saving.subscription(MATEOS_DEFAULT)
        sandbox.faults.add(Fault("permission", method=method, path="/v1/subscriptions", times=None))
        (error,) = (await set_default())["errors"]
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "moveSubscriptions"])
        assert await saving.default() == MATEOS_DEFAULT

    async def test_the_default_waits_for_the_subscriptions(self, set_default, saving, sandbox, quick):
        named = await saving.subscription(MATEOS_DEFAULT)
        sandbox.faults.add(Fault("unavailable", method="POST", path="/v1/subscriptions", times=None))
        payload = await set_default()
        assert payload == {
            "customer": None,
            "movedSubscriptions": [],
            "errors": [
                {
                    "__typename": "SubscriptionsNotMovedError",
                    "code": "SUBSCRIPTIONS_NOT_MOVED",
                    "path": ["input", "moveSubscriptions"],
                    "subscriptionIds": [named],
                },
                {"__typename": "DefaultNotSetError", "code": "DEFAULT_NOT_SET", "path": ["input", "paymentMethodId"]},
            ],
        }
        sandbox.faults.clear()
        assert ids(await set_default()) == [named]
        assert await saving.default() == MATEOS_CARD

    async def test_the_same_key_for_another_method_is_a_conflict(self, set_default, saving):
        await saving.subscription(MATEOS_DEFAULT)
        await set_default(idempotencyKey="k", moveSubscriptions="ALL")
        payload = await set_default(MATEOS_DEFAULT, idempotencyKey="k", moveSubscriptions="ALL")
        assert codes(payload) == ["IDEMPOTENCY_CONFLICT"]

    async def test_fifty_at_once(self, set_default, saving):
        named = [await saving.subscription(MATEOS_DEFAULT) for _ in range(3)]
        payloads = await asyncio.gather(*(set_default() for _ in range(50)))
        assert all(payload["errors"] == [] for payload in payloads)
        assert await saving.named(*named) == [MATEOS_CARD] * 3
        assert await saving.default() == MATEOS_CARD
