"""Missing events lower the bound of cached reads, until events arrive again."""

from __future__ import annotations

import asyncio
import contextlib
import math

import pytest

from changes.events.canary import CHECK_SECONDS, LOWERED_BOUND, MAX_EXPECTED, Canary
from changes.events.state import EventStateInProcess
from quality.harness import virtual_time
from serving.redis.store import StoreUnavailable
from stripe_api.read_cache.own_writes import OwnWrite
from tests.changes.events.world import World as Changes
from tests.support.webhooks import event

ATTACHED, DETACHED = "payment_method.attached", "payment_method.detached"


def unix_time():
    return 1_800_000_000.0 + virtual_time.now()


class World(Changes):
    """A canary over the state of the handler. Sweeps succeed while `sweeps` is true."""

    def __init__(self):
        super().__init__(state=EventStateInProcess(unix_time))
        self.canary = Canary(self.state, self.cache, sweep_interval=60.0, now=unix_time)
        self.sweeps = True

    @contextlib.asynccontextmanager
    async def running(self):
        tasks = [asyncio.create_task(self.canary.run()), asyncio.create_task(self._sweep())]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _sweep(self):
        while True:
            if self.sweeps:
                await self.state.record_sweep(unix_time())
            await asyncio.sleep(60)

    async def arrives(self, type=ATTACHED, id="pm_1"):
        self.count = getattr(self, "count", 0) + 1
        await self.handle(event(type, id=f"evt_{self.count}", object={"id": id, "customer": "cus_1"}))


@pytest.fixture
def run():
    def run(test):
        async def main():
            async with World().running() as world:
                await test(world)

        virtual_time.run(main())

    return run


def test_own_writes_that_come_back_change_nothing(run):
    async def test(world):
        world.canary.on_own_write(OwnWrite.ATTACH, "pm_1")
        world.canary.on_own_write(OwnWrite.DETACH, "pm_2")
        await world.arrives()
        await asyncio.sleep(59)
        await world.arrives(DETACHED, "pm_2")
        await asyncio.sleep(300)
        assert (world.cache.bounds, world.canary.misses) == ([], 0)

    run(test)


def test_an_event_may_arrive_before_its_write_is_observed(run):
    async def test(world):
        await world.arrives()
        world.canary.on_own_write(OwnWrite.ATTACH, "pm_1")
        await asyncio.sleep(300)
        assert world.cache.bounds == []

    run(test)


def test_a_miss_lowers_the_bound_within_seconds_and_an_event_of_its_type_restores_it(run, caplog):
    caplog.set_level("INFO")

    async def test(world):
        world.canary.on_own_write(OwnWrite.ATTACH, "pm_1")
        await asyncio.sleep(59)
        assert world.cache.bounds == []
        await asyncio.sleep(1 + CHECK_SECONDS)
        assert world.cache.bounds == [LOWERED_BOUND]
        assert (world.canary.misses, world.canary.state.events_are_missing) == (1, True)
        await world.arrives(DETACHED, "pm_2")
        await asyncio.sleep(60)
        assert world.cache.bounds == [LOWERED_BOUND]
        await world.arrives(ATTACHED, "pm_3")
        await asyncio.sleep(CHECK_SECONDS)
        assert world.cache.bounds == [LOWERED_BOUND, math.inf]
        assert not world.canary.state.events_are_missing

    run(test)
    assert [record.message for record in caplog.records] == [
        f"events are missing types=['{ATTACHED}'] sweep_fails=False effect=cached reads are valid for 5 seconds",
        "events arrive again",
    ]


def test_another_type_is_no_substitute(run):
    async def test(world):
        world.canary.on_own_write(OwnWrite.DETACH, "pm_1")
        await world.arrives(ATTACHED, "pm_1")
        await asyncio.sleep(60 + CHECK_SECONDS)
        assert world.canary.state.missing_types == {DETACHED}

    run(test)


def test_other_replicas_learn_of_the_miss_and_of_the_return(run):
    async def test(world):
        other = World()
        other.canary = Canary(world.state, other.cache, sweep_interval=60.0, now=unix_time)
        task = asyncio.create_task(other.canary.run())
        world.canary.on_own_write(OwnWrite.ATTACH, "pm_1")
        await asyncio.sleep(60 + 2 * CHECK_SECONDS)
        assert other.cache.bounds == [LOWERED_BOUND]
        await world.arrives()
        await asyncio.sleep(CHECK_SECONDS)
        assert other.cache.bounds == [LOWERED_BOUND, math.inf]
        assert other.canary.misses == 0
        task.cancel()

    run(test)


def test_sweeps_that_keep_failing_lower_the_bound_until_one_succeeds(run):
    async def test(world):
        await asyncio.sleep(1)
        world.sweeps = False
        await asyncio.sleep(170)
        assert world.cache.bounds == []
        await asyncio.sleep(20)
        assert world.cache.bounds == [LOWERED_BOUND]
        assert world.canary.state.sweep_fails
        assert world.canary.sweep_age > 180
        world.sweeps = True
        await asyncio.sleep(60 + CHECK_SECONDS)
        assert world.cache.bounds == [LOWERED_BOUND, math.inf]

    run(test)


@pytest.mark.parametrize("id", ["card_1", "src_1", "ba_1"])
def test_objects_that_stripe_reports_otherwise_are_not_expected(run, id):
    async def test(world):
        world.canary.on_own_write(OwnWrite.DETACH, id)
        await asyncio.sleep(100)
        assert world.canary.misses == 0

    run(test)


def test_the_number_of_expected_events_is_limited(run):
    async def test(world):
        for index in range(MAX_EXPECTED + 50):
            world.canary.on_own_write(OwnWrite.ATTACH, f"pm_{index}")
        await asyncio.sleep(60 + CHECK_SECONDS)
        assert world.canary.misses == MAX_EXPECTED
        world.canary.on_own_write(OwnWrite.ATTACH, "pm_new")
        await asyncio.sleep(60 + CHECK_SECONDS)
        assert world.canary.misses == MAX_EXPECTED + 1

    run(test)


def test_a_check_that_meets_an_unavailable_store_is_repeated(run):
    async def test(world):
        async def fail(type):
            raise StoreUnavailable("it failed recently")

        record_miss, world.state.record_miss = world.state.record_miss, fail
        world.canary.on_own_write(OwnWrite.ATTACH, "pm_1")
        await asyncio.sleep(90)
        assert (world.cache.bounds, world.canary.misses) == ([], 0)
        world.state.record_miss = record_miss
        await asyncio.sleep(CHECK_SECONDS)
        assert (world.cache.bounds, world.canary.misses) == ([LOWERED_BOUND], 1)

    run(test)


def test_a_check_that_fails_is_logged_and_repeated(run, caplog):
    async def test(world):
        async def fail():
            raise KeyError("cus_1")

        times, world.state.times = world.state.times, fail
        world.canary.on_own_write(OwnWrite.ATTACH, "pm_1")
        await asyncio.sleep(70)
        world.state.times = times
        await asyncio.sleep(CHECK_SECONDS)
        assert world.cache.bounds == [LOWERED_BOUND]

    run(test)
    assert "the check of events failed exception=KeyError" in caplog.text
    assert "cus_1" not in caplog.text


def test_repeating_an_attach_within_a_day_is_no_miss(run):
    async def test(world):
        await world.arrives()
        await asyncio.sleep(12 * 3600)
        world.canary.on_own_write(OwnWrite.ATTACH, "pm_1")
        await asyncio.sleep(100)
        assert world.cache.bounds == []

    run(test)
