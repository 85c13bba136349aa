"""The state of events: in one process, and shared by replicas."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from changes.events.handler import EventHandler
from changes.events.redis_state import RedisEventState
from changes.events.state import NEVER, SEEN_SECONDS, EventStateInProcess, ExpectedEvent
from serving.redis.store import SharedStore, StoreUnavailable
from serving.webhooks.event_outcome import EventOutcome
from tests.changes.events.world import World
from tests.support.missing import needs_store
from tests.support.webhooks import event

ATTACHED = ExpectedEvent("payment_method.attached", "pm_1")


class Clock:
    now = 1_800_000_000.0

    def __call__(self):
        return self.now


@contextlib.asynccontextmanager
async def connected(store):
    shared = SharedStore(store.url)
    try:
        yield shared
    finally:
        await shared.aclose()


@contextlib.asynccontextmanager
async def in_process(request, clock):
    state = EventStateInProcess(clock)
    yield state, state


@contextlib.asynccontextmanager
async def in_redis(request, clock):
    async with connected(request.getfixturevalue("store")) as shared:
        yield RedisEventState(shared, "sk_test_1", clock), RedisEventState(shared, "sk_test_1", clock)


@pytest.fixture(params=[in_process, pytest.param(in_redis, marks=[needs_store, pytest.mark.process])])
async def two(request):
    """The state as two replicas see it, which share what is stored; and their clock."""
    clock = Clock()
    async with request.param(request, clock) as (one, other):
        yield one, other, clock


async def test_handled_events_are_seen_by_all_replicas(two):
    one, other, _ = two
    assert not await one.is_seen("evt_1")
    await one.mark_seen("evt_1", None)
    assert await other.is_seen("evt_1")
    assert not await other.is_seen("evt_2")


async def test_an_expected_event_arrives_once_any_replica_has_handled_it(two):
    one, other, clock = two
    assert not await one.has_returned(ATTACHED)
    await other.mark_seen("evt_1", ATTACHED)
    assert await one.has_returned(ATTACHED)
    assert not await one.has_returned(ExpectedEvent("payment_method.detached", "pm_1"))
    assert (await one.times()).arrived == {"payment_method.attached": clock.now}


async def test_a_type_is_missing_from_a_miss_until_the_next_arrival(two):
    one, other, clock = two
    await one.mark_seen("evt_1", ATTACHED)
    clock.now += 1
    await one.record_miss("payment_method.attached")
    await one.record_miss("payment_method.detached")
    assert (await other.times()).missing_types == {"payment_method.attached", "payment_method.detached"}
    clock.now += 1
    await other.mark_seen("evt_2", ATTACHED)
    assert (await one.times()).missing_types == {"payment_method.detached"}


async def test_the_time_of_the_last_sweep_is_kept(two):
    one, other, clock = two
    assert (await one.times()).swept == NEVER
    await one.record_sweep(clock.now)
    assert (await other.times()).swept == clock.now


async def test_ids_are_forgotten_after_a_week():
    clock = Clock()
    state = EventStateInProcess(clock)
    await state.mark_seen("evt_1", None)
    clock.now += SEEN_SECONDS - 1
    assert await state.is_seen("evt_1")
    clock.now += 2
    assert not await state.is_seen("evt_1")


async def repeated(world):
    """The status of the event, which Stripe sends again after a while."""
    await asyncio.sleep(0.02)
    return (await world.handle(event())).status


@needs_store
class TestShared:
    @pytest.mark.process
    async def test_one_replica_gets_the_lease_until_it_expires(self, store):
        async with connected(store) as shared:
            one, other = RedisEventState(shared, "sk_test_1"), RedisEventState(shared, "sk_test_1")
            granted = await asyncio.gather(one.take_lease(0.2), other.take_lease(0.2))
            assert sorted(granted) == [False, True]
            await asyncio.sleep(0.25)
            assert await other.take_lease(10)
            assert not await one.take_lease(10)

    @pytest.mark.process
    async def test_accounts_share_nothing(self, store):
        async with connected(store) as shared:
            one, other = RedisEventState(shared, "sk_test_1"), RedisEventState(shared, "sk_test_2")
            await one.mark_seen("evt_1", ATTACHED)
            await one.record_miss("payment_method.detached")
            assert await one.take_lease(10)
            assert not await other.is_seen("evt_1")
            assert not await other.has_returned(ATTACHED)
            assert (await other.times()).missing_types == frozenset()
            assert await other.take_lease(10)

    @pytest.mark.process
    async def test_no_key_contains_the_api_key(self, store):
        async with connected(store) as shared:
            state = RedisEventState(shared, "sk_test_secret")
            await state.mark_seen("evt_1", ATTACHED)
            await state.record_sweep(1.0)
            keys = [key.decode() async for key in shared.client.scan_iter()]
            assert len(keys) == 3
            assert not any("secret" in key for key in keys)

    @pytest.mark.process
    async def test_duplicates_at_the_same_moment_on_two_replicas(self, store):
        async with connected(store) as shared:
            worlds = [World(state=RedisEventState(shared, "sk_test_1")) for _ in range(2)]
            outcomes = await asyncio.gather(*(world.handle(event()) for world in worlds))
            assert set(outcomes) <= {EventOutcome.HANDLED, EventOutcome.SEEN}
            published = sum(len(world.stream.changes) for world in worlds)
            assert published == outcomes.count(EventOutcome.HANDLED) >= 1
            for world in worlds:
                assert await world.handle(event()) == EventOutcome.SEEN
            assert sum(len(world.stream.changes) for world in worlds) == published

    @pytest.mark.process
    async def test_an_event_is_repeated_while_the_store_is_unavailable(self, store):
        async with connected(store) as shared:
            world = World(state=RedisEventState(shared, "sk_test_1"))
            store.stop()
            assert (await world.handle(event())).status == 503
            assert world.log == []
            store.start()
            statuses = [await repeated(world) for _ in range(100)]
            assert 200 in statuses
            assert world.stream.changes

    @pytest.mark.process
    async def test_a_store_that_fails_before_the_mark_repeats_the_steps(self, store):
        async with connected(store) as shared:

            class Failing(RedisEventState):
                async def mark_seen(self, id, event):
                    raise StoreUnavailable("it failed recently")

            world = World(state=Failing(shared, "sk_test_1"))
            assert (await world.handle(event())).status == 503
            again = EventHandler(
                is_live=False, cache=world.cache, stream=world.stream, state=RedisEventState(shared, "sk_test_1")
            )
            assert await again.handle(event(), "webhook") == EventOutcome.HANDLED
            assert len(world.stream.changes) == 2
