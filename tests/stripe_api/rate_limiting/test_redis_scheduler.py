"""The limits that replicas share, each with its own scheduler, through a real store."""

import asyncio
import hashlib

import pytest
import redis

from quality.harness.call_rates import busiest_second
from serving.redis.store import SharedStore
from stripe_api.errors import Overloaded
from stripe_api.rate_limiting.redis_scheduler import RedisScheduler
from stripe_api.rate_limiting.scheduler import ALL
from stripe_api.rate_limiting.waiting_queue import Urgency
from tests.support.missing import needs_store

pytestmark = needs_store

READ, WRITE = Urgency.READ, Urgency.WRITE


class Replicas:
    """Schedulers that share one store, with the same Stripe account or with different ones."""

    def __init__(self, url):
        self._url = url
        self._open = []

    def new(self, *, account="sk_test_x", **limits):
        store = SharedStore(self._url)
        scheduler = RedisScheduler(store.script, account=account, **limits)
        self._open += [scheduler, store]
        return scheduler

    async def aclose(self):
        for one in self._open:
            await one.aclose()


ACCOUNTS = ("sk_test_x", "sk_test_y")


def grow_old(store):
    """The store has had its state for long."""
    with redis.Redis(port=store.port) as client:
        for account in ACCOUNTS:
            client.set(f"attache:calls:{{{hashlib.sha256(account.encode()).hexdigest()[:16]}}}:born", 1)


@pytest.fixture
async def replicas(store):
    grow_old(store)
    replicas = Replicas(store.url)
    yield replicas
    await replicas.aclose()


async def acquire(scheduler, endpoint="a", urgency=READ, seconds=0.5):
    now = asyncio.get_running_loop().time()
    return scheduler.try_acquire(endpoint, now) or await scheduler.acquire(endpoint, urgency, deadline=now + seconds)


async def granted(scheduler, count, **options):
    """The number of concurrent calls that get a slot soon."""
    ends = await asyncio.gather(*(acquire(scheduler, **options) for _ in range(count)), return_exceptions=True)
    assert all(isinstance(end, Overloaded) for end in ends if isinstance(end, Exception)), ends
    return sum(not isinstance(end, Exception) for end in ends)


async def test_the_replicas_share_the_limit(replicas):
    one, other = replicas.new(per_second=10), replicas.new(per_second=10)
    counts = await asyncio.gather(granted(one, 10), granted(other, 10))
    assert sum(counts) == 10


async def test_the_replicas_share_the_limit_of_each_connected_account(replicas):
    of_one, of_one_too, of_other, platform = (
        replicas.new(per_second=4, connected=account) for account in ("acct_1", "acct_1", "acct_2", None)
    )
    assert await granted(of_one, 4) == 4
    assert await granted(of_one_too, 4) == 0
    # A new account's first call does not wait, because it is known that the store has not lost its data.
    assert await granted(of_other, 4) == 4
    assert await granted(platform, 4) == 4


async def test_a_429_slows_all_replicas_for_its_own_connected_account(replicas):
    of_one, of_one_too, of_other = (replicas.new(connected=account) for account in ("acct_1", "acct_1", "acct_2"))
    assert await granted(of_one, 1) == 1
    of_one.slow_down(ALL, now=asyncio.get_running_loop().time(), pause=30)
    await asyncio.sleep(0.1)
    assert await granted(of_one_too, 1) == 0
    assert await granted(of_other, 1) == 1


async def test_the_replicas_share_the_limit_of_an_endpoint(replicas):
    one, other = (replicas.new(per_second=10, per_endpoint=4) for _ in range(2))
    assert await granted(one, 4, endpoint="a") == 4
    assert await granted(other, 4, endpoint="a") == 0
    assert await granted(other, 4, endpoint="b") == 4


async def test_accounts_have_separate_limits(replicas):
    one, other = replicas.new(per_second=5), replicas.new(per_second=5, account="sk_test_y")
    assert [await granted(one, 5), await granted(other, 5)] == [5, 5]


async def test_slots_are_free_one_second_after_the_response(replicas):
    one, other = replicas.new(per_second=4), replicas.new(per_second=4)
    slots = [await acquire(one) for _ in range(4)]
    for slot in slots:
        slot.release(asyncio.get_running_loop().time())
    assert await granted(one, 1, endpoint="tells that they were answered") == 0
    await asyncio.sleep(0.8)
    assert await granted(other, 4) == 4


async def test_429s_to_one_replica_slow_all_replicas(replicas):
    one, other = replicas.new(per_second=10), replicas.new(per_second=10)
    slot = await acquire(one)
    slot.release(asyncio.get_running_loop().time())
    for _ in range(5):
        one.slow_down(ALL, now=asyncio.get_running_loop().time())
    await asyncio.gather(*one._slowing_down)
    assert await granted(other, 10, seconds=0.3) == 4


async def test_all_replicas_pause_when_stripe_asks_one_to_wait(replicas):
    one, other = replicas.new(per_second=10), replicas.new(per_second=10)
    slot = await acquire(one)
    slot.release(asyncio.get_running_loop().time())
    one.slow_down(ALL, now=asyncio.get_running_loop().time(), pause=30)
    await asyncio.gather(*one._slowing_down)
    assert await granted(other, 3) == 0
    with pytest.raises(Overloaded) as caught:
        await acquire(other)
    assert caught.value.retry_after in (29, 30)


async def test_a_waiting_write_of_one_replica_goes_before_the_reads_of_another(replicas):
    one, other = replicas.new(per_second=2), replicas.new(per_second=2)
    held = [await acquire(one) for _ in range(2)]
    order = []

    async def ask(name, scheduler, urgency):
        slot = await acquire(scheduler, urgency=urgency, seconds=10)
        order.append(name)
        slot.release(asyncio.get_running_loop().time())

    reads = asyncio.create_task(ask("read", other, READ))
    await asyncio.sleep(0.1)
    writes = [asyncio.create_task(ask("write", one, WRITE)) for _ in range(2)]
    await asyncio.sleep(0.1)
    for slot in held:
        slot.release(asyncio.get_running_loop().time())
    await asyncio.gather(reads, *writes)
    assert order == ["write", "write", "read"]


async def test_while_the_store_is_unavailable_each_replica_uses_its_share(replicas, store):
    one, other = replicas.new(per_second=10), replicas.new(per_second=10)
    for scheduler in (one, other):
        (await acquire(scheduler)).release(asyncio.get_running_loop().time())
    (await acquire(one)).release(asyncio.get_running_loop().time())
    assert (one.replicas, other.replicas) == (2, 2)
    store.stop()
    assert await granted(one, 1, endpoint="finds that it is unavailable", seconds=3) == 1
    assert one.all.slots(asyncio.get_running_loop().time()) == 5
    store.start()


async def test_a_call_that_is_cancelled_during_the_round_trip_leaves_nothing_behind(replicas):
    scheduler = replicas.new(per_second=10)
    tasks = [asyncio.create_task(acquire(scheduler)) for _ in range(5)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await granted(scheduler, 1, endpoint="asks after them") == 1
    assert (scheduler.in_flight, scheduler.waiting) == (1, 0)


LIMIT = 12


class TestLosses:
    """The limit holds over two replicas that both ask for all they can get, whatever happens to the store."""

    @pytest.fixture
    async def arrivals(self, replicas):
        """When calls reach Stripe; both replicas call all the time."""
        arrivals = []

        async def call(scheduler, endpoint):
            clock = asyncio.get_running_loop().time
            while True:
                try:
                    slot = await acquire(scheduler, endpoint, WRITE, seconds=30)
                except Overloaded:
                    await asyncio.sleep(0.05)
                    continue
                arrivals.append(clock())
                await asyncio.sleep(0.02)
                slot.release(clock())

        schedulers = [replicas.new(per_second=LIMIT) for _ in range(2)]
        # One replica asks for more than the other, so that their parts before a loss are not equal.
        callers = [schedulers[0]] * 20 + [schedulers[1]] * 2
        calling = [asyncio.create_task(call(scheduler, "a")) for scheduler in callers]
        await asyncio.sleep(1.5)
        yield arrivals
        for task in calling:
            task.cancel()
        await asyncio.gather(*calling, return_exceptions=True)

    @staticmethod
    async def after(arrivals, seconds):
        await asyncio.sleep(seconds)
        began = len(arrivals)
        await asyncio.sleep(2)
        assert len(arrivals) - began >= LIMIT, "calls continue"
        assert LIMIT / 2 < busiest_second(arrivals) <= LIMIT

    async def test_of_its_state(self, arrivals, store):
        store.flush()
        await self.after(arrivals, 2)

    async def test_of_the_process_for_some_time(self, arrivals, store):
        store.stop()
        await asyncio.sleep(3)
        store.start()
        await self.after(arrivals, 4)

    async def test_of_contact(self, arrivals, store):
        store.pause()
        await asyncio.sleep(2.5)
        store.resume()
        await self.after(arrivals, 4)


async def test_a_new_store_grants_nothing_at_first(replicas, store):
    store.flush()
    one, other = replicas.new(per_second=5), replicas.new(per_second=5)
    began = asyncio.get_running_loop().time()
    assert await granted(one, 1, seconds=3) == 1
    assert 1.2 < asyncio.get_running_loop().time() - began < 2
    assert await granted(other, 1, seconds=0.3) == 1
