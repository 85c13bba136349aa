"""Plans and the ordinary executor, side by side over the same odd answers."""

from __future__ import annotations

import asyncio
import gc
import os
from random import Random
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest

import app
from execution.counts import PlanCounts
from execution.documents import Document
from execution.planner import MAX_PLANS, Planner
from serving.auth import ANONYMOUS, Caller, CallerKind
from serving.graphql_http import Operation
from serving.refusals import NotExecuted
from serving.settings import Settings
from stripe_api.care import Care
from tests.clients import Api, Recorder
from tests.execution.documents import CUSTOMER, Writer
from tests.execution.upstream import OddUpstream

CASES = int(os.environ.get("DIFFERENTIAL_CASES", "1000"))
BATCH = 100
CALLERS = (ANONYMOUS, Caller(CallerKind.CUSTOMER, "u", CUSTOMER), Caller(CallerKind.SERVICE, "s"))

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("quick")]


@pytest.fixture(autouse=True)
def same_keys(monkeypatch):
    """Idempotency keys that nobody gave are the same on both sides."""
    monkeypatch.setattr("resolvers.idempotency.secrets.token_hex", lambda _: "made-key")


class Side:
    """A service of its own, with plans or without."""

    def __init__(self, *, plans: bool) -> None:
        self.service = app.Service(Settings(compiled_plans=plans), transport=OddUpstream("", 0.0))

    async def answer(self, operation: Operation, caller: Caller, upstream: OddUpstream) -> Answer:
        """What is answered, and the calls that it took."""
        running = asyncio.all_tasks()
        self.service.stripe._transport, self.service.stripe.care = upstream, Care()
        try:
            result = await self.service.runner.run(operation, caller, self.service.begin({}))
            data, errors = msgspec.json.encode(result.data), result.errors or []
        except NotExecuted as refusal:
            data, errors = b"", list(refusal.errors)
        # The executor does not wait for reads whose answer an error has made superfluous.
        await asyncio.gather(*asyncio.all_tasks() - running, return_exceptions=True)
        # In which order errors stand is chance where fields are resolved side by side.
        told: list[Any] = sorted((error.formatted for error in errors), key=lambda error: str(error.get("path")))
        writes = [call for call in upstream.calls if call[0] == "POST"]
        # After an error the reads that were begun beside it are chance too.
        return Answer(data, told, writes, [] if told else upstream.calls)


class Answer(NamedTuple):
    """What must not differ: the data to the byte, all of each error, the calls in their order."""

    data: bytes
    errors: list[Any]
    writes: list[Any]
    calls: list[Any]


def settled(one: Answer, other: Answer) -> Answer:
    """An answer without the errors that chance chose among several which nulled one and the same place."""
    if one.errors == other.errors or one.data != other.data:
        return one
    data = msgspec.json.decode(one.data)
    paths: dict[str, set[str]] = {}
    for error in one.errors + other.errors:
        paths.setdefault(nulled(data, error["path"]), set()).add(str(error["path"]))
    errors = [error for error in one.errors if len(paths[nulled(data, error["path"])]) == 1]
    return one._replace(errors=errors)


def nulled(data: Any, path: list[str | int]) -> str:
    """The place of the null that an error has left."""
    for depth, key in enumerate(path):
        if data is None:
            return str(path[:depth])
        data = data[key]
    return str(path)


def case(seed: str) -> tuple[Operation, Caller, float]:
    random = Random(seed)
    writer = Writer(app.schema._schema, random)
    operation = Operation(writer.write(), writer.variables)
    return operation, random.choice(CALLERS), random.choice((0.0, 0.3, 1.0))


@pytest.mark.parametrize("batch", range(max(1, CASES // BATCH)))
async def test_a_plan_answers_as_the_executor_does(batch):
    planned, plain = Side(plans=True), Side(plans=False)
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        operation, caller, oddness = case(f"case {number}")
        expected = await plain.answer(operation, caller, OddUpstream(f"case {number}", oddness))
        found = await planned.answer(operation, caller, OddUpstream(f"case {number}", oddness))
        assert settled(found, expected) == settled(expected, found), (number, operation)
    counts = planned.service.executor.counts
    assert counts.hits > BATCH / 4, counts
    assert counts.handovers > BATCH / 20, counts


@pytest.mark.parametrize("fields", [3, 5, 10, 30])
async def test_a_plan_stops_where_the_executor_does(fields):
    planned, plain = Side(plans=True), Side(plans=False)
    for side in (planned, plain):
        side.service.executor._limits = Stopping(side.service.executor._limits, fields)
    stopped = 0
    for number in range(BATCH):
        operation, caller, oddness = case(f"case {number}")
        expected = await plain.answer(operation, caller, OddUpstream(f"case {number}", oddness))
        found = await planned.answer(operation, caller, OddUpstream(f"case {number}", oddness))
        assert settled(found, expected) == settled(expected, found), (number, operation)
        stopped += [error["extensions"].get("limit") for error in found.errors] == ["MAX_COST"]
    assert BATCH / 20 < stopped < BATCH


class Stopping:
    """Limits under which executions are stopped at a number of fields, while every document is accepted."""

    def __init__(self, limits, fields):
        self._limits = limits
        self.max_fields = fields

    def __getattr__(self, name):
        return getattr(self._limits, name)


@pytest.fixture
async def api(stripe):
    async with Api(Settings(), stripe) as api:
        yield api


WALLET = """
query Wallet($id: ID!, $more: Boolean!) {
  customer(id: $id) {
    id name
    paymentMethods(first: 3) { nodes { id displayLabel isDefault card { brand last4 } } pageInfo { endCursor } }
    email @include(if: $more)
  }
}
"""


def counts(api):
    return api.service.executor.counts


class TestWhenPlansAreMade:
    @pytest.fixture(autouse=True)
    def as_in_production(self, monkeypatch):
        monkeypatch.setattr("execution.planner.SIGHTINGS", 2)

    async def test_on_second_sight(self, api):
        for expected in ((0, 1, 0), (1, 1, 1), (2, 1, 1)):
            await api.data(WALLET, id=CUSTOMER, more=True)
            assert (counts(api).hits, counts(api).misses, counts(api).compilations) == expected

    async def test_one_for_each_choice_of_fields(self, api):
        for more in (True, True, False, False):
            answer = await api.data(WALLET, id=CUSTOMER, more=more)
            assert ("email" in answer["customer"]) is more
        assert (counts(api).hits, counts(api).compilations) == (2, 2)

    async def test_one_for_those_who_see_less(self, sandbox):
        text = f'{{ customer(id: "{CUSTOMER}") {{ metadata }} }}'
        service = Side(plans=True).service
        service.stripe._transport = Recorder.over(sandbox)
        seen = []
        for caller in (*CALLERS[1:], *CALLERS[1:], *CALLERS[1:]):
            result = await service.runner.run(Operation(text), caller, service.begin({}))
            seen.append(result.data["customer"])
        assert [msgspec.to_builtins(one) for one in seen] == [{"metadata": {}}, {"metadata": {"plan": "family"}}] * 3
        assert (service.executor.counts.hits, service.executor.counts.compilations) == (4, 2)

    async def test_none_for_the_schema_itself(self, api):
        for _ in range(3):
            await api.data("{ __schema { queryType { name } } }")
        assert counts(api).hits == 0

    async def test_none_where_they_are_turned_off(self, stripe):
        async with Api(Settings(compiled_plans=False), stripe) as api:
            for _ in range(3):
                await api.data(WALLET, id=CUSTOMER, more=True)
            assert counts(api) == PlanCounts()

    async def test_no_more_than_can_be_kept(self, api, monkeypatch):
        planner = Planner(PlanCounts())
        monkeypatch.setattr(api.service.executor, "_planner", planner)
        for number in range(MAX_PLANS + 5):
            for _ in range(2):
                await api.data(f"{{ viewer {{ n{number}: kind }} }}")
        assert len(planner._plans) == MAX_PLANS

    async def test_a_document_that_came_once_is_let_go(self, api, monkeypatch):
        monkeypatch.setattr("execution.planner.SIGHTINGS", 2)
        text = "{ viewer { onlyOnce: kind } }"
        await api.data(text)
        api.service.executor._documents._cache.clear()
        gc.collect()
        assert not [one for one in gc.get_objects() if isinstance(one, Document) and one.text == text]


ATTACH = """
mutation Attach($input: AttachPaymentMethodInput!) {
  attachPaymentMethod(input: $input) { paymentMethod { id created card { brand last4 } } errors { code } }
}
"""
BEHIND = {"paymentMethodId": "pm_card_visa", "customerId": CUSTOMER}


class TestHandingOver:
    async def test_the_executor_answers_over_what_was_received(self, stripe, api):
        async def spoiled(request):
            response = await answer(request)
            body = msgspec.json.decode(await response.aread())
            body["card"]["last4"] = 4242
            return httpx.Response(200, json=body)

        answer = stripe._inner.handle_async_request
        stripe._inner.handle_async_request = spoiled
        result = await api(ATTACH, input=BEHIND)
        path = ["attachPaymentMethod", "paymentMethod", "card", "last4"]
        assert [error["path"] for error in result["errors"]] == [path]
        assert result["data"]["attachPaymentMethod"]["paymentMethod"]["card"] is None
        assert stripe.calls == ["POST /v1/payment_methods/:pm/attach"]
        assert counts(api).handovers == 1

    async def test_a_refusal_that_is_data_needs_none(self, stripe, api):
        answer = await api.data(ATTACH, input={**BEHIND, "paymentMethodId": "pm_card_chargeDeclined"})
        assert answer["attachPaymentMethod"]["errors"] == [{"code": "CARD_DECLINED"}]
        assert (counts(api).hits, counts(api).handovers) == (1, 0)
