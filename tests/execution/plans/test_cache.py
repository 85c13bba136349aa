"""When operations are compiled, and how long plans are kept."""

from __future__ import annotations

import gc

import msgspec
import pytest

import app
from execution.documents import Operation as DocumentOperation
from execution.plans import PlanCounts
from quality.harness.clients import Api, Recorder
from serving.auth.tokens import Caller, CallerKind
from serving.graphql.operation_request import Operation
from serving.settings.settings import Settings
from tests.execution.random_operations import CUSTOMER

pytestmark = pytest.mark.anyio


@pytest.fixture
async def api(stripe):
    async with Api(Settings(compiled_plans=True), stripe) as api:
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


@pytest.fixture(autouse=True)
def as_in_production(monkeypatch):
    monkeypatch.setattr("execution.plans.cache.COMPILE_AFTER", 2)


async def test_an_operation_is_compiled_on_its_second_execution(api):
    for expected in ((0, 1, 0), (1, 1, 1), (2, 1, 1)):
        await api.data(WALLET, id=CUSTOMER, more=True)
        assert (counts(api).hits, counts(api).misses, counts(api).compilations) == expected


async def test_each_choice_of_fields_has_its_own_plan(api):
    for more in (True, True, False, False):
        answer = await api.data(WALLET, id=CUSTOMER, more=more)
        assert ("email" in answer["customer"]) is more
    assert (counts(api).hits, counts(api).compilations) == (2, 2)


async def test_callers_with_hidden_fields_have_their_own_plan(sandbox):
    text = f'{{ customer(id: "{CUSTOMER}") {{ metadata }} }}'
    service = app.Service(Settings(compiled_plans=True), transport=Recorder.over(sandbox))
    callers = (Caller(CallerKind.CUSTOMER, "u", CUSTOMER), Caller(CallerKind.SERVICE, "s"))
    seen = []
    for caller in callers * 3:
        result = await service.runner.run(Operation(text), caller, service.begin({}))
        seen.append(msgspec.to_builtins(result.data)["customer"])
    assert seen == [{"metadata": {}}, {"metadata": {"plan": "family"}}] * 3
    assert (service.executor.counts.hits, service.executor.counts.compilations) == (4, 2)


async def test_introspection_has_no_plan(api):
    for _ in range(3):
        await api.data("{ __schema { queryType { name } } }")
    assert counts(api).hits == 0


async def test_plans_can_be_turned_off(stripe):
    async with Api(Settings(compiled_plans=False), stripe) as api:
        for _ in range(3):
            await api.data(WALLET, id=CUSTOMER, more=True)
        assert counts(api) == PlanCounts()


async def test_the_number_of_plans_is_bounded(api, monkeypatch):
    monkeypatch.setattr("execution.plans.cache.MAX_PLANS", 3)
    for number in (0, 1, 2, 3, 3, 0):
        for _ in range(2):
            await api.data(f"{{ viewer {{ n{number}: kind }} }}")
    # The oldest plan was dropped, and the operation is compiled again after as many requests.
    assert (counts(api).compilations, counts(api).misses, counts(api).hits) == (5, 5, 7)


async def test_combinations_of_conditions_are_bounded(api, monkeypatch):
    monkeypatch.setattr("execution.plans.cache.MAX_VARIANTS", 1)
    for more in (True, True, False, False):
        await api.data(WALLET, id=CUSTOMER, more=more)
    assert counts(api).compilations == 1


async def test_a_document_that_was_sent_once_is_not_retained(api):
    text = "{ viewer { onlyOnce: kind } }"
    await api.data(text)
    api.service.executor._documents._documents.clear()
    gc.collect()
    assert not [one for one in gc.get_objects() if isinstance(one, DocumentOperation) and one.text == text]
