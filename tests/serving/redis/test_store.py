"""When the shared store is unavailable, and when it only seems so."""

from __future__ import annotations

import asyncio
import time

import pytest

from quality.harness.stores import SlowProxy
from serving.auth.rate_limits import RateLimited, RateLimits
from serving.redis.store import MAX_CONNECTIONS, SLOW_USES, SharedStore, StoreUnavailable
from serving.settings.settings import Settings
from tests.support.missing import needs_store

pytestmark = needs_store


@pytest.fixture
async def shared(store):
    shared = SharedStore(store.url)
    yield shared
    await shared.aclose()


async def available_again(shared):
    for _ in range(60):
        if not shared.is_unavailable:
            return True
        await asyncio.sleep(0.05)
    return False


async def test_a_burst_waits_for_connections(shared):
    async def one():
        return await shared.use(lambda: shared.client.incr("n"))

    assert sorted(await asyncio.gather(*(one() for _ in range(600)))) == list(range(1, 601))
    assert len(await shared.client.client_list()) <= MAX_CONNECTIONS
    assert not shared.is_unavailable


async def test_a_burst_is_counted_in_the_store(store, shared):
    rates = RateLimits(Settings(rate_limit_address="100/minute", redis_url=store.url, sandbox=True), shared)
    ends = await asyncio.gather(*(rates.count_address("192.0.2.1") for _ in range(400)), return_exceptions=True)
    assert sum(isinstance(end, RateLimited) for end in ends) == 300
    assert sum(end is None for end in ends) == 100


async def test_a_store_that_hangs_costs_half_a_second_once(store, shared):
    await shared.use(shared.client.ping)
    store.pause()
    began = time.monotonic()
    ends = await asyncio.gather(*(shared.use(shared.client.ping) for _ in range(200)), return_exceptions=True)
    assert all(isinstance(end, StoreUnavailable) for end in ends)
    assert 0.4 < time.monotonic() - began < 2
    began = time.monotonic()
    with pytest.raises(StoreUnavailable):
        await shared.use(shared.client.ping)
    assert time.monotonic() - began < 0.1
    store.resume()
    assert await available_again(shared)
    assert await shared.use(shared.client.ping)


async def test_a_command_that_is_always_sent_is_executed_as_soon_as_the_store_responds(store, shared):
    await shared.use(shared.client.ping)
    store.pause()
    with pytest.raises(StoreUnavailable):
        await shared.use(shared.client.ping)
    sent = asyncio.create_task(shared.use(lambda: shared.client.set("renewed", 1), always=True))
    await asyncio.sleep(0.1)
    assert not sent.done()
    store.resume()
    assert await sent
    assert shared.is_unavailable


async def test_rates_wait_no_longer_than_other_uses_for_a_store_that_hangs(store, shared):
    rates = RateLimits(Settings(rate_limit_address="2/minute", redis_url=store.url, sandbox=True), shared)
    store.pause()
    began = time.monotonic()
    for _ in range(2):
        await rates.count_address("192.0.2.1")
    with pytest.raises(RateLimited):
        await rates.count_address("192.0.2.1")
    assert time.monotonic() - began < 1.5
    store.resume()


async def test_waiting_for_a_place_ends_at_the_deadline(store, shared):
    store.pause()
    uses = [asyncio.create_task(shared.use(shared.client.ping)) for _ in range(MAX_CONNECTIONS)]
    await asyncio.sleep(0)
    now = asyncio.get_running_loop().time()
    with pytest.raises(StoreUnavailable):
        await shared.use(shared.client.ping, deadline=now + 0.1)
    assert not shared.is_unavailable
    store.resume()
    assert all(await asyncio.gather(*uses))


async def test_a_slow_store_is_unavailable_until_it_is_fast(store):
    way = SlowProxy(store.port)
    await way.open()
    shared = SharedStore(way.url)
    await shared.use(shared.client.ping)
    way.delay = 0.35
    for _ in range(SLOW_USES):
        assert not shared.is_unavailable
        await shared.use(shared.client.ping)
    with pytest.raises(StoreUnavailable):
        await shared.use(shared.client.ping)
    await asyncio.sleep(2)
    assert shared.is_unavailable
    way.delay = 0.0
    assert await available_again(shared)
    assert await shared.use(shared.client.ping)
    await shared.aclose()
    await way.close()


async def test_slow_uses_among_fast_ones_are_none_of_its_faults(store):
    way = SlowProxy(store.port)
    await way.open()
    shared = SharedStore(way.url)
    for delay in (0.0, 0.35, 0.35, 0.0, 0.35, 0.35):
        way.delay = delay
        await shared.use(shared.client.ping)
    assert not shared.is_unavailable
    await shared.aclose()
    await way.close()


async def test_slow_uses_that_end_together_do_not_make_it_unavailable(shared):
    await asyncio.gather(*(shared.use(lambda: asyncio.sleep(0.35)) for _ in range(SLOW_USES)))
    assert not shared.is_unavailable


async def test_a_busy_event_loop_does_not_make_the_store_look_slow(shared):
    await shared.use(shared.client.ping)
    for _ in range(SLOW_USES + 1):
        use = asyncio.create_task(shared.use(shared.client.ping))
        await asyncio.sleep(0)
        time.sleep(0.7)  # noqa: ASYNC251
        assert await use
    assert not shared.is_unavailable


async def test_a_connection_that_was_closed_is_opened_again(store, shared):
    await shared.use(shared.client.ping)
    store.stop()
    store.start()
    assert await shared.use(shared.client.ping)
    assert not shared.is_unavailable
