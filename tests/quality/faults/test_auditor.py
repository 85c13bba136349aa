"""The auditor of `make faults` reports wrong results and nothing else."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter

import httpx
import pytest

from quality.faults.auditor import Expected, Ledger, audit, audit_state
from quality.faults.client import Client, Outcome, Result, parse_result
from quality.faults.operations import OPERATIONS
from quality.faults.plan import NONE, Delivery, Fault, Reply, draw_crash_plan
from quality.faults.scenarios import Scenario
from quality.faults.wallet_state import WalletState
from quality.harness.clients import Api, Recorder
from quality.harness.wire import response
from serving.settings.settings import Settings

DONE = '{"data": {"attachPaymentMethod": {"paymentMethod": {"id": "pm_1"}, "errors": []}}}'
REFUSED = '{"data": {"attachPaymentMethod": {"paymentMethod": null, "errors": [{"code": "CARD_DECLINED"}]}}}'
ATTACH = """mutation { attachPaymentMethod(input: {
  paymentMethodId: "pm_1", customerId: "cus_1", idempotencyKey: "k"}) { paymentMethod { id } } }"""
ATTACHED = Counter({"payment_method.attached": 1})


def result(text, status=200):
    return parse_result(response(status, text.encode()))


def fault(code, **extensions):
    error = {"message": "…", "extensions": {"code": code, **extensions}}
    return result(json.dumps({"errors": [error], "data": {"attachPaymentMethod": None}}))


def violations(*results, done=ATTACHED, gave_up=False, key="k"):
    scenario = Scenario.without_faults("attach", "service")
    scenario.key = key
    scenario.ids = {"customer": "cus_1", "loose": "pm_1"}
    client = Client(scenario, [], Settings())
    client.results, client.gave_up = list(results), gave_up
    name = (scenario.kind, scenario.caller)
    expected = Expected({name: Result(Outcome.DONE, scenario.normalized(DONE))}, {name: ATTACHED})
    return list(audit(scenario, client, Counter(done), expected))


async def refused_by_stripe():
    """The response of the service itself to an attach that Stripe refuses for a reason of the service's."""
    refusal = httpx.Response(403, json={"error": {"type": "invalid_request_error"}})
    async with Api(Settings(), Recorder(httpx.MockTransport(lambda request: refusal))) as api:
        return result(json.dumps(await api(ATTACH)))


UNKNOWN = fault("UPSTREAM_TIMEOUT", outcome="UNKNOWN", idempotencyKey="k")
REFUSED_BY_STRIPE = asyncio.run(refused_by_stripe())
DONE_WITHOUT_DATA = fault("BAD_USER_INPUT", limit="MAX_RESPONSE_BYTES", outcome="DONE")


@pytest.mark.parametrize(
    ("results", "done", "gave_up"),
    [
        ([result(DONE)], ATTACHED, False),
        ([UNKNOWN, result(DONE), result(DONE)], ATTACHED, False),
        ([parse_result(None), fault("RATE_LIMITED"), result(DONE)], ATTACHED, False),
        ([fault("UPSTREAM_UNAVAILABLE")], {}, True),
        ([UNKNOWN], {}, True),
        ([UNKNOWN], ATTACHED, True),
        ([result(REFUSED)], {}, True),
        ([DONE_WITHOUT_DATA], ATTACHED, True),
        ([REFUSED_BY_STRIPE], {}, True),
        ([DONE_WITHOUT_DATA, result(DONE)], ATTACHED, False),
    ],
)
def test_a_correct_result_is_no_violation(results, done, gave_up):
    assert violations(*results, done=done, gave_up=gave_up) == []


@pytest.mark.parametrize(
    ("results", "done", "gave_up", "word"),
    [
        ([result(DONE)], {"payment_method.attached": 2}, False, "more changes than in the baseline"),
        ([result(DONE)], {}, False, "settled, but changed"),
        ([result(DONE.replace("pm_1", "pm_2"))], ATTACHED, False, "wrong result"),
        ([result(DONE), result(DONE.replace("pm_1", "pm_2"))], ATTACHED, False, "different results"),
        ([fault("UPSTREAM_UNAVAILABLE")], ATTACHED, True, "reported as not done"),
        ([result(REFUSED)], ATTACHED, True, "reported as not done"),
        ([fault("UPSTREAM_TIMEOUT", outcome="UNKNOWN")], {}, True, "without an idempotency key"),
        (
            [fault("UPSTREAM_TIMEOUT", outcome="UNKNOWN", idempotencyKey="x")],
            {},
            True,
            "not the client's idempotency key",
        ),
        ([fault("ODD")], {}, True, "unknown code"),
        ([fault("INTERNAL")], {}, True, "internal error"),
        ([result(DONE.replace("pm_1", "sk_test_1"))], ATTACHED, False, "a secret"),
    ],
)
def test_a_wrong_result_is_a_violation(results, done, gave_up, word):
    assert any(word in violation for violation in violations(*results, done=done, gave_up=gave_up))


def test_a_seed_always_draws_the_same_scenario():
    assert str(Scenario.from_seed("1:7")) == str(Scenario.from_seed("1:7"))
    assert len({str(Scenario.from_seed(f"1:{number}")) for number in range(50)}) > 40


def test_every_fault_of_a_plan_has_a_name():
    faults = [fault for number in range(300) for fault in Scenario.from_seed(f"1:{number}").faults]
    assert {fault.delivery for fault in faults} == set(Delivery)
    assert len({fault.name for fault in faults}) > 25
    assert str(Fault(delay=0.5)) == "now/true 0.50s"


def test_a_kind_is_chosen_by_a_part_of_its_name():
    drawn = {Scenario.from_seed(f"1:{number}", "complete").kind for number in range(100)}
    assert drawn == {kind for kind in OPERATIONS if "complete" in kind}


def test_a_crash_plan_crashes_once_before_or_after_a_call():
    plans = [draw_crash_plan(random.Random(number)) for number in range(200)]
    crashes = [fault for plan in plans for fault in plan if fault.reply is Reply.CRASH]
    assert len(crashes) == len(plans)
    assert {crash.delivery for crash in crashes} == {Delivery.NEVER, Delivery.NOW}
    assert {plan.index(crash) for plan in plans for crash in plan if crash.reply is Reply.CRASH} == set(range(6))
    assert all(fault == NONE for plan in plans for fault in plan[: [one.reply for one in plan].index(Reply.CRASH)])


BEFORE = WalletState(("amex", "saved"), "amex", {"amex pays": "amex"}, ("succeeded",))
AFTER = WalletState(("saved",), "saved", {"amex pays": "saved"}, ("succeeded",))
HALF = WalletState(("amex", "saved"), "amex", {"amex pays": "saved"}, ("succeeded",))


def state_violations(state, *, gave_up):
    scenario = Scenario.without_faults("complete, replacing and moving", "service")
    scenario.before = BEFORE
    client = Client(scenario, [], Settings())
    client.gave_up = gave_up
    expected = Expected(states={(scenario.kind, scenario.caller): AFTER})
    return list(audit_state(scenario, client, state, expected))


@pytest.mark.parametrize(("state", "gave_up"), [(AFTER, False), (AFTER, True), (HALF, True), (BEFORE, True)])
def test_an_operation_that_ended_in_the_middle_may_have_done_some_steps(state, gave_up):
    assert state_violations(state, gave_up=gave_up) == []


@pytest.mark.parametrize(
    ("state", "gave_up", "word"),
    [
        (HALF, False, "settled, but left"),
        (WalletState(("saved",), "saved", {"amex pays": None}), True, "the subscription that amex pays is left"),
        (WalletState(("saved",), None, {"amex pays": "saved"}), True, "the default is None"),
        (WalletState(("amex",), "amex", {"amex pays": "amex"}), True, "lost ['saved']"),
        (WalletState((), "amex", {"amex pays": "amex"}), True, "only () are left"),
    ],
)
def test_a_state_that_no_retry_completes_is_a_violation(state, gave_up, word):
    assert any(word in violation for violation in state_violations(state, gave_up=gave_up))


@pytest.mark.parametrize(("moved_by", "subscriptions_losing_their_method"), [("req_detach", 1), ("req_move", 0)])
def test_a_detach_that_changes_a_subscription_has_abandoned_it(
    moved_by, subscriptions_losing_their_method, monkeypatch
):
    entries = [
        ledger_entry(1, "customer.subscription.updated", moved_by),
        ledger_entry(2, "payment_method.detached", "req_detach"),
        ledger_entry(3, "customer.subscription.updated", "req_detach", customer="cus_2"),
    ]

    async def call(port, method, path):
        return {"entries": entries}

    monkeypatch.setattr("quality.harness.wire.call", call)
    ledger = Ledger(0)
    asyncio.run(ledger.read())
    scenario = Scenario.without_faults("complete, replacing and moving", "service")
    scenario.ids = {"customer": "cus_1"}
    assert ledger.subscriptions_losing_their_method(scenario) == subscriptions_losing_their_method


def ledger_entry(seq, operation, request_id, customer="cus_1"):
    return {"seq": seq, "operation": operation, "request_id": request_id, "customer": customer}
