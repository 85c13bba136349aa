"""Sweeps read the events that no webhook delivered; polling reads all of them."""

from __future__ import annotations

import asyncio
import contextlib

import httpx
import pytest

import upstream
from changes.events.event import KINDS
from changes.events.redis_state import RedisEventState
from changes.events.sweep import MAX_PAGES, OVERLAP_SECONDS, Schedule, Sweep
from quality.harness import virtual_time
from quality.harness.clients import Recorder
from quality.harness.wallets import JENNY, JENNYS_CARD
from sandbox import Fault, create_sandbox
from serving.redis.store import SharedStore
from serving.settings.settings import Settings
from stripe_api.rate_limiting.guard import UpstreamGuard
from tests.changes.events.world import World as Changes
from tests.support.missing import needs_store
from tests.support.webhooks import event

START = 1_800_000_000.0
SWEEP = Schedule(60.0, reads_all=False)
POLL = Schedule(5.0, reads_all=True)
LIST = "GET /v1/events"


def unix_time():
    return START + virtual_time.now()


class World(Changes):
    """Sweeps of a sandbox whose events are not delivered. The tests' clock has no start of its own."""

    def __init__(self, schedule, *, transport=None, state=None):
        super().__init__(state=state)
        self.sandbox = create_sandbox(clock=unix_time, forward_to="http://shop.test/webhooks", webhook_secret="whsec_1")
        self.stripe = Recorder(transport) if transport is not None else Recorder.over(self.sandbox)
        self.failures = 0
        client = upstream.create_client(Settings(), self.stripe, None, UpstreamGuard())
        self.sweep = Sweep(
            schedule,
            lambda deadline: client.session(deadline=deadline),
            self.handler,
            self.state,
            count_failure=self._count_failure,
            now=unix_time,
        )

    def _count_failure(self):
        self.failures += 1

    @contextlib.asynccontextmanager
    async def running(self):
        task = asyncio.create_task(self.sweep.run())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def call(self, path, **data):
        headers = {"authorization": "Bearer sk_test_1"}
        transport = httpx.ASGITransport(app=self.sandbox)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as http:
            response = await http.post(path, data=data)
        assert response.status_code == 200, response.text
        return response.json()

    async def attach(self):
        return (await self.call("/v1/payment_methods/pm_card_visa/attach", customer=JENNY))["id"]

    @property
    def published(self):
        return [(change.kind.value, change.payment_method) for change in self.stream.changes]


def in_virtual_time(schedule=SWEEP, **options):
    """The test runs in virtual time, with a world whose sweep runs."""

    def decorate(test):
        def run():
            async def main():
                async with World(schedule, **options).running() as world:
                    await test(world)

            virtual_time.run(main())

        run.__name__ = test.__name__
        return run

    return decorate


@in_virtual_time()
async def test_lost_events_are_handled_within_a_minute(world):
    await asyncio.sleep(1)
    id = await world.attach()
    assert world.published == []
    await asyncio.sleep(60)
    assert world.published == [("PAYMENT_METHOD_ATTACHED", id)]
    assert [record.source for record in world.records] == ["sweep"]
    await asyncio.sleep(120)
    assert len(world.published) == 1
    assert world.stripe.calls == [LIST] * 4


@in_virtual_time()
async def test_only_undelivered_events_about_wallets_are_read(world):
    await asyncio.sleep(61)
    form = world.stripe.form()
    assert form["delivery_success"] == "false"
    assert {value for name, value in form.items() if name.startswith("types")} == set(KINDS)
    assert int(form["created[gte]"]) == int(START + 1000 - OVERLAP_SECONDS)


@in_virtual_time(POLL)
async def test_polling_reads_all_events_soon(world):
    world.sandbox.store.forward_to = None
    await asyncio.sleep(1)
    await world.call(f"/v1/payment_methods/{JENNYS_CARD}/detach")
    await world.call(f"/v1/customers/{JENNY}", name="Jenny")
    await asyncio.sleep(5)
    assert world.published == [("CUSTOMER_UPDATED", None), ("PAYMENT_METHOD_DETACHED", JENNYS_CARD)]
    assert "delivery_success" not in world.stripe.form()


@in_virtual_time(POLL)
async def test_polling_reads_all_pages(world):
    await asyncio.sleep(1)
    for index in range(230):
        await world.call(f"/v1/customers/{JENNY}", name=str(index))
    world.stripe.clear()
    await asyncio.sleep(5)
    assert len(world.published) == 230
    assert world.stripe.calls == [LIST] * 3


def test_an_event_that_the_list_shows_late_is_not_missed():
    shown = []
    late = event(created=int(START) + 1000 - 60)

    async def answer(request):
        return httpx.Response(200, json={"object": "list", "data": shown, "has_more": False})

    @in_virtual_time(transport=httpx.MockTransport(answer))
    async def main(world):
        await asyncio.sleep(1)
        shown.append(late)
        await asyncio.sleep(60)
        assert world.published == [("PAYMENT_METHOD_ATTACHED", "pm_1")]

    main()


@in_virtual_time()
async def test_a_sweep_after_a_failure_reads_the_missed_time_too(world):
    await asyncio.sleep(1)
    world.sandbox.faults.add(_failing())
    await world.attach()
    await asyncio.sleep(60 * 5)
    assert world.published == []
    world.sandbox.faults.clear()
    await asyncio.sleep(60)
    assert len(world.published) == 1


def test_failures_are_logged_once_and_counted(caplog):
    caplog.set_level("INFO")

    @in_virtual_time()
    async def main(world):
        world.sandbox.faults.add(_failing())
        await asyncio.sleep(60 * 4)
        assert world.failures >= 4
        world.sandbox.faults.clear()
        await asyncio.sleep(61)

    main()
    lines = [record.message for record in caplog.records if "sweep" in record.message]
    assert lines[0] == "event sweep failed reason=permission_missing"
    assert lines[1].startswith("event sweep succeeded again failures=")
    assert len(lines) == 2


@in_virtual_time()
async def test_events_that_could_not_be_handled_are_read_again(world):
    world.stream.is_unavailable = True
    await asyncio.sleep(1)
    await world.attach()
    await asyncio.sleep(60)
    assert (world.failures, world.published) == (1, [])
    world.stream.is_unavailable = False
    await asyncio.sleep(60)
    assert len(world.published) == 1


@pytest.mark.parametrize(
    ("page", "failed"),
    [
        ({"object": "list", "data": []}, 0),
        ({"object": "list", "data": None, "has_more": True}, 0),
        ({"object": "list", "data": [7, None, {"id": "evt_1"}]}, 0),
        ({"object": "list", "data": [{"id": 7}], "has_more": True}, 1),
        ({"object": "list", "data": [{"id": "evt_1"}], "has_more": True}, 1),
        ({"object": "list", "data": [{"id": "../evt"}], "has_more": True}, 1),
    ],
)
def test_any_response_ends_a_sweep(page, failed):
    async def answer(request):
        return httpx.Response(200, json=page)

    @in_virtual_time(transport=httpx.MockTransport(answer))
    async def main(world):
        await asyncio.sleep(30)
        assert world.failures == failed
        assert len(world.stripe.calls) <= MAX_PAGES

    main()


def test_without_the_lease_nothing_is_read():
    @in_virtual_time()
    async def main(world):
        async def refuse(seconds):
            return False

        world.state.take_lease = refuse
        await asyncio.sleep(200)
        assert world.stripe.calls == []

    main()


@needs_store
@pytest.mark.process
async def test_one_of_two_replicas_sweeps(store):
    shared = SharedStore(store.url)
    schedule = Schedule(0.5, reads_all=False)
    calls = []

    async def answer(request):
        calls.append(request)
        return httpx.Response(200, json={"object": "list", "data": [event()], "has_more": False})

    states = [RedisEventState(shared, "sk_test_1", unix_time) for _ in range(2)]
    worlds = [World(schedule, transport=httpx.MockTransport(answer), state=state) for state in states]
    async with worlds[0].running():
        await asyncio.sleep(0.1)
        async with worlds[1].running():
            await asyncio.sleep(1.3)
    # Each replica tried every half second: at least five attempts, of which no more than three got the lease.
    assert 2 <= len(calls) <= 4
    assert sum(len(world.stream.changes) for world in worlds) == 1
    await shared.aclose()


def _failing():
    return Fault("permission", path="/v1/events", times=None)
