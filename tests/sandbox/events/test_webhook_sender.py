"""Deliveries of events to webhook endpoints."""

import asyncio
from typing import Any

import pytest
import stripe

from sandbox import create_sandbox
from sandbox.events import webhook_sender
from sandbox.events.delivery_log import DeliveryLog
from sandbox.objects.webhooks.event import Event
from sandbox.objects.webhooks.webhook_endpoint import forwarding_endpoint
from tests.sandbox import openapi, sdk_types
from tests.sandbox.driver import http_client
from tests.sandbox.events.receiver import Receiver
from tests.sandbox.events.world import JENNYS, SECRET, URL, world


def statuses(deliveries) -> list[str]:
    return [delivery["status"] for delivery in deliveries]


async def test_one_signed_request_for_each_event(clock):
    receiver = Receiver()
    async with world(receiver, clock) as w:
        await w.detach()
        [delivery] = await w.deliveries()
        [event] = (await w.api.done("GET", "/v1/events"))["data"]
    [request] = receiver.requests
    assert receiver.events == [{**event, "pending_webhooks": 1}]
    assert request.url == URL
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert request.headers["stripe-signature"].startswith(f"t={int(clock.now)},v1=")
    assert delivery == {
        "seq": 1,
        "event": event["id"],
        "type": "payment_method.detached",
        "webhook_endpoint": "forward_to",
        "url": URL,
        "status": "succeeded",
        "fault": None,
        "copy_of": None,
        "attempts": [{"time": int(clock.now), "status": 200, "error": None}],
    }


@pytest.mark.skipif(not openapi.available(), reason=openapi.MISSING)
async def test_the_body_is_a_valid_event(clock):
    receiver = Receiver()
    async with world(receiver, clock) as w:
        await w.endpoint(api_version="2024-06-20")
        await w.detach()
        await w.deliveries()
    assert len(receiver.events) == 2
    for event in receiver.events:
        openapi.validate_object(event)
        openapi.validate_object(event["data"]["object"])
        assert sdk_types.problems(event) == []


async def test_events_are_sent_in_the_order_of_the_changes(clock):
    receiver = Receiver()
    async with world(receiver, clock) as w:
        made = [await w.api.customer() for _ in range(30)]
        await w.deliveries()
    assert [event["data"]["object"]["id"] for event in receiver.events] == made


async def test_failed_attempts_are_repeated(clock):
    results = [500, 302, 204]

    async def deliver(request) -> int:
        signatures.append(request.headers["stripe-signature"])
        clock.now += 1
        return results[len(signatures) - 1]

    signatures: list[str] = []
    async with world(deliver, clock) as w:
        await w.detach()
        [delivery] = await w.deliveries()
        assert await w.undelivered() == []
    assert delivery["status"] == "succeeded"
    assert [attempt["status"] for attempt in delivery["attempts"]] == results
    # Each attempt is signed at its own time.
    assert len({signature.partition(",")[0] for signature in signatures}) == 3


async def test_the_third_failure_is_the_last(clock):
    receiver = Receiver([OSError("refused"), 500, ValueError()])
    async with world(receiver, clock) as w:
        await w.detach()
        [delivery] = await w.deliveries()
        [event] = await w.undelivered()
    assert delivery["status"] == "failed"
    assert [attempt["error"] for attempt in delivery["attempts"]] == ["OSError: refused", None, "ValueError"]
    assert event["pending_webhooks"] == 1
    assert len(receiver.requests) == 3


async def test_an_endpoint_that_does_not_respond(clock, monkeypatch):
    async def deliver(request) -> int:
        await asyncio.Event().wait()
        return 200

    monkeypatch.setattr(webhook_sender, "RESPONSE_TIMEOUT", 0.001)
    async with world(deliver, clock, retry_pauses=()) as w:
        await w.detach()
        [delivery] = await w.deliveries()
    assert (delivery["status"], delivery["attempts"][0]["error"]) == ("failed", "TimeoutError")


async def test_responses_do_not_wait_for_deliveries(clock):
    started, released = asyncio.Event(), asyncio.Event()

    async def deliver(request) -> int:
        started.set()
        await released.wait()
        return 200

    async with world(deliver, clock) as w:
        await w.detach()
        await started.wait()
        await w.api.customer()
        assert len(await w.undelivered()) == 2
        released.set()
        assert statuses(await w.deliveries()) == ["succeeded"] * 2
        assert await w.undelivered() == []


async def test_an_endpoint_that_fails_does_not_delay_others(clock):
    async def deliver(request) -> int:
        if request.url == URL:
            return 500
        accepted.append(request)
        if len(accepted) == 25:
            complete.set()
        return 200

    accepted: list[Any] = []
    complete = asyncio.Event()
    async with world(deliver, clock, retry_pauses=(3600,)) as w:
        await w.endpoint()
        for _ in range(25):
            await w.api.customer()
        await complete.wait()
        assert [d.status for d in w.sandbox.webhooks.deliveries() if d.endpoint.url == URL] == ["pending"] * 25


async def test_an_endpoint_gets_the_types_that_it_enables(clock):
    receiver = Receiver()
    async with world(receiver, clock, forward_to=None) as w:
        await w.endpoint("customer.created", "payment_method.updated")
        await w.api.customer()
        await w.detach()
        assert len(await w.deliveries()) == 1
        counts = [event["pending_webhooks"] for event in (await w.api.done("GET", "/v1/events"))["data"]]
    assert receiver.types == ["customer.created"]
    assert counts == [0, 0]


async def test_every_endpoint_gets_its_own_signature_and_version(clock):
    receiver = Receiver()
    async with world(receiver, clock) as w:
        endpoint = await w.endpoint(api_version="2024-06-20")
        await w.detach()
        await w.deliveries()
    first, second = receiver.requests
    assert [event["api_version"] for event in receiver.events] == ["2026-10-28.endive", "2024-06-20"]
    assert receiver.events[0]["pending_webhooks"] == 2
    for request, secret in ((first, SECRET), (second, endpoint["secret"])):
        stripe.WebhookSignature.verify_header(request.body.decode(), request.headers["stripe-signature"], secret)


async def test_a_disabled_endpoint_gets_nothing(clock):
    receiver = Receiver()
    async with world(receiver, clock, forward_to=None) as w:
        endpoint = await w.endpoint()
        await w.api.done("POST", f"/v1/webhook_endpoints/{endpoint['id']}", {"disabled": True})
        await w.detach()
        assert await w.deliveries() == []
    assert receiver.requests == []


@pytest.mark.parametrize(("method", "params"), [("POST", {"disabled": True}), ("DELETE", None)])
async def test_disabling_or_deleting_an_endpoint_ends_its_retries(clock, method, params):
    async def deliver(request) -> int:
        requests.append(request)
        await w.api.done(method, f"/v1/webhook_endpoints/{endpoint['id']}", params)
        return 500

    requests: list[Any] = []
    async with world(deliver, clock, forward_to=None) as w:
        endpoint = await w.endpoint()
        await w.detach()
        [delivery] = await w.deliveries()
    assert (delivery["status"], len(requests)) == ("canceled", 1)


async def test_reset_cancels_deliveries(clock):
    async def deliver(request) -> int:
        requests.append(request)
        if len(requests) == 1:
            w.sandbox.reset()
        return 500

    requests: list[Any] = []
    async with world(deliver, clock) as w:
        await w.detach()
        assert await w.deliveries() == []
        await w.detach()
        [delivery] = await w.deliveries()
        assert (delivery["seq"], len(requests)) == (2, 4)
        # The endpoint of `forward_to` is not an object of the account.
        assert (await w.api.done("GET", "/v1/webhook_endpoints"))["data"] == []


async def test_what_is_pending_is_sent_when_sending_starts_again(clock):
    sandbox = create_sandbox(clock=clock, deliver=(receiver := Receiver()), forward_to=URL)
    async with http_client(sandbox) as http, asyncio.timeout(10):
        await http.post(f"/v1/payment_methods/{JENNYS}/detach")
        assert receiver.requests == []
        async with sandbox.webhooks.running():
            await sandbox.webhooks.wait_until_settled()
    assert receiver.types == ["payment_method.detached"]


async def test_attempts_in_progress_end_with_the_app(clock):
    ended = asyncio.Event()

    async def deliver(request) -> int:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return 200

    started = asyncio.Event()
    before = asyncio.all_tasks()
    async with world(deliver, clock) as w:
        await w.detach()
        await started.wait()
    assert ended.is_set()
    assert asyncio.all_tasks() == before


async def test_without_a_sender_events_stay_undelivered(clock):
    async with world(None, clock) as w:
        await w.detach()
        assert len(await w.undelivered()) == 1
        assert statuses((await w.http.get("/_sandbox/deliveries")).json()["deliveries"]) == ["pending"]


async def test_deliveries_after_a_number(clock):
    async with world(Receiver(), clock) as w:
        for _ in range(3):
            await w.api.customer()
        await w.deliveries()
        listed = (await w.http.get("/_sandbox/deliveries?after=2")).json()["deliveries"]
        assert [delivery["seq"] for delivery in listed] == [3]
        assert (await w.http.get("/_sandbox/deliveries?after=x")).status_code == 400


def test_the_oldest_deliveries_are_deleted_at_the_limit():
    log = DeliveryLog(limit=2)
    first, *_ = [log.add(Event({}), forwarding_endpoint(URL, SECRET)) for _ in range(3)]
    assert first.status == "canceled"
    assert [delivery.seq for delivery in log.deliveries()] == [2, 3]
    assert [delivery.seq for delivery in log.pending()] == [2, 3]
