import asyncio

import httpx
import pytest

from quality.harness import builders
from quality.harness.clients import Api, Recorder
from quality.harness.wallets import AMARA, JENNY, MATEO, NOOR, NOORS_DEFAULT_SOURCE
from resolvers.saving.duplicates import find
from sandbox import Fault
from tests.resolvers.mutations.saving import Saving

ATTACH = """
mutation Attach($input: AttachPaymentMethodInput!) {
  attachPaymentMethod(input: $input) {
    paymentMethod { id customer { id } isDefault }
    customer { id paymentMethods(first: 100) { nodes { id } } }
    reusedExisting
    errors { __typename code path ... on DuplicatePaymentMethodError { existing { id card { last4 } } } }
  }
}
"""
LIST = "GET /v1/customers/:cus/payment_methods"
ATTACH_CALL = "POST /v1/payment_methods/:pm/attach"
DETACH_CALL = "POST /v1/payment_methods/:pm/detach"


@pytest.fixture
def attach(api):
    async def attach(policy="KEEP_BOTH", *, token="pm_card_amex", customer=MATEO, **input):
        input = {"paymentMethodId": token, "customerId": customer, "onDuplicate": policy, **input}
        return (await api.data(ATTACH, input=input))["attachPaymentMethod"]

    return attach


@pytest.fixture
async def existing(attach, stripe):
    """The id of a card that the customer has already."""
    id = (await attach())["paymentMethod"]["id"]
    stripe.clear()
    return id


def wallet(payload):
    return [node["id"] for node in payload["customer"]["paymentMethods"]["nodes"]]


def ids(methods):
    return [method["id"] for method in methods]


class TestFind:
    METHOD = builders.payment_method("pm_new", created=10)

    def test_same_fingerprint_and_expiry(self):
        assert ids(find(self.METHOD, [builders.payment_method("pm_old")])) == ["pm_old"]

    @pytest.mark.parametrize(
        "other",
        [
            builders.payment_method("pm_old", card=builders.card(fingerprint="other")),
            builders.payment_method("pm_old", card=builders.card(exp_month=9)),
            builders.payment_method("pm_old", card=builders.card(exp_year=2040)),
            builders.payment_method("pm_old", type="sepa_debit", sepa_debit={"fingerprint": "mToisGZ01V71BCos"}),
            builders.payment_method("pm_new"),
            {"id": "pm_old"},
            None,
            "odd",
        ],
    )
    def test_anything_else_is_another(self, other):
        assert find(self.METHOD, [other]) == []

    def test_accounts_have_fingerprints_and_no_expiry(self):
        accounts = [
            builders.payment_method(id, type="us_bank_account", us_bank_account={"fingerprint": "f", "last4": "6789"})
            for id in ("pm_1", "pm_2")
        ]
        assert ids(find(accounts[0], accounts)) == ["pm_2"]

    @pytest.mark.parametrize("card", [{}, {"fingerprint": None}, None])
    def test_without_a_fingerprint_no_duplicate_is_detected(self, card):
        assert find(builders.payment_method("pm_1", card=card), [builders.payment_method("pm_2", card=card)]) == []

    def test_several_come_oldest_first(self):
        wallet = [builders.payment_method(id) for id in ("pm_3", "pm_2", "pm_1")]
        assert ids(find(self.METHOD, wallet)) == ["pm_1", "pm_2", "pm_3"]

    def test_what_came_later_is_no_duplicate(self):
        wallet = [builders.payment_method("pm_later"), self.METHOD]
        assert find(self.METHOD, wallet) == []
        assert ids(find(wallet[0], wallet)) == ["pm_new"]


class TestSeveralDuplicates:
    """The wallet has the same card three times already."""

    @pytest.fixture
    async def copies(self, attach, stripe):
        """Oldest first."""
        copies = [(await attach())["paymentMethod"]["id"] for _ in range(3)]
        stripe.clear()
        return copies

    async def test_replace_leaves_the_new_one_alone(self, attach, copies, sandbox, stripe):
        payload = await attach("REPLACE_EXISTING")
        assert payload["errors"] == []
        assert payload["paymentMethod"]["id"] in wallet(payload)
        assert not set(copies) & set(wallet(payload))
        assert await count_of_amex(sandbox) == 1
        assert stripe.calls.count(DETACH_CALL) == 3

    @pytest.mark.parametrize("which", [0, 1, 2])
    async def test_replace_hands_on_the_default_of_any(self, api, attach, copies, which):
        query = "mutation($i: SetDefaultPaymentMethodInput!) { setDefaultPaymentMethod(input: $i) { errors { code } } }"
        await api.data(query, i={"paymentMethodId": copies[which], "customerId": MATEO})
        payload = await attach("REPLACE_EXISTING")
        assert payload["paymentMethod"]["isDefault"] is True

    @pytest.mark.parametrize("done", [0, 1, 2])
    async def test_a_retry_detaches_those_that_are_left(self, api, attach, copies, done, sandbox, quick):
        sandbox.faults.add(Fault("drop_before", path=f"{copies[done]}/detach$", times=3))
        input = {"paymentMethodId": "pm_card_amex", "customerId": MATEO, "onDuplicate": "REPLACE_EXISTING"}
        (error,) = (await api(ATTACH, input={**input, "idempotencyKey": "k"}))["errors"]
        assert error["extensions"]["outcome"] in ("UNKNOWN", "PARTIAL")
        assert await count_of_amex(sandbox) == 4 - done
        sandbox.faults.clear()
        payload = await attach("REPLACE_EXISTING", idempotencyKey="k")
        assert payload["errors"] == []
        assert await count_of_amex(sandbox) == 1
        assert sandbox.ledger.operations().count("payment_method.detached") == 3

    async def test_reuse_answers_the_oldest_and_keeps_the_others(self, attach, copies, sandbox):
        payload = await attach("REUSE_EXISTING")
        assert (payload["paymentMethod"]["id"], payload["reusedExisting"]) == (copies[0], True)
        assert await count_of_amex(sandbox) == 3

    async def test_reject_names_the_oldest_and_keeps_the_others(self, attach, copies, sandbox):
        (error,) = (await attach("REJECT"))["errors"]
        assert error["existing"]["id"] == copies[0]
        assert await count_of_amex(sandbox) == 3


async def test_keep_both_does_not_look(attach, existing, stripe):
    payload = await attach("KEEP_BOTH")
    assert payload["errors"] == []
    assert {existing, payload["paymentMethod"]["id"]} <= set(wallet(payload))
    assert stripe.calls == [ATTACH_CALL, LIST]


@pytest.mark.parametrize("policy", ["REUSE_EXISTING", "REPLACE_EXISTING", "REJECT"])
async def test_without_a_duplicate_it_is_an_attach_and_one_list(api, stripe, policy):
    query = """mutation($i: AttachPaymentMethodInput!) { attachPaymentMethod(input: $i) {
      paymentMethod { id } reusedExisting errors { code } } }"""
    input = {"paymentMethodId": "pm_card_jcb", "customerId": MATEO, "onDuplicate": policy}
    payload = (await api.data(query, i=input))["attachPaymentMethod"]
    assert payload["errors"] == []
    assert payload["reusedExisting"] is False
    assert stripe.calls == [LIST, ATTACH_CALL]


async def test_reuse_answers_the_existing_one(attach, existing):
    payload = await attach("REUSE_EXISTING")
    assert payload["errors"] == []
    assert payload["reusedExisting"] is True
    assert payload["paymentMethod"] == {"id": existing, "customer": {"id": MATEO}, "isDefault": False}
    assert wallet(payload).count(existing) == 1


async def test_reuse_as_the_default(attach, existing):
    payload = await attach("REUSE_EXISTING", setAsDefault=True)
    assert payload["errors"] == []
    assert payload["paymentMethod"] == {"id": existing, "customer": {"id": MATEO}, "isDefault": True}


async def test_reject_names_the_existing_one(attach, api, existing, stripe, sandbox):
    payload = await attach("REJECT")
    (error,) = payload["errors"]
    assert (error["__typename"], error["code"]) == ("DuplicatePaymentMethodError", "DUPLICATE")
    assert error["path"] == ["input", "paymentMethodId"]
    assert error["existing"] == {"id": existing, "card": {"last4": "0005"}}
    assert payload["paymentMethod"] is None
    assert stripe.calls == [LIST, ATTACH_CALL, DETACH_CALL]
    assert await count_of_amex(sandbox) == 1


async def test_replace_keeps_the_new_one(attach, existing):
    payload = await attach("REPLACE_EXISTING")
    assert payload["errors"] == []
    assert payload["reusedExisting"] is False
    assert existing not in wallet(payload)
    assert payload["paymentMethod"]["id"] in wallet(payload)
    assert payload["paymentMethod"]["isDefault"] is False


async def test_replace_hands_the_default_on(attach, existing, api):
    query = "mutation($i: SetDefaultPaymentMethodInput!) { setDefaultPaymentMethod(input: $i) { errors { code } } }"
    await api.data(query, i={"paymentMethodId": existing, "customerId": MATEO})
    payload = await attach("REPLACE_EXISTING")
    assert payload["errors"] == []
    assert payload["paymentMethod"]["isDefault"] is True
    assert existing not in wallet(payload)


@pytest.mark.parametrize("policy", ["REUSE_EXISTING", "REPLACE_EXISTING", "REJECT"])
async def test_a_method_that_is_there_already_stays(attach, existing, policy, stripe):
    payload = await attach(policy, token=existing)
    assert payload["errors"] == []
    assert payload["paymentMethod"]["id"] == existing
    assert DETACH_CALL not in stripe.calls


@pytest.mark.parametrize("policy", ["REUSE_EXISTING", "REPLACE_EXISTING", "REJECT"])
async def test_a_declined_card_changes_nothing(attach, existing, policy, sandbox):
    before = len(sandbox.ledger.entries())
    payload = await attach(policy, token="pm_card_visa_chargeDeclined")
    assert payload["errors"][0]["code"] == "CARD_DECLINED"
    assert len(sandbox.ledger.entries()) == before


@pytest.mark.parametrize("policy", ["REUSE_EXISTING", "REPLACE_EXISTING", "REJECT"])
async def test_unknown_customer(attach, policy):
    (error,) = (await attach(policy, customer="cus_none"))["errors"]
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "customerId"])


@pytest.mark.parametrize("policy", ["REUSE_EXISTING", "REPLACE_EXISTING", "REJECT"])
async def test_the_same_key_is_done_once_and_answered_alike(attach, existing, policy, sandbox):
    first = await attach(policy, idempotencyKey="k")
    before = len(sandbox.ledger.entries())
    assert await attach(policy, idempotencyKey="k") == first
    assert len(sandbox.ledger.entries()) == before


async def test_a_retry_does_not_turn_against_a_card_that_came_later(attach, sandbox):
    first = await attach("REJECT", idempotencyKey="k")
    assert first["errors"] == []
    sandbox_later = await attach("KEEP_BOTH")
    assert sandbox_later["errors"] == []
    again = await attach("REJECT", idempotencyKey="k")
    assert again["errors"] == []
    assert again["paymentMethod"] == first["paymentMethod"]


async def test_a_late_retry_for_a_method_that_was_detached_replaces_nothing(attach, sandbox):
    first = (await attach("REPLACE_EXISTING", idempotencyKey="k"))["paymentMethod"]["id"]
    await Saving(sandbox).detach(first)
    later = (await attach("KEEP_BOTH"))["paymentMethod"]["id"]
    again = await attach("REPLACE_EXISTING", idempotencyKey="k")
    assert [(error["code"], error["path"]) for error in again["errors"]] == [
        ("NOT_REUSABLE", ["input", "paymentMethodId"])
    ]
    assert later in await Saving(sandbox).wallet()


@pytest.mark.parametrize("policy", ["REUSE_EXISTING", "REPLACE_EXISTING", "REJECT"])
@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "unavailable"])
async def test_a_partial_failure_is_reported_and_a_retry_completes_it(
    api, attach, existing, policy, fault, sandbox, quick
):
    sandbox.faults.add(Fault(fault, path="/detach$", times=3))
    input = {"paymentMethodId": "pm_card_amex", "customerId": MATEO, "onDuplicate": policy}
    (error,) = (await api(ATTACH, input=input))["errors"]
    assert error["extensions"]["outcome"] in ("UNKNOWN", "PARTIAL")
    sandbox.faults.clear()
    payload = await attach(policy, idempotencyKey=error["extensions"]["idempotencyKey"])
    assert [error["code"] for error in payload["errors"]] == (["DUPLICATE"] if policy == "REJECT" else [])
    assert await count_of_amex(sandbox) == 1
    assert sandbox.ledger.operations().count("payment_method.detached") == 1


@pytest.mark.parametrize("policy", ["REUSE_EXISTING", "REPLACE_EXISTING", "REJECT"])
async def test_a_later_step_that_stripe_refuses_is_reported_as_partial(settings, sandbox, existing, policy):
    class Refusing(Recorder):
        async def handle_async_request(self, request):
            if request.url.path.endswith("/detach"):
                return httpx.Response(400, json=builders.error(code="parameter_invalid_empty"))
            return await super().handle_async_request(request)

    async with Api(settings, Refusing.over(sandbox)) as api:
        input = {"paymentMethodId": "pm_card_amex", "customerId": MATEO, "onDuplicate": policy, "idempotencyKey": "k"}
        answer = await api(ATTACH, input=input)
    assert answer["data"] == {"attachPaymentMethod": None}
    assert answer["errors"][0]["extensions"]["outcome"] == "PARTIAL"
    assert answer["errors"][0]["extensions"]["idempotencyKey"] == "k"


async def count_of_amex(sandbox):
    """How many American Express cards the wallet holds, as REST tells."""
    transport = httpx.ASGITransport(app=sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", auth=("sk_test_x", "")) as rest:
        listed = (await rest.get(f"/v1/customers/{MATEO}/payment_methods", params={"limit": 100})).json()
    return sum(method.get("card", {}).get("last4") == "0005" for method in listed["data"])


@pytest.mark.parametrize(
    ("policy", "outcomes"),
    [
        ("REJECT", {"attached": 1, "DUPLICATE": 49}),
        ("REUSE_EXISTING", {"attached": 1, "reused": 49}),
        ("REPLACE_EXISTING", {"attached": 50}),
    ],
)
async def test_fifty_at_once_leave_one(attach, sandbox, policy, outcomes):
    payloads = await asyncio.gather(*(attach(policy) for _ in range(50)))
    counts: dict = {}
    for payload in payloads:
        outcome = "reused" if payload["reusedExisting"] else "attached"
        outcome = payload["errors"][0]["code"] if payload["errors"] else outcome
        counts[outcome] = counts.get(outcome, 0) + 1
    assert counts == outcomes
    assert await count_of_amex(sandbox) == 1


async def test_wallets_do_not_wait_for_each_other(attach):
    payloads = await asyncio.gather(*(attach("REJECT", customer=customer) for customer in (JENNY, AMARA, MATEO)))
    assert all(payload["paymentMethod"] or payload["errors"] for payload in payloads)


async def test_what_replaces_a_legacy_default_source_becomes_the_default(attach, sandbox):
    new = (await attach(token="pm_card_visa", customer=JENNY))["paymentMethod"]["id"]
    made, legacy = (sandbox.store.payment_methods.get(id).body["card"] for id in (new, NOORS_DEFAULT_SOURCE))
    legacy |= {name: made[name] for name in ("exp_month", "exp_year", "fingerprint")}
    payload = await attach("REPLACE_EXISTING", token="pm_card_visa", customer=NOOR)
    assert payload["errors"] == []
    assert payload["paymentMethod"]["isDefault"] is True
    assert NOORS_DEFAULT_SOURCE not in wallet(payload)
