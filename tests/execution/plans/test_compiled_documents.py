"""Plans answer the documents of the README, the playground and the clients completely."""

from __future__ import annotations

import json

import pytest
from graphql import OperationType, get_operation_ast, parse

from quality.harness.clients import Api
from quality.harness.processes import ROOT
from quality.harness.wallets import AMARA, AMARAS_DEFAULT
from serving.auth.tokens import Caller, CallerKind
from serving.graphql.operation_request import Operation
from serving.settings.settings import Settings
from tests.client_stories.documents import DOCUMENTS
from tests.docs.test_readme import QUERIES

TABS = {file.stem: file.read_text() for file in sorted((ROOT / "playground/src/tabs").glob("*.graphql"))}
VARIABLES = {
    "Attach": {"input": {"paymentMethodId": "pm_card_visa"}},
    "BeginToSave": {"input": {}},
    "Detach": {"input": {"paymentMethodId": AMARAS_DEFAULT}},
    "OneMethod": {"id": AMARAS_DEFAULT},
    "Save": {"input": {"setupIntentId": "seti_none", "paymentMethodId": "pm_card_visa"}},
    "SetDefault": {"input": {"paymentMethodId": AMARAS_DEFAULT}},
    "Wallet": {"first": 3},
}


def without_subscriptions(documents):
    """The names of the documents that have one result."""
    kinds = {name: get_operation_ast(parse(text)).operation for name, text in documents.items()}
    return sorted(name for name, kind in kinds.items() if kind is not OperationType.SUBSCRIPTION)


@pytest.fixture
async def service(stripe):
    async with Api(Settings(compiled_plans=True), stripe) as api:
        yield api.service


async def hits(service, operation, caller):
    await service.runner.run(operation, caller, service.begin({}))
    counts = service.executor.counts
    return counts.hits, counts.misses, counts.fallbacks


@pytest.mark.parametrize("name", sorted(QUERIES))
async def test_of_the_readme(service, name):
    assert await hits(service, Operation(QUERIES[name]), Caller(CallerKind.SERVICE)) == (1, 0, 0)


@pytest.mark.parametrize("name", without_subscriptions(TABS))
async def test_of_the_playground(service, name):
    variables = json.loads((ROOT / f"playground/src/tabs/{name}.json").read_text())
    assert await hits(service, Operation(TABS[name], variables), Caller(CallerKind.SERVICE)) == (1, 0, 0)


@pytest.mark.parametrize("name", without_subscriptions(DOCUMENTS))
async def test_of_the_clients(service, name):
    operation = Operation(DOCUMENTS[name], VARIABLES[name])
    assert await hits(service, operation, Caller(CallerKind.CUSTOMER, "amara", AMARA)) == (1, 0, 0)
