"""Events evict wallets and reach subscribers, in this order, once each."""

from __future__ import annotations

import asyncio
import json
import os

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changes.change import ChangeKind, WalletChange
from changes.events.event import KINDS
from serving.webhooks.endpoint import WebhookEndpoint
from serving.webhooks.event_outcome import EventOutcome
from tests.changes.events.world import World
from tests.support.webhooks import CUSTOMER, SECRET, encode, event, send

EXAMPLES = int(os.environ.get("EVENT_EXAMPLES", "300"))

ATTACHED = ChangeKind.PAYMENT_METHOD_ATTACHED.value


@pytest.fixture
def world():
    return World()


async def test_evicts_then_publishes_then_marks(world):
    value = event()
    assert await world.handle(value) == EventOutcome.HANDLED
    assert world.log == [("evict", [CUSTOMER]), ("publish", CUSTOMER, ATTACHED)]
    assert world.stream.changes == [
        WalletChange(CUSTOMER, ChangeKind.PAYMENT_METHOD_ATTACHED, value["created"], "pm_1")
    ]
    assert await world.state.is_seen("evt_1")


async def test_an_event_is_handled_once(world):
    await world.handle(event())
    assert await world.handle(event()) == EventOutcome.SEEN
    assert len(world.log) == 2


async def test_two_events_of_one_change_are_both_handled(world):
    assert [await world.handle(event(id=id)) for id in ("evt_1", "evt_2")] == [EventOutcome.HANDLED] * 2


async def test_a_detached_method_evicts_its_previous_customer(world):
    object = {"id": "pm_1", "object": "payment_method", "customer": None}
    await world.handle(event("payment_method.detached", object=object, previous={"customer": CUSTOMER}))
    assert world.log == [("evict", [CUSTOMER]), ("publish", CUSTOMER, "PAYMENT_METHOD_DETACHED")]


async def test_wallets_that_were_read_with_the_payment_method_are_evicted_too(world):
    world.cache.index["pm_1"] = {"cus_index"}
    await world.handle(event("payment_method.automatically_updated", object={"id": "pm_1"}))
    await world.handle(event("payment_method.updated", id="evt_2"))
    kinds = "PAYMENT_METHOD_AUTOMATICALLY_UPDATED", "PAYMENT_METHOD_UPDATED"
    assert world.log == [
        ("evict", ["cus_index"]),
        ("publish", "cus_index", kinds[0]),
        ("evict", [CUSTOMER, "cus_index"]),
        ("publish", CUSTOMER, kinds[1]),
        ("publish", "cus_index", kinds[1]),
    ]


async def test_reads_in_progress_learn_of_a_change_whose_wallet_is_unknown(world):
    assert await world.handle(event(object={"id": "pm_1", "customer": None})) == EventOutcome.NO_WALLET
    assert world.log == [("evict", [])]


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        (event(livemode=True), EventOutcome.OTHER_ACCOUNT),
        (event(account="acct_1"), EventOutcome.OTHER_ACCOUNT),
        (event("invoice.paid"), EventOutcome.OTHER_TYPE),
        ({"object": "event"}, EventOutcome.MALFORMED),
    ],
)
async def test_ignored_events_change_nothing(world, value, outcome):
    assert await world.handle(value) == outcome
    assert world.log == []
    assert [record.outcome for record in world.records] == [outcome]


async def test_the_live_account_ignores_test_events():
    world = World(is_live=True)
    assert await world.handle(event()) == EventOutcome.OTHER_ACCOUNT
    assert await world.handle(event(livemode=True)) == EventOutcome.HANDLED


@pytest.mark.parametrize("part", ["cache", "stream"])
async def test_an_event_that_met_an_unavailable_store_is_handled_when_it_is_repeated(world, part):
    failing = getattr(world, part)
    failing.is_unavailable = True
    assert await world.handle(event()) == EventOutcome.UNAVAILABLE
    assert not world.stream.changes
    failing.is_unavailable = False
    assert await world.handle(event()) == EventOutcome.HANDLED
    assert world.stream.changes


async def test_duplicates_at_the_same_moment_are_both_received(world):
    outcomes = await asyncio.gather(world.handle(event()), world.handle(event()))
    assert set(outcomes) <= {EventOutcome.HANDLED, EventOutcome.SEEN}
    assert world.stream.changes


async def test_records_have_no_id_of_a_customer(world):
    for value in (event(), event("customer.deleted", id="evt_2", object={"id": CUSTOMER})):
        await world.handle(value)
    assert CUSTOMER not in repr(world.records)


async def test_a_body_that_is_not_json_is_not_an_event(world):
    for body in (b"", b"{", b"\xff", b'{"a": NaN}', b"null"):
        assert await world.handler.handle_body(body) == EventOutcome.NOT_JSON


async def test_json_that_only_a_lenient_parser_reads_is_handled(world):
    body = encode(event())[:-1] + rb', "metadata": {"name": "\ud800", "number": 1e999}}'
    assert await world.handler.handle_body(body) == EventOutcome.HANDLED


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = ["id", "object", "type", "livemode", "account", "created", "data", "customer", "customer_account"]
NAMED = st.dictionaries(st.sampled_from([*NAMES, "previous_attributes", "invoice_settings"]), JSON, max_size=4)
HOLDERS = st.fixed_dictionaries({}, optional={"id": JSON, "customer": JSON | NAMED, "customer_account": JSON | NAMED})
DATA = st.fixed_dictionaries({}, optional={"object": JSON | HOLDERS, "previous_attributes": JSON | HOLDERS | NAMED})
EVENTS = st.builds(
    lambda type, data, more: {**event(type), **({"data": data} if data is not None else {}), **more},
    st.sampled_from([*KINDS, "charge.failed"]) | st.text(max_size=20),
    JSON | DATA,
    NAMED,
)
BODIES = st.binary(max_size=200) | (JSON | NAMED | EVENTS).map(lambda value: json.dumps(value).encode())


@settings(max_examples=EXAMPLES)
@given(BODIES)
async def test_no_signed_body_makes_the_endpoint_fail(body):
    """EVENT_EXAMPLES=10000 runs longer."""
    world, refusals = World(), []
    endpoint = WebhookEndpoint(world.handler.handle_body, secrets=[SECRET], timeout=1.0, count_refusal=refusals.append)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=endpoint), base_url="http://localhost") as http:
        status = (await send(http, body)).status_code
    (record,) = world.records
    assert (status, refusals) == (400 if record.outcome == EventOutcome.NOT_JSON else 200, [])


async def test_deep_nesting_is_no_failure(world):
    for depth in (500, 5_000, 200_000):
        body = b'{"id": ' + b"[" * depth + b"]" * depth + b"}"
        assert (await world.handler.handle_body(body)).status in (200, 400)
