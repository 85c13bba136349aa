"""completeSetupIntent, and completePaymentIntent, whose steps are the same."""

import asyncio
from typing import Any

import pytest

from quality.harness.clients import Api, Recorder
from quality.harness.wallets import DELETED, JENNY, MATEO, MATEOS_DEFAULT
from sandbox import Fault
from serving.settings.settings import Settings
from tests.resolvers.mutations.saving import PAYMENT, SETUP, Meanwhile, Saving

COMPLETE = """
mutation Complete($input: TYPEInput!) {
  done: MUTATION(input: $input) {
    intent: MEMBER { id status paymentMethod { id customer { id } } }
    paymentMethod { id type isDefault customer { id } }
    paymentMethodEdge { cursor node { id } }
    customer { id defaultPaymentMethod { id } }
    reusedExisting
    movedSubscriptions { id paymentMethod { id } }
    errors {
      __typename code path
      ... on DuplicatePaymentMethodError { existing { id } }
      ... on SubscriptionsNotMovedError { subscriptionIds }
    }
  }
}
"""
STATUSES = ["requires_payment_method", "processing", "requires_action", "requires_capture", "canceled", "odd"]
WALLET = "GET /v1/customers/:cus/payment_methods"
SUBSCRIPTIONS = "GET /v1/subscriptions"
MOVE = "POST /v1/subscriptions/:sub"
DEFAULT = "POST /v1/customers/:cus"
DETACH = "POST /v1/payment_methods/:pm/detach"
INHERITING = "sub_1SWn4sLkdIwHu7ixK6eCzP1m"


@pytest.fixture(params=[SETUP, PAYMENT], ids=["setup", "payment"])
def saving(request, sandbox):
    return Saving(sandbox, request.param)


@pytest.fixture
def kind(saving):
    return saving.kind


@pytest.fixture
def complete(api, stripe, kind):
    async def complete(intent, **input):
        stripe.clear()
        return (await api.data(document(kind), input={kind.id_field: intent, **input}))["done"]

    return complete


def document(kind):
    type = kind.mutation[0].upper() + kind.mutation[1:]
    return COMPLETE.replace("TYPE", type).replace("MUTATION", kind.mutation).replace("MEMBER", kind.member)


def codes(payload):
    return [error["code"] for error in payload["errors"]]


async def test_it_returns_the_method_that_was_saved(complete, saving, stripe, sandbox, kind):
    intent, method = await saving.intent()
    before = len(sandbox.ledger.entries())
    payload = await complete(intent)
    assert payload == {
        "intent": {
            "id": intent,
            "status": "SUCCEEDED",
            "paymentMethod": {"id": method, "customer": {"id": MATEO}},
        },
        "paymentMethod": {"id": method, "type": "CARD", "isDefault": False, "customer": {"id": MATEO}},
        "paymentMethodEdge": {"cursor": method, "node": {"id": method}},
        "customer": {"id": MATEO, "defaultPaymentMethod": {"id": MATEOS_DEFAULT}},
        "reusedExisting": False,
        "movedSubscriptions": [],
        "errors": [],
    }
    assert stripe.calls == [kind.read]
    assert len(sandbox.ledger.entries()) == before


async def test_the_method_of_ideal_is_its_sepa_debit(complete, saving, stripe, kind):
    intent, generated = await saving.intent_of_ideal()
    payload = await complete(intent, setAsDefault=True)
    assert payload["errors"] == []
    assert payload["paymentMethod"]["id"] == generated == await saving.default()
    assert payload["paymentMethod"]["type"] == "SEPA_DEBIT"
    assert payload["intent"]["paymentMethod"]["id"] != generated
    assert stripe.calls == [kind.read, DEFAULT]


async def test_a_sepa_debit_that_is_not_there_yet_is_an_invalid_state(complete, saving, sandbox, kind):
    intent, _ = await saving.intent_of_ideal()
    saving.stored_use(intent)["payment_method_details"]["ideal"]["generated_sepa_debit"] = None
    (error,) = (await complete(intent))["errors"]
    assert (error["code"], error["path"]) == ("INVALID_STATE", ["input", kind.id_field])


async def test_the_method_of_a_card_reader_is_the_generated_card(complete, saving, sandbox):
    (intent, generated), (_, method) = await saving.intent(), await saving.intent(customer=None)
    body = saving.stored(intent)
    body["payment_method"] = method  # Of the type CARD_PRESENT with Stripe, which is never attached.
    saving.stored_use(intent)["payment_method_details"] = {
        "type": "card_present",
        "card_present": {"generated_card": generated, "offline": None},
    }
    payload = await complete(intent, setAsDefault=True)
    assert payload["errors"] == []
    assert payload["paymentMethod"]["id"] == generated == await saving.default()


async def test_a_detached_sepa_debit_is_reused_like_any_other(complete, saving):
    (_, first), (intent, second) = await saving.intent_of_ideal(), await saving.intent_of_ideal()
    payloads = [await complete(intent, onDuplicate="REUSE_EXISTING") for _ in range(2)]
    assert payloads[0] == payloads[1]
    assert payloads[0]["paymentMethod"]["id"] == first
    assert second not in await saving.wallet()


class TestRefusals:
    @pytest.fixture
    def refused(self, complete, sandbox):
        async def refused(intent, **input):
            before = len(sandbox.ledger.entries())
            payload = await complete(intent, **input)
            (error,) = payload["errors"]
            assert payload["paymentMethod"] is payload["intent"] is payload["customer"] is None
            assert len(sandbox.ledger.entries()) == before
            return error["__typename"], error["code"], error["path"]

        return refused

    async def test_a_missing_one(self, refused, kind):
        expected = ("NotFoundError", "NOT_FOUND", ["input", kind.id_field])
        assert await refused("seti_none") == expected
        assert await refused("seti_1/..") == expected

    @pytest.mark.parametrize("status", STATUSES)
    async def test_one_that_has_not_succeeded(self, refused, saving, sandbox, status, kind):
        intent, _ = await saving.intent()
        saving.stored(intent).update(status=status, next_action={"type": "use_stripe_sdk"})
        expected = ("InvalidStateError", "INVALID_STATE", ["input", kind.id_field])
        assert await refused(intent, setAsDefault=True, onDuplicate="REPLACE_EXISTING") == expected

    async def test_one_without_a_customer(self, refused, saving, kind):
        intent, _ = await saving.intent(customer=None)
        assert await refused(intent) == ("InvalidInputError", "INVALID_INPUT", ["input", kind.id_field])

    async def test_one_of_a_deleted_customer(self, refused, saving, sandbox, kind):
        intent, _ = await saving.intent()
        saving.stored(intent)["customer"] = DELETED
        assert await refused(intent) == ("InvalidInputError", "INVALID_INPUT", ["input", kind.id_field])

    @pytest.mark.parametrize("policy", ["KEEP_BOTH", "REUSE_EXISTING", "REPLACE_EXISTING", "REJECT"])
    async def test_one_whose_method_was_detached_since(self, refused, saving, policy, kind):
        intent, method = await saving.intent()
        await saving.post(f"/v1/payment_methods/{method}/detach", {})
        expected = ("NotReusableError", "NOT_REUSABLE", ["input", kind.id_field])
        assert await refused(intent, onDuplicate=policy, setAsDefault=True) == expected

    async def test_a_key_that_is_too_long(self, refused, saving, stripe):
        intent, _ = await saving.intent()
        assert await refused(intent, idempotencyKey="k" * 256) == (
            "InvalidInputError",
            "INVALID_INPUT",
            ["input", "idempotencyKey"],
        )
        assert stripe.calls == []


class TestDuplicates:
    @pytest.fixture
    async def existing(self, saving):
        return (await saving.intent())[1]

    async def test_reuse_keeps_the_existing_one(self, complete, saving, existing, stripe, kind):
        intent, new = await saving.intent()
        payload = await complete(intent, onDuplicate="REUSE_EXISTING")
        assert payload["paymentMethod"] == {
            "id": existing,
            "type": "CARD",
            "isDefault": False,
            "customer": {"id": MATEO},
        }
        assert (payload["reusedExisting"], payload["errors"]) == (True, [])
        assert payload["intent"]["paymentMethod"] == {"id": new, "customer": None}
        wallet = await saving.wallet()
        assert existing in wallet
        assert new not in wallet
        assert stripe.calls[:3] == [kind.read, WALLET, DETACH]

    async def test_replace_keeps_the_new_one(self, complete, saving, existing, stripe, kind):
        intent, new = await saving.intent()
        payload = await complete(intent, onDuplicate="REPLACE_EXISTING")
        assert payload["paymentMethod"]["id"] == new
        assert payload["reusedExisting"] is False
        wallet = await saving.wallet()
        assert new in wallet
        assert existing not in wallet
        assert stripe.calls == [kind.read, WALLET, DETACH]

    async def test_replace_makes_it_the_default_if_the_existing_one_was(self, complete, saving, existing, stripe, kind):
        await saving.set_default(existing)
        intent, new = await saving.intent()
        payload = await complete(intent, onDuplicate="REPLACE_EXISTING")
        assert payload["paymentMethod"]["isDefault"] is True
        assert payload["customer"]["defaultPaymentMethod"] == {"id": new}
        assert stripe.calls == [kind.read, WALLET, DEFAULT, DETACH]

    async def test_reject_names_the_existing_one(self, complete, saving, existing, kind):
        intent, new = await saving.intent()
        payload = await complete(intent, onDuplicate="REJECT")
        assert payload["errors"] == [
            {
                "__typename": "DuplicatePaymentMethodError",
                "code": "DUPLICATE",
                "path": ["input", kind.id_field],
                "existing": {"id": existing},
            }
        ]
        assert new not in await saving.wallet()

    @pytest.mark.parametrize("policy", ["REUSE_EXISTING", "REJECT"])
    async def test_the_existing_one_becomes_the_default_if_the_new_one_was(
        self, complete, saving, existing, stripe, policy, kind
    ):
        intent, new = await saving.intent()
        await saving.set_default(new)
        payload = await complete(intent, onDuplicate=policy)
        assert codes(payload) == (["DUPLICATE"] if policy == "REJECT" else [])
        assert stripe.calls == [kind.read, WALLET, DEFAULT, DETACH]
        assert await saving.default() == existing
        assert new not in await saving.wallet()

    @pytest.mark.parametrize("policy", ["REUSE_EXISTING", "REJECT"])
    async def test_the_default_is_not_detached_while_no_other_is_set(
        self, complete, saving, existing, sandbox, quick, policy
    ):
        intent, new = await saving.intent()
        await saving.set_default(new)
        sandbox.faults.add(Fault("unavailable", method="POST", path="/v1/customers/", times=None))
        assert codes(await complete(intent, onDuplicate=policy)) == ["DEFAULT_NOT_SET"]
        assert await saving.default() == new
        sandbox.faults.clear()
        assert codes(await complete(intent, onDuplicate=policy)) == (["DUPLICATE"] if policy == "REJECT" else [])
        assert await saving.default() == existing

    @pytest.mark.parametrize("policy", ["REUSE_EXISTING", "REPLACE_EXISTING", "REJECT"])
    async def test_without_a_duplicate_the_method_stays(self, complete, saving, stripe, policy):
        intent, new = await saving.intent()
        payload = await complete(intent, onDuplicate=policy)
        assert (payload["errors"], payload["paymentMethod"]["id"]) == ([], new)
        assert DETACH not in stripe.calls

    async def test_one_that_came_later_is_no_duplicate(self, complete, saving):
        intent, new = await saving.intent()
        _, later = await saving.intent()
        for policy in ("REPLACE_EXISTING", "REUSE_EXISTING", "REJECT"):
            assert (await complete(intent, onDuplicate=policy))["paymentMethod"]["id"] == new
        assert {new, later} <= set(await saving.wallet())

    async def test_what_a_later_one_replaced_replaces_nothing(self, complete, saving, existing):
        (first, _), (second, newest) = await saving.intent(), await saving.intent()
        assert (await complete(second, onDuplicate="REPLACE_EXISTING"))["errors"] == []
        assert codes(await complete(first, onDuplicate="REPLACE_EXISTING")) == ["NOT_REUSABLE"]
        assert newest in await saving.wallet()

    async def test_a_method_that_is_detached_meanwhile_replaces_nothing(self, complete, saving, existing, stripe, kind):
        intent, new = await saving.intent()
        stripe._inner = Meanwhile(stripe, kind.read, lambda: saving.detach(new))
        payload = await complete(intent, onDuplicate="REPLACE_EXISTING")
        assert codes(payload) == ["NOT_REUSABLE"]
        assert existing in await saving.wallet()

    async def test_it_finds_them_on_each_page_of_the_wallet(self, complete, saving, existing, stripe, kind):
        for _ in range(110):
            await saving.intent("pm_card_visa")
        intent, new = await saving.intent()
        payload = await complete(intent, onDuplicate="REPLACE_EXISTING")
        assert payload["paymentMethod"]["id"] == new
        assert stripe.calls == [kind.read, WALLET, WALLET, DETACH]
        assert codes(await complete(intent, onDuplicate="REPLACE_EXISTING")) == []


INPUTS: list[dict[str, Any]] = [
    {"onDuplicate": policy, "setAsDefault": default, "moveSubscriptions": which}
    for policy in ("KEEP_BOTH", "REUSE_EXISTING", "REPLACE_EXISTING", "REJECT")
    for default in (False, True)
    for which in ("NONE", "REPLACED", "ALL")
]
IDS = [" ".join(map(str, input.values())) for input in INPUTS]


@pytest.fixture
async def scene(saving):
    """A SetupIntent for a card that the customer has, as the default, and that a subscription names."""
    _, existing = await saving.intent()
    await saving.set_default(existing)
    named, other = await saving.subscription(existing), await saving.subscription(MATEOS_DEFAULT)
    intent, new = await saving.intent()
    return {"intent": intent, "new": new, "existing": existing, "named": named, "other": other}


@pytest.mark.parametrize("key", [None, "k"])
@pytest.mark.parametrize("input", INPUTS, ids=IDS)
async def test_again_it_gives_the_same_result_and_changes_nothing(complete, scene, sandbox, input, key):
    first = await complete(scene["intent"], idempotencyKey=key, **input)
    before = len(sandbox.ledger.entries())
    assert await complete(scene["intent"], idempotencyKey=key, **input) == first
    assert len(sandbox.ledger.entries()) == before


@pytest.mark.parametrize(("policy", "default"), [("REPLACE_EXISTING", "existing"), ("REUSE_EXISTING", "new")])
async def test_completed_meanwhile_it_gives_the_same_result(complete, saving, scene, stripe, policy, default, kind):
    await saving.set_default(scene[default])
    results = []

    async def complete_meanwhile():
        results.append(await complete(scene["intent"], onDuplicate=policy))

    stripe._inner = Meanwhile(stripe, kind.read, complete_meanwhile)
    assert await complete(scene["intent"], onDuplicate=policy) == results[0]


@pytest.mark.parametrize(
    ("input", "moved"),
    [
        ({}, []),
        ({"onDuplicate": "REPLACE_EXISTING"}, []),
        ({"moveSubscriptions": "REPLACED"}, []),
        ({"moveSubscriptions": "REPLACED", "onDuplicate": "REPLACE_EXISTING"}, ["named"]),
        ({"moveSubscriptions": "REPLACED", "setAsDefault": True}, ["named"]),
        ({"moveSubscriptions": "ALL", "setAsDefault": True}, ["named", "other"]),
        ({"moveSubscriptions": "ALL"}, ["named", "other", INHERITING]),
    ],
)
async def test_subscriptions_move_to_it(complete, saving, scene, stripe, input, moved):
    payload = await complete(scene["intent"], **input)
    assert payload["errors"] == []
    ids = {scene.get(name, name) for name in moved}
    assert {one["id"] for one in payload["movedSubscriptions"]} == ids
    assert all(one["paymentMethod"] == {"id": scene["new"]} for one in payload["movedSubscriptions"])
    for id in (scene["named"], scene["other"], INHERITING):
        assert (await saving.named(id) == [scene["new"]]) is (id in ids)
    assert stripe.calls.count(MOVE) == len(moved)


async def test_subscriptions_of_a_replaced_method_move_before_it_is_detached(complete, scene, stripe, kind):
    await complete(scene["intent"], onDuplicate="REPLACE_EXISTING", moveSubscriptions="REPLACED")
    assert stripe.calls == [kind.read, WALLET, SUBSCRIPTIONS, MOVE, DEFAULT, DETACH]


class TestPartialResults:
    async def test_the_default_was_not_set(self, complete, saving, sandbox, quick):
        intent, new = await saving.intent()
        sandbox.faults.add(Fault("unavailable", method="POST", path="/v1/customers/", times=None))
        payload = await complete(intent, setAsDefault=True)
        assert payload["paymentMethod"]["id"] == new
        assert payload["errors"] == [
            {"__typename": "DefaultNotSetError", "code": "DEFAULT_NOT_SET", "path": ["input", "setAsDefault"]}
        ]
        sandbox.faults.clear()
        assert (await complete(intent, setAsDefault=True))["errors"] == []
        assert await saving.default() == new

    @pytest.mark.parametrize("fault", ["unavailable", "drop_before", "drop_after"])
    async def test_a_subscription_was_not_moved(self, complete, saving, scene, sandbox, quick, fault):
        input = {"onDuplicate": "REPLACE_EXISTING", "moveSubscriptions": "ALL", "idempotencyKey": "k"}
        sandbox.faults.add(Fault(fault, method="POST", path=scene["other"], times=None))
        payload = await complete(scene["intent"], **input)
        assert payload["paymentMethod"]["id"] == scene["new"]
        assert [one["id"] for one in payload["movedSubscriptions"]] == [scene["named"]]
        assert payload["errors"] == [
            {
                "__typename": "SubscriptionsNotMovedError",
                "code": "SUBSCRIPTIONS_NOT_MOVED",
                "path": ["input", "moveSubscriptions"],
                "subscriptionIds": [scene["other"]],
            },
            {"__typename": "DefaultNotSetError", "code": "DEFAULT_NOT_SET", "path": ["input", "setAsDefault"]},
        ]
        assert await saving.default() == scene["existing"]
        assert scene["existing"] in await saving.wallet()
        sandbox.faults.clear()
        again = await complete(scene["intent"], **input)
        assert again["errors"] == []
        assert {one["id"] for one in again["movedSubscriptions"]} == {scene["named"], scene["other"]}
        assert await saving.default() == scene["new"]
        assert scene["existing"] not in await saving.wallet()

    async def test_one_that_is_canceled_meanwhile_needs_no_move(self, complete, saving, scene, stripe):
        stripe._inner = Meanwhile(stripe, SUBSCRIPTIONS, lambda: saving.cancel(scene["named"]))
        payload = await complete(scene["intent"], onDuplicate="REPLACE_EXISTING", moveSubscriptions="ALL")
        assert payload["errors"] == []
        assert [one["id"] for one in payload["movedSubscriptions"]] == [scene["other"]]
        assert await saving.default() == scene["new"]

    async def test_more_than_one_request_may_move_are_moved_by_repeating_it(self, complete, saving, scene):
        subscriptions = [scene["named"], *[await saving.subscription(scene["existing"]) for _ in range(200)]]
        input = {"onDuplicate": "REPLACE_EXISTING", "moveSubscriptions": "REPLACED"}
        first = await complete(scene["intent"], **input)
        assert codes(first) == ["SUBSCRIPTIONS_NOT_MOVED", "DEFAULT_NOT_SET"]
        moved = {one["id"] for one in first["movedSubscriptions"]}
        assert moved | set(first["errors"][0]["subscriptionIds"]) == set(subscriptions)
        assert scene["existing"] == await saving.default()
        assert (await complete(scene["intent"], **input))["errors"] == []
        assert set(await saving.named(*subscriptions)) == {scene["new"]}
        assert scene["new"] == await saving.default()
        assert scene["existing"] not in await saving.wallet()

    @pytest.mark.parametrize("fault", ["unavailable", "drop_after"])
    @pytest.mark.parametrize("policy", ["REUSE_EXISTING", "REPLACE_EXISTING", "REJECT"])
    async def test_a_detach_that_failed_is_completed_by_a_retry(
        self, api, complete, saving, scene, sandbox, quick, policy, fault, kind
    ):
        sandbox.faults.add(Fault(fault, path="/detach$", times=3))
        input = {kind.id_field: scene["intent"], "onDuplicate": policy}
        (error,) = (await api(document(kind), input=input))["errors"]
        assert error["extensions"]["outcome"] in ("UNKNOWN", "PARTIAL")
        sandbox.faults.clear()
        payload = await complete(
            scene["intent"], onDuplicate=policy, idempotencyKey=error["extensions"]["idempotencyKey"]
        )
        assert codes(payload) == (["DUPLICATE"] if policy == "REJECT" else [])
        assert len({scene["new"], scene["existing"]} & set(await saving.wallet())) == 1


class TestPermissions:
    @pytest.mark.parametrize("policy", ["KEEP_BOTH", "REUSE_EXISTING", "REPLACE_EXISTING"])
    @pytest.mark.parametrize("method", ["GET", "POST", "*"])
    async def test_without_them_nothing_changes(self, complete, scene, sandbox, method, policy):
        sandbox.faults.add(Fault("permission", method=method, path="/v1/subscriptions", times=None))
        before = len(sandbox.ledger.entries())
        payload = await complete(scene["intent"], moveSubscriptions="ALL", setAsDefault=True, onDuplicate=policy)
        (error,) = payload["errors"]
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "moveSubscriptions"])
        assert payload["paymentMethod"] is None
        assert len(sandbox.ledger.entries()) == before

    async def test_without_moves_none_is_needed(self, complete, scene, sandbox):
        sandbox.faults.add(Fault("permission", path="/v1/subscriptions", times=None))
        assert (await complete(scene["intent"], setAsDefault=True, onDuplicate="REPLACE_EXISTING"))["errors"] == []


@pytest.mark.parametrize("input", [{"setAsDefault": True}, {"moveSubscriptions": "ALL"}])
async def test_the_same_key_for_another_setup_intent_is_a_conflict(complete, saving, scene, input):
    await complete(scene["intent"], idempotencyKey="k", **input)
    other, _ = await saving.intent("pm_card_jcb")
    payload = await complete(other, idempotencyKey="k", **input)
    (error,) = payload["errors"]
    assert (error["__typename"], error["path"]) == ("IdempotencyConflictError", ["input", "idempotencyKey"])
    assert await saving.default() != other


async def test_another_customer_s_subscriptions_stay(complete, saving, scene):
    theirs = await saving.subscription("pm_1MqLiJLkdIwHu7ixUEgbFdYF", JENNY)
    await complete(scene["intent"], moveSubscriptions="ALL")
    assert await saving.named(theirs) == ["pm_1MqLiJLkdIwHu7ixUEgbFdYF"]


class TestFiftyAtOnce:
    @pytest.mark.parametrize("policy", ["REUSE_EXISTING", "REPLACE_EXISTING", "REJECT"])
    async def test_of_one_setup_intent(self, complete, saving, scene, sandbox, policy):
        input = {"onDuplicate": policy, "moveSubscriptions": "REPLACED", "setAsDefault": policy != "REJECT"}
        payloads = await asyncio.gather(*(complete(scene["intent"], **input) for _ in range(50)))
        assert all(payload == payloads[0] for payload in payloads)
        kept = scene["new"] if policy == "REPLACE_EXISTING" else scene["existing"]
        assert {scene["new"], scene["existing"]} & set(await saving.wallet()) == {kept}
        assert await saving.named(scene["named"]) == [kept]
        assert await saving.default() == kept
        assert sandbox.ledger.operations().count("payment_method.detached") == 1

    @pytest.mark.parametrize("first", [0, 1, 2])
    async def test_with_any_policies_one_method_stays_and_is_the_default(self, complete, saving, scene, quick, first):
        policies = ["REUSE_EXISTING", "REPLACE_EXISTING", "REJECT"]
        orders = [policies[(first + number) % 3] for number in range(50)]
        payloads = await asyncio.gather(
            *(complete(scene["intent"], onDuplicate=policy, moveSubscriptions="REPLACED") for policy in orders)
        )
        (left,) = {scene["new"], scene["existing"]} & set(await saving.wallet())
        assert await saving.default() == left
        assert await saving.named(scene["named"]) == [left]
        assert {method["id"] for payload in payloads if (method := payload["paymentMethod"])} <= {left}

    @pytest.mark.parametrize("policy", ["REUSE_EXISTING", "REPLACE_EXISTING", "REJECT"])
    async def test_of_fifty_setup_intents_for_one_card(self, complete, saving, scene, policy):
        intents = dict([await saving.intent() for _ in range(50)])
        input = {"onDuplicate": policy, "moveSubscriptions": "REPLACED"}
        await asyncio.gather(*(complete(intent, **input) for intent in intents))
        left = {scene["existing"], *intents.values()} & set(await saving.wallet())
        kept = list(intents.values())[-1] if policy == "REPLACE_EXISTING" else scene["existing"]
        assert kept in left
        assert await saving.named(scene["named"]) == [kept]
        assert await saving.default() == kept


async def test_the_next_cached_read_has_the_method(saving, sandbox, kind):
    stripe = Recorder.over(sandbox)
    query = f'{{ customer(id: "{MATEO}") {{ id paymentMethods(first: 100) {{ nodes {{ id }} }} }} }}'
    async with Api(Settings(read_cache_seconds=600), stripe) as api:
        for _ in range(3):
            await api.data(query)
        intent, method = await saving.intent()
        await api.data(document(kind), input={kind.id_field: intent})
        nodes = (await api.data(query))["customer"]["paymentMethods"]["nodes"]
    assert {"id": method} in nodes
