"""Compares plans with graphql-core: random operations over the same corrupted responses."""

from __future__ import annotations

import asyncio
import os
from itertools import product
from random import Random
from typing import Any, NamedTuple

import msgspec
import pytest

import app
from quality.harness import builders
from resolvers.links import Links
from serving.auth.tokens import ANONYMOUS, Caller, CallerKind
from serving.graphql.errors import RequestRejected
from serving.graphql.operation_request import Operation
from serving.settings.settings import Settings
from stripe_api.rate_limiting.guard import UpstreamGuard
from tests.execution.odd_upstream import OddUpstream
from tests.execution.random_operations import CUSTOMER, OperationWriter

CASES = int(os.environ.get("DIFFERENTIAL_CASES", "1000"))
BATCH = 100
CALLERS = (ANONYMOUS, Caller(CallerKind.CUSTOMER, "u", CUSTOMER), Caller(CallerKind.SERVICE, "s"))

pytestmark = [pytest.mark.anyio, pytest.mark.search, pytest.mark.usefixtures("quick")]


@pytest.fixture(autouse=True)
def same_keys(monkeypatch):
    """Generated idempotency keys are the same on both sides."""
    monkeypatch.setattr("resolvers.writes.write.secrets.token_hex", lambda _: "made-key")


@pytest.fixture
def undeclared_errors():
    """Replaces the check of the errors that mutations return: this upstream answers with any error of Stripe's."""


class Side:
    """A service with plans or without."""

    def __init__(self, *, plans: bool) -> None:
        self.service = app.Service(Settings(compiled_plans=plans), transport=OddUpstream("", 0.0))

    async def execute(self, operation: Operation, caller: Caller, upstream: OddUpstream) -> Outcome:
        """The response, and the calls that it took."""
        running = asyncio.all_tasks()
        self.service.stripe._transport, self.service.stripe.guard = upstream, UpstreamGuard()
        try:
            result = await self.service.runner.run(operation, caller, self.service.begin({}))
            data, errors = msgspec.json.encode(result.data), result.errors or []
        except RequestRejected as rejected:
            data, errors = b"", list(rejected.errors)
        # graphql-core doesn't wait for reads that an error has made unnecessary.
        await asyncio.gather(*asyncio.all_tasks() - running, return_exceptions=True)
        # The order of errors of concurrent fields is random.
        formatted: list[Any] = sorted((error.formatted for error in errors), key=lambda error: str(error.get("path")))
        writes = [call for call in upstream.calls if call[0] == "POST"]
        # After an error, which other reads were started is random too.
        return Outcome(data, formatted, writes, [] if formatted else upstream.calls)


class Outcome(NamedTuple):
    """The results that must be equal: the data byte for byte, each error, the calls in order."""

    data: bytes
    errors: list[Any]
    writes: list[Any]
    calls: list[Any]


def comparable(one: Outcome, other: Outcome) -> Outcome:
    """An outcome without the errors that nulled the same field: which of them is reported is random."""
    if one.errors == other.errors or one.data != other.data:
        return one
    data = msgspec.json.decode(one.data)
    paths: dict[str, set[str]] = {}
    for error in one.errors + other.errors:
        paths.setdefault(nulled(data, error["path"]), set()).add(str(error["path"]))
    errors = [error for error in one.errors if len(paths[nulled(data, error["path"])]) == 1]
    return one._replace(errors=errors)


def nulled(data: Any, path: list[str | int]) -> str:
    """The path of the null that an error left."""
    for depth, key in enumerate(path):
        if data is None:
            return str(path[:depth])
        data = data[key]
    return str(path)


def case(seed: str) -> tuple[Operation, Caller, float]:
    random = Random(seed)
    writer = OperationWriter(app.schema._schema, random)
    operation = Operation(writer.write(), writer.variables)
    return operation, random.choice(CALLERS), random.choice((0.0, 0.3, 1.0))


@pytest.mark.parametrize("batch", range(max(1, CASES // BATCH)))
async def test_a_plan_answers_like_graphql_core(batch):
    planned, plain = Side(plans=True), Side(plans=False)
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        operation, caller, oddness = case(f"case {number}")
        expected = await plain.execute(operation, caller, OddUpstream(f"case {number}", oddness))
        found = await planned.execute(operation, caller, OddUpstream(f"case {number}", oddness))
        assert comparable(found, expected) == comparable(expected, found), (number, operation)
    counts = planned.service.executor.counts
    assert counts.hits > BATCH / 4, counts
    assert counts.fallbacks + counts.errors > BATCH / 20, counts


REFERENCES: tuple[tuple[Any, ...], ...] = (
    (CUSTOMER, CUSTOMER, None, CUSTOMER),
    (CUSTOMER, "cus_other", CUSTOMER, "cus_other"),
    (CUSTOMER, {"id": CUSTOMER, "deleted": True}, CUSTOMER),
    ({"id": CUSTOMER, "name": "Amara"}, CUSTOMER, {"id": "cus_other"}),
    (CUSTOMER, {"id": CUSTOMER, "name": "Amara"}, CUSTOMER),
    (CUSTOMER, 7, CUSTOMER),
    (CUSTOMER, {"id": 7}, {}, [], ""),
)


@pytest.mark.parametrize("selection", ["id", "__typename", "id name", "id defaultPaymentMethod { id displayLabel }"])
async def test_a_plan_follows_references_like_graphql_core(selection):
    planned, plain = Side(plans=True), Side(plans=False)
    nodes = f"nodes {{ id customer {{ {selection} }} owner: customer {{ name }} }}"
    operation = Operation(f'{{ customer(id: "{CUSTOMER}") {{ paymentMethods {{ {nodes} }} }} }}')
    for references, caller in product(REFERENCES, CALLERS):
        expected = await plain.execute(operation, caller, Referring(references))
        found = await planned.execute(operation, caller, Referring(references))
        assert comparable(found, expected) == comparable(expected, found), references
    counts = planned.service.executor.counts
    assert counts.misses == 0
    assert counts.hits > len(REFERENCES)


async def test_a_plan_resolves_equal_references_once(monkeypatch):
    calls = []
    resolve = Links.customer_of
    monkeypatch.setattr(Links, "customer_of", lambda *given: calls.append(given) or resolve(*given))
    operation = Operation(f'{{ customer(id: "{CUSTOMER}") {{ paymentMethods {{ nodes {{ customer {{ id }} }} }} }} }}')
    found = await Side(plans=True).execute(operation, CALLERS[1], Referring([CUSTOMER] * 10))
    assert found.data.count(CUSTOMER.encode()) == 10
    assert len(calls) == 1


class Referring(OddUpstream):
    """Its lists have one payment method for each of these references to a customer."""

    def __init__(self, references):
        super().__init__("", 0.0)
        self._references = references

    def _answer(self, random, request):
        if not request.url.path.endswith("/payment_methods"):
            return super()._answer(random, request)
        methods = [builders.payment_method(f"pm_{n}", customer=one) for n, one in enumerate(self._references)]
        return 200, msgspec.json.encode({"object": "list", "url": "/v1", "has_more": False, "data": methods})


@pytest.mark.parametrize("fields", [3, 5, 10, 30])
async def test_a_plan_stops_at_the_same_number_of_fields(fields):
    planned, plain = Side(plans=True), Side(plans=False)
    for side in (planned, plain):
        side.service.executor._limits = Stopping(side.service.executor._limits, fields)
    stopped = 0
    for number in range(BATCH):
        operation, caller, oddness = case(f"case {number}")
        expected = await plain.execute(operation, caller, OddUpstream(f"case {number}", oddness))
        found = await planned.execute(operation, caller, OddUpstream(f"case {number}", oddness))
        if any("limit" not in error["extensions"] for error in expected.errors):
            continue  # How many fields graphql-core executes before it reports an error is random.
        assert comparable(found, expected) == comparable(expected, found), (number, operation)
        stopped += [error["extensions"].get("limit") for error in found.errors] == ["MAX_COST"]
    assert BATCH / 20 < stopped < BATCH


class Stopping:
    """Limits that accept every document, and stop its execution at a number of fields."""

    def __init__(self, limits, fields):
        self._limits = limits
        self.max_fields = fields

    def __getattr__(self, name):
        return getattr(self._limits, name)
