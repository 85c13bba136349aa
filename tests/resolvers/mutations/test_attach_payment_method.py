import asyncio
from typing import ClassVar

import httpx
import pytest

from quality.harness.wallets import (
    ACCOUNT,
    DELETED,
    JENNY,
    JENNYS_CARD,
    MATEO,
    MATEOS_CARD,
    SPENT_CARD,
    UNATTACHED_CARD,
)
from sandbox import Fault

ATTACH = """
mutation Attach($input: AttachPaymentMethodInput!) {
  attachPaymentMethod(input: $input) {
    paymentMethod { id type customer { id } card { last4 checks { cvcCheck } } }
    paymentMethodEdge { cursor node { id } }
    customer { id }
    errors {
      __typename message code path requestId
      ... on CardDeclinedError { declineCode adviceCode }
    }
  }
}
"""


@pytest.fixture
def attach(api):
    async def attach(**input):
        return (await api.data(ATTACH, input=input))["attachPaymentMethod"]

    return attach


@pytest.fixture
def refused(attach, sandbox):
    """Attaches what must be refused, and holds the refusal to its shape: one error, nothing else, nothing done."""

    async def refused(**input):
        before = len(sandbox.ledger.entries())
        payload = await attach(**input)
        (error,) = payload.pop("errors")
        assert payload == {"paymentMethod": None, "paymentMethodEdge": None, "customer": None}
        assert len(sandbox.ledger.entries()) == before
        assert error["message"]
        return error

    return refused


async def test_an_unattached_method_is_saved(attach, stripe):
    payload = await attach(paymentMethodId=UNATTACHED_CARD, customerId=JENNY)
    assert payload == {
        "paymentMethod": {
            "id": UNATTACHED_CARD,
            "type": "CARD",
            "customer": {"id": JENNY},
            "card": {"last4": "4242", "checks": {"cvcCheck": "PASS"}},
        },
        "paymentMethodEdge": {"cursor": UNATTACHED_CARD, "node": {"id": UNATTACHED_CARD}},
        "customer": {"id": JENNY},
        "errors": [],
    }
    assert stripe.calls == ["POST /v1/payment_methods/:pm/attach"]
    assert stripe.form() == {"customer": JENNY}


async def test_a_test_token_makes_a_method_with_an_id_of_its_own(attach):
    payload = await attach(paymentMethodId="pm_card_mastercard", customerId=JENNY)
    assert payload["paymentMethod"]["id"] not in (None, "pm_card_mastercard")
    assert payload["paymentMethod"]["card"]["last4"] == "4444"
    assert payload["paymentMethodEdge"]["cursor"] == payload["paymentMethod"]["id"]


async def test_the_same_customer_again_changes_nothing(attach, sandbox):
    before = sandbox.ledger.operations()
    payload = await attach(paymentMethodId=JENNYS_CARD, customerId=JENNY)
    assert payload["errors"] == []
    assert payload["paymentMethod"]["id"] == JENNYS_CARD
    assert sandbox.ledger.operations() == before


async def test_an_account_may_stand_for_the_customer(attach, stripe):
    payload = await attach(paymentMethodId=UNATTACHED_CARD, customerAccountId=ACCOUNT)
    assert payload["errors"] == []
    assert stripe.form() == {"customer_account": ACCOUNT}


class TestRefusals:
    async def test_another_customer_s(self, refused):
        error = await refused(paymentMethodId=MATEOS_CARD, customerId=JENNY)
        assert (error["__typename"], error["code"]) == ("AlreadyAttachedError", "ALREADY_ATTACHED")
        assert error["path"] == ["input", "paymentMethodId"]
        assert error["requestId"].startswith("req_")

    async def test_detached_before(self, refused, api):
        detach = "mutation($id: ID!) { detachPaymentMethod(input: {paymentMethodId: $id}) { errors { code } } }"
        assert (await api.data(detach, id=JENNYS_CARD))["detachPaymentMethod"]["errors"] == []
        error = await refused(paymentMethodId=JENNYS_CARD, customerId=JENNY)
        assert (error["__typename"], error["code"]) == ("NotReusableError", "NOT_REUSABLE")
        assert error["path"] == ["input", "paymentMethodId"]

    async def test_used_up_without_a_customer(self, refused):
        error = await refused(paymentMethodId=SPENT_CARD, customerId=JENNY)
        assert (error["__typename"], error["code"]) == ("NotReusableError", "NOT_REUSABLE")

    async def test_unknown_method(self, refused):
        error = await refused(paymentMethodId="pm_none", customerId=JENNY)
        assert (error["__typename"], error["code"]) == ("NotFoundError", "NOT_FOUND")
        assert error["path"] == ["input", "paymentMethodId"]

    @pytest.mark.parametrize("id", ["", "..", "x" * 300, "pm_1/detach", "pm_1?x=y"])
    async def test_what_is_no_id_at_all(self, refused, stripe, id):
        error = await refused(paymentMethodId=id, customerId=JENNY)
        assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "paymentMethodId"])
        assert all(call.endswith("/attach") for call in stripe.calls)

    @pytest.mark.parametrize("id", ["cus_none", "pm_1MqLiJLkdIwHu7ixUEgbFdYF", DELETED])
    async def test_unknown_or_deleted_customer(self, refused, id):
        error = await refused(paymentMethodId=UNATTACHED_CARD, customerId=id)
        assert (error["__typename"], error["code"]) == ("NotFoundError", "NOT_FOUND")
        assert error["path"] == ["input", "customerId"]

    async def test_unknown_account(self, refused):
        error = await refused(paymentMethodId=UNATTACHED_CARD, customerAccountId="acct_none")
        assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "customerAccountId"])

    async def test_no_customer_named(self, refused, stripe):
        error = await refused(paymentMethodId=UNATTACHED_CARD)
        assert (error["__typename"], error["code"]) == ("InvalidInputError", "INVALID_INPUT")
        assert error["path"] == ["input", "customerId"]
        assert stripe.calls == []

    async def test_both_named(self, refused, stripe):
        error = await refused(paymentMethodId=UNATTACHED_CARD, customerId=JENNY, customerAccountId=ACCOUNT)
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "customerAccountId"])
        assert stripe.calls == []

    async def test_empty_customer(self, refused):
        error = await refused(paymentMethodId=UNATTACHED_CARD, customerId="")
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "customerId"])

    @pytest.mark.parametrize("key", ["", "k" * 256])
    async def test_a_key_of_no_or_too_great_length(self, refused, stripe, key):
        error = await refused(paymentMethodId=UNATTACHED_CARD, customerId=JENNY, idempotencyKey=key)
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "idempotencyKey"])
        assert stripe.calls == []

    @pytest.mark.parametrize(
        ("token", "decline_code"),
        [
            ("pm_card_visa_chargeDeclined", "generic_decline"),
            ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
            ("pm_card_visa_chargeDeclinedLostCard", "lost_card"),
            ("pm_card_visa_chargeDeclinedStolenCard", "stolen_card"),
            ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
            ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc"),
            ("pm_card_chargeDeclinedProcessingError", "processing_error"),
            ("pm_card_visa_chargeDeclinedVelocityLimitExceeded", "card_velocity_exceeded"),
        ],
    )
    async def test_declined_card(self, attach, token, decline_code):
        payload = await attach(paymentMethodId=token, customerId=JENNY)
        (error,) = payload["errors"]
        assert (error["__typename"], error["code"]) == ("CardDeclinedError", "CARD_DECLINED")
        assert error["declineCode"] == decline_code
        assert error["path"] == ["input", "paymentMethodId"]
        assert error["message"].startswith("Your card")
        assert payload["paymentMethod"] is None

    @pytest.mark.parametrize("type", ["ideal", "affirm", "oxxo"])
    async def test_a_type_that_can_not_be_saved(self, refused, stripe, type):
        form = {"type": type}
        headers = {"authorization": "Bearer sk_test_x"}
        async with httpx.AsyncClient(transport=stripe, base_url="http://sandbox", headers=headers) as rest:
            method = (await rest.post("/v1/payment_methods", data=form)).json()["id"]
        error = await refused(paymentMethodId=method, customerId=JENNY)
        assert (error["code"], error["path"]) == ("NOT_SAVEABLE", ["input", "paymentMethodId"])

    async def test_a_full_wallet(self, attach, api, sandbox):
        for _ in range(500):
            await api.stripe.handle_async_request(_attach_request())
        (error,) = (await attach(paymentMethodId=UNATTACHED_CARD, customerId=MATEO))["errors"]
        assert error["code"] == "INVALID_INPUT"
        assert error["message"] == "The customer has as many payment methods as Stripe allows. Detach one first."


def _attach_request():
    import httpx

    return httpx.Request(
        "POST",
        "http://sandbox/v1/payment_methods/pm_card_visa/attach",
        headers={"Authorization": "Bearer sk_test_x", "Content-Type": "application/x-www-form-urlencoded"},
        content=f"customer={MATEO}",
    )


class TestIdempotency:
    INPUT: ClassVar = {"paymentMethodId": "pm_card_visa", "customerId": JENNY, "idempotencyKey": "order-1"}

    async def test_the_same_key_is_done_once_and_answered_alike(self, attach, sandbox):
        first, second = await attach(**self.INPUT), await attach(**self.INPUT)
        assert first == second
        assert sandbox.ledger.operations().count("payment_method.attached") == 1

    async def test_without_a_key_each_request_is_its_own(self, attach, sandbox):
        input = {**self.INPUT, "idempotencyKey": None}
        first, second = await attach(**input), await attach(**input)
        assert first["paymentMethod"]["id"] != second["paymentMethod"]["id"]

    async def test_the_same_key_with_other_input_is_a_conflict(self, attach):
        await attach(**self.INPUT)
        (error,) = (await attach(**{**self.INPUT, "customerId": MATEO}))["errors"]
        assert (error["__typename"], error["code"]) == ("IdempotencyConflictError", "IDEMPOTENCY_CONFLICT")
        assert error["path"] == ["input", "idempotencyKey"]

    async def test_a_refusal_is_replayed_too(self, attach):
        input = {**self.INPUT, "paymentMethodId": "pm_card_visa_chargeDeclined"}
        first, second = await attach(**input), await attach(**input)
        assert first["errors"][0]["code"] == second["errors"][0]["code"] == "CARD_DECLINED"

    async def test_the_key_sent_is_bound_to_mutation_and_caller_and_is_not_the_client_s(self, attach, api, stripe):
        await attach(**self.INPUT)
        detach = "mutation($i: DetachPaymentMethodInput!) { detachPaymentMethod(input: $i) { errors { code } } }"
        await api(detach, i={"paymentMethodId": JENNYS_CARD, "idempotencyKey": "order-1"})
        keys = [request.headers["idempotency-key"] for request in stripe.requests]
        assert len(set(keys)) == len(keys) == 2
        assert not any("order-1" in key for key in keys)

    async def test_a_key_whose_first_request_still_runs_is_to_be_sent_again(self, attach, api, sandbox, quick):
        sandbox.faults.add(Fault("conflict", path="/attach$", times=3))
        (error,) = (await api(ATTACH, input=self.INPUT))["errors"]
        assert error["extensions"]["code"] == "UPSTREAM_TIMEOUT"
        assert error["extensions"]["outcome"] == "UNKNOWN"
        assert error["extensions"]["idempotencyKey"] == "order-1"
        assert (await attach(**self.INPUT))["errors"] == []


class TestFaults:
    @pytest.mark.parametrize(
        ("fault", "code"),
        [
            (Fault("rate_limit", times=None), "RATE_LIMITED"),
            (Fault("error_before", times=None), "UPSTREAM_UNAVAILABLE"),
            (Fault("unavailable", times=None), "UPSTREAM_UNAVAILABLE"),
            (Fault("drop_before", times=None), "UPSTREAM_UNAVAILABLE"),
            (Fault("not_json", times=None), "UPSTREAM_UNAVAILABLE"),
            (Fault("redirect", times=None), "UPSTREAM_UNAVAILABLE"),
            (Fault("no_content", times=None), "UPSTREAM_UNAVAILABLE"),
            (Fault("huge", size=50_000_000, times=None), "UPSTREAM_UNAVAILABLE"),
            (Fault("truncate", times=None), "UPSTREAM_UNAVAILABLE"),
            (Fault("permission", times=None), "INTERNAL"),
        ],
        ids=lambda value: getattr(value, "kind", value),
    )
    async def test_a_fault_is_a_top_level_error_with_a_code(self, api, sandbox, quick, fault, code):
        sandbox.faults.add(fault)
        answer = await api(ATTACH, input={"paymentMethodId": UNATTACHED_CARD, "customerId": JENNY})
        assert answer["data"] == {"attachPaymentMethod": None}
        (error,) = answer["errors"]
        assert error["path"] == ["attachPaymentMethod"]
        assert error["extensions"]["code"] == code

    async def test_one_mutation_s_fault_leaves_its_neighbour_s_answer(self, api, sandbox, quick):
        sandbox.faults.add(Fault("rate_limit", path="/attach$"))
        answer = await api(
            """mutation($a: AttachPaymentMethodInput!) {
              first: attachPaymentMethod(input: $a) { errors { code } }
              second: attachPaymentMethod(input: $a) { paymentMethod { id } }
            }""",
            a={"paymentMethodId": UNATTACHED_CARD, "customerId": JENNY},
        )
        assert answer["data"] == {"first": None, "second": {"paymentMethod": {"id": UNATTACHED_CARD}}}
        assert [error["path"] for error in answer["errors"]] == [["first"]]

    async def test_an_unknown_outcome_comes_with_the_key_that_settles_it(self, api, attach, sandbox, quick):
        sandbox.faults.add(Fault("drop_after", path="/attach$", times=3))
        input = {"paymentMethodId": "pm_card_visa", "customerId": JENNY}
        (error,) = (await api(ATTACH, input=input))["errors"]
        assert error["extensions"]["outcome"] == "UNKNOWN"
        assert sandbox.ledger.operations().count("payment_method.attached") == 1
        payload = await attach(**input, idempotencyKey=error["extensions"]["idempotencyKey"])
        assert payload["errors"] == []
        assert sandbox.ledger.operations().count("payment_method.attached") == 1

    async def test_nothing_that_stripe_calls_secret_is_passed_on(self, api, sandbox, quick):
        sandbox.faults.add(Fault("permission", times=None))
        answer = str(await api(ATTACH, input={"paymentMethodId": UNATTACHED_CARD, "customerId": JENNY}))
        assert "sk_test" not in answer
        assert "dashboard" not in answer


class TestRaces:
    async def test_of_fifty_attaches_to_two_customers_one_customer_wins(self, attach, sandbox):
        payloads = await asyncio.gather(
            *(attach(paymentMethodId=UNATTACHED_CARD, customerId=(JENNY, MATEO)[n % 2]) for n in range(50))
        )
        owners = {payload["customer"]["id"] for payload in payloads if not payload["errors"]}
        refusals = {error["code"] for payload in payloads for error in payload["errors"]}
        assert len(owners) == 1
        assert refusals == {"ALREADY_ATTACHED"}
        assert sandbox.ledger.operations(UNATTACHED_CARD) == ["payment_method.attached"]
