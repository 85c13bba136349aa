"""Deliveries that are delayed, duplicated, reordered or lost."""

import asyncio

import pytest

from sandbox import DeliveryFault
from sandbox.events.delivery_log import DeliveryLog
from sandbox.events.delivery_queue import DeliveryQueue
from sandbox.objects.webhooks.event import Event
from sandbox.objects.webhooks.webhook_endpoint import forwarding_endpoint
from tests.sandbox.events.receiver import Receiver
from tests.sandbox.events.world import SECRET, URL, world

FAULTS = "/_sandbox/delivery_faults"


def customers(receiver: Receiver) -> list[str]:
    """The customers of the events that arrived, in this order."""
    return [event["data"]["object"]["id"] for event in receiver.events]


async def test_lost_event_is_only_in_the_list(clock):
    receiver = Receiver()
    async with world(receiver, clock) as w:
        await w.http.post(FAULTS, json={"kind": "lose"})
        lost, arrived = await w.api.customer(), await w.api.customer()
        deliveries = await w.deliveries()
        [undelivered] = await w.undelivered()
    assert customers(receiver) == [arrived]
    assert [(delivery["status"], delivery["fault"]) for delivery in deliveries] == [
        ("lost", "lose"),
        ("succeeded", None),
    ]
    assert (undelivered["data"]["object"]["id"], undelivered["pending_webhooks"]) == (lost, 1)


async def test_duplicated_event(clock):
    receiver = Receiver()
    async with world(receiver, clock) as w:
        await w.http.post(FAULTS, json={"kind": "duplicate", "copies": 2})
        made = await w.api.customer()
        deliveries = await w.deliveries()
        assert await w.undelivered() == []
    assert customers(receiver) == [made] * 3
    assert len({event["id"] for event in receiver.events}) == 1
    assert [delivery["copy_of"] for delivery in deliveries] == [None, 1, 1]


async def test_second_event_for_one_change(clock):
    receiver = Receiver()
    async with world(receiver, clock) as w:
        await w.http.post(FAULTS, json={"kind": "second_event"})
        made = await w.api.customer()
        other = await w.api.customer()
        listed = (await w.api.done("GET", "/v1/events"))["data"]
        changes = w.sandbox.ledger.operations()
        assert [delivery["copy_of"] for delivery in await w.deliveries()] == [None] * 3
        assert await w.undelivered() == []
    assert customers(receiver) == [made, made, other]
    first, second, _ = receiver.events
    assert second == {**first, "id": second["id"]}
    assert second["id"] != first["id"]
    assert [event["id"] for event in listed[1:]] == [second["id"], first["id"]]
    assert changes == ["customer.created"] * 2


async def test_each_of_two_events_for_one_change_has_its_own_deliveries(clock):
    async with world(Receiver([500, 200]), clock, retry_pauses=()) as w:
        w.sandbox.webhooks.faults.add(DeliveryFault("second_event"))
        await w.api.customer()
        first, second = await w.deliveries()
        assert (first["status"], second["status"]) == ("failed", "succeeded")
        assert [event["id"] for event in await w.undelivered()] == [first["event"]]


async def test_copies_are_sent_at_the_same_time(clock):
    async def deliver(request) -> int:
        await both.wait()
        return 200

    both = asyncio.Barrier(2)
    async with world(deliver, clock) as w:
        w.sandbox.webhooks.faults.add(DeliveryFault("duplicate"))
        await w.api.customer()
        assert [delivery["status"] for delivery in await w.deliveries()] == ["succeeded"] * 2


async def test_an_event_is_delivered_when_the_original_is_not_the_copy(clock):
    async with world(Receiver([500, 200]), clock, retry_pauses=()) as w:
        w.sandbox.webhooks.faults.add(DeliveryFault("duplicate"))
        await w.api.customer()
        assert [delivery["status"] for delivery in await w.deliveries()] == ["failed", "succeeded"]
        assert len(await w.undelivered()) == 1


async def test_delayed_event(clock):
    receiver = Receiver()
    async with world(receiver, clock) as w:
        await w.http.post(FAULTS, json={"kind": "delay", "delay": 0.05})
        delayed, other = await w.api.customer(), await w.api.customer()
        await w.deliveries()
    assert customers(receiver) == [other, delayed]


async def test_reordered_event_follows_the_next_one(clock):
    receiver = Receiver()
    async with world(receiver, clock) as w:
        await w.http.post(FAULTS, json={"kind": "reorder", "delay": 3600})
        first, second = await w.api.customer(), await w.api.customer()
        await w.deliveries()
    assert customers(receiver) == [second, first]


async def test_reordering_all_events_swaps_pairs(clock):
    receiver = Receiver()
    async with world(receiver, clock) as w:
        await w.http.post(FAULTS, json={"kind": "reorder", "delay": 3600, "times": None})
        made = []
        for _ in range(3):
            made += [[await w.api.customer(), await w.api.customer()]]
            await w.deliveries()
    assert customers(receiver) == [customer for pair in made for customer in reversed(pair)]


async def test_a_reordered_event_becomes_due_once(clock):
    """The limit on its wait ends when it is overtaken."""
    log, queue = DeliveryLog(), DeliveryQueue()
    endpoint, event = forwarding_endpoint(URL, SECRET), Event({})
    first = log.add(event, endpoint, DeliveryFault("reorder", delay=0.01))
    second = log.add(event, endpoint)
    queue.put(first)
    queue.put(second)
    assert await queue.get() is second
    queue.release_overtaken(second)
    assert await queue.get() is first
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(queue.get(), 0.05)


async def test_a_reordered_event_waits_for_its_own_endpoint_only(clock):
    async def deliver(request) -> int:
        if request.url != URL:
            others.set()
        return await receiver(request)

    receiver, others = Receiver(), asyncio.Event()
    async with world(deliver, clock) as w:
        await w.endpoint("customer.created")
        await w.http.post(FAULTS, json={"kind": "reorder", "delay": 3600})
        first = await w.api.customer()
        await others.wait()
        assert [request.url for request in receiver.requests] == ["http://other.test/webhooks"]
        second = await w.api.customer()
        await w.deliveries()
    requests = zip(receiver.requests, customers(receiver), strict=True)
    assert [customer for request, customer in requests if request.url == URL] == [second, first]


async def test_a_reordered_event_without_a_next_one_is_sent_in_the_end(clock):
    receiver = Receiver()
    async with world(receiver, clock) as w:
        await w.http.post(FAULTS, json={"kind": "reorder", "delay": 0.01})
        first = await w.api.customer()
        await w.deliveries()
        second = await w.api.customer()
        await w.deliveries()
    assert customers(receiver) == [first, second]


async def test_faults_apply_to_the_types_that_match(clock):
    receiver = Receiver()
    async with world(receiver, clock) as w:
        await w.http.post(FAULTS, json={"kind": "lose", "type": "^payment_method\\.", "times": None})
        await w.detach()
        await w.api.customer()
        await w.deliveries()
        assert [fault["type"] for fault in (await w.http.get(FAULTS)).json()["faults"]] == ["^payment_method\\."]
        await w.http.delete(FAULTS)
        assert (await w.http.get(FAULTS)).json()["faults"] == []
    assert receiver.types == ["customer.created"]


async def test_reset_deletes_faults(clock):
    async with world(Receiver(), clock) as w:
        await w.http.post(FAULTS, json={"kind": "lose"})
        await w.http.post("/_sandbox/reset")
        assert (await w.http.get(FAULTS)).json()["faults"] == []


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ({}, "kind is required"),
        ({"kind": "drop_after"}, "kind"),
        ({"kind": "delay"}, "delay"),
        ({"kind": "lose", "delay": 1}, "delay"),
        ({"kind": "lose", "copies": 1}, "copies"),
        ({"kind": "delay", "delay": "1"}, "delay"),
        ({"kind": "duplicate", "copies": 0}, "copies"),
        ({"kind": "lose", "times": 0}, "times"),
        ({"kind": "lose", "type": "("}, "type"),
        ({"kind": "lose", "path": "/x"}, "path"),
        ({"kind": "lose", "id": 1}, "id"),
    ],
)
async def test_fault_with_members_that_do_not_fit(http, sandbox, fault, named):
    response = await http.post(FAULTS, json=fault)
    assert response.status_code == 400
    assert named in response.json()["error"]["message"]
    assert sandbox.webhooks.faults.pending() == []


async def test_the_limit_of_faults(http, sandbox):
    for _ in range(1000):
        sandbox.webhooks.faults.add(DeliveryFault("lose"))
    assert (await http.post(FAULTS, json={"kind": "lose"})).status_code == 400
