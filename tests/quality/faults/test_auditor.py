"""What the auditor of `make faults` calls wrong."""

from __future__ import annotations

import asyncio
import json
from collections import Counter

import httpx
import pytest

from quality.faults.auditor import Expected, audit
from quality.faults.client import Client, Outcome, Telling, understood
from quality.faults.plan import Fault, Work
from quality.faults.scenarios import Scenario
from quality.harness.clients import Api, Recorder
from quality.harness.wire import answer
from serving.settings.settings import Settings

DONE = '{"data": {"attachPaymentMethod": {"paymentMethod": {"id": "pm_1"}, "errors": []}}}'
REFUSED = '{"data": {"attachPaymentMethod": {"paymentMethod": null, "errors": [{"code": "CARD_DECLINED"}]}}}'
ATTACH = """mutation { attachPaymentMethod(input: {
  paymentMethodId: "pm_1", customerId: "cus_1", idempotencyKey: "k"}) { paymentMethod { id } } }"""
ATTACHED = Counter({"payment_method.attached": 1})


def told(text, status=200):
    return understood(answer(status, text.encode()))


def fault(code, **extensions):
    error = {"message": "…", "extensions": {"code": code, **extensions}}
    return told(json.dumps({"errors": [error], "data": {"attachPaymentMethod": None}}))


def violations(*tellings, done=ATTACHED, gave_up=False, key="k"):
    scenario = Scenario.undisturbed("attach", "service")
    scenario.key = key
    scenario.ids = {"customer": "cus_1", "loose": "pm_1"}
    client = Client(scenario, [], Settings())
    client.tellings, client.gave_up = list(tellings), gave_up
    name = (scenario.kind, scenario.caller)
    expected = Expected({name: Telling(Outcome.DONE, scenario.told(DONE))}, {name: ATTACHED})
    return list(audit(scenario, client, Counter(done), expected))


async def refused_by_stripe():
    """The response of the service itself to an attach that Stripe refuses for a reason of the service's."""
    refusal = httpx.Response(403, json={"error": {"type": "invalid_request_error"}})
    async with Api(Settings(), Recorder(httpx.MockTransport(lambda request: refusal))) as api:
        return told(json.dumps(await api(ATTACH)))


UNKNOWN = fault("UPSTREAM_TIMEOUT", outcome="UNKNOWN", idempotencyKey="k")
REFUSED_BY_STRIPE = asyncio.run(refused_by_stripe())
DONE_WITHOUT_DATA = fault("BAD_USER_INPUT", limit="MAX_RESPONSE_BYTES", outcome="DONE")


@pytest.mark.parametrize(
    ("tellings", "done", "gave_up"),
    [
        ([told(DONE)], ATTACHED, False),
        ([UNKNOWN, told(DONE), told(DONE)], ATTACHED, False),
        ([understood(None), fault("RATE_LIMITED"), told(DONE)], ATTACHED, False),
        ([fault("UPSTREAM_UNAVAILABLE")], {}, True),
        ([UNKNOWN], {}, True),
        ([UNKNOWN], ATTACHED, True),
        ([told(REFUSED)], {}, True),
        ([DONE_WITHOUT_DATA], ATTACHED, True),
        ([REFUSED_BY_STRIPE], {}, True),
        ([DONE_WITHOUT_DATA, told(DONE)], ATTACHED, False),
    ],
)
def test_what_is_right(tellings, done, gave_up):
    assert violations(*tellings, done=done, gave_up=gave_up) == []


@pytest.mark.parametrize(
    ("tellings", "done", "gave_up", "word"),
    [
        ([told(DONE)], {"payment_method.attached": 2}, False, "more than was asked"),
        ([told(DONE)], {}, False, "settled, but done"),
        ([told(DONE.replace("pm_1", "pm_2"))], ATTACHED, False, "told wrongly"),
        ([told(DONE), told(DONE.replace("pm_1", "pm_2"))], ATTACHED, False, "told differently"),
        ([fault("UPSTREAM_UNAVAILABLE")], ATTACHED, True, "told that nothing was done"),
        ([told(REFUSED)], ATTACHED, True, "told that nothing was done"),
        ([fault("UPSTREAM_TIMEOUT", outcome="UNKNOWN")], {}, True, "no key to find out with"),
        ([fault("UPSTREAM_TIMEOUT", outcome="UNKNOWN", idempotencyKey="x")], {}, True, "another key"),
        ([fault("ODD")], {}, True, "unknown code"),
        ([fault("INTERNAL")], {}, True, "something unexpected"),
        ([told(DONE.replace("pm_1", "sk_test_1"))], ATTACHED, False, "a secret"),
    ],
)
def test_what_is_wrong(tellings, done, gave_up, word):
    assert any(word in violation for violation in violations(*tellings, done=done, gave_up=gave_up))


def test_a_seed_draws_the_same_scenario_again():
    assert str(Scenario.drawn("1:7")) == str(Scenario.drawn("1:7"))
    assert len({str(Scenario.drawn(f"1:{number}")) for number in range(50)}) > 40


def test_every_fault_of_a_plan_has_a_name():
    faults = [fault for number in range(300) for fault in Scenario.drawn(f"1:{number}").faults]
    assert {fault.work for fault in faults} == set(Work)
    assert len({fault.name for fault in faults}) > 25
    assert str(Fault(delay=0.5)) == "now/true 0.50s"
