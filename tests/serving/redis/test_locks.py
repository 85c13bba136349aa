"""Locks within a process, and over replicas through a real store."""

import asyncio

import pytest

from serving.redis.locks import LIFETIME, LockLost, LocksInProcess, LockTimeout, SharedLocks
from serving.redis.store import SharedStore, StoreUnavailable
from tests.support.missing import needs_store


async def test_one_at_a_time():
    locks, held, most = LocksInProcess(), 0, 0

    async def work():
        nonlocal held, most
        async with locks.hold("a", deadline=None):
            held += 1
            most = max(most, held)
            await asyncio.sleep(0)
            held -= 1

    await asyncio.gather(*(work() for _ in range(20)))
    assert most == 1
    assert not locks._locks


async def test_waiting_ends_at_the_deadline():
    locks, now = LocksInProcess(), asyncio.get_running_loop().time
    async with locks.hold("a", deadline=None):
        with pytest.raises(LockTimeout):
            async with locks.hold("a", deadline=now() + 0.02):
                pass
        async with locks.hold("b", deadline=now() + 0.02):
            pass
    async with locks.hold("a", deadline=now() + 0.02):
        pass
    assert not locks._locks


async def test_a_failure_gives_the_name_back():
    locks = LocksInProcess()
    with pytest.raises(ZeroDivisionError):
        async with locks.hold("a", deadline=None):
            raise ZeroDivisionError
    assert not locks._locks


@needs_store
class TestSharedLocks:
    @pytest.fixture
    async def replicas(self, store):
        stores = [SharedStore(store.url) for _ in range(2)]
        locks = [SharedLocks(shared) for shared in stores]
        yield locks
        for one in (*locks, *stores):
            await one.aclose()

    @pytest.fixture
    def soon(self, monkeypatch):
        """Lifetimes that a test can wait for."""
        monkeypatch.setattr("serving.redis.locks.LIFETIME", 0.6)
        monkeypatch.setattr("serving.redis.locks.RENEW_SECONDS", 0.15)

    @staticmethod
    def within(seconds):
        return asyncio.get_running_loop().time() + seconds

    async def test_one_at_a_time_over_replicas(self, replicas):
        held = most = 0

        async def work(locks):
            nonlocal held, most
            async with locks.hold("a", deadline=None):
                held += 1
                most = max(most, held)
                await asyncio.sleep(0.01)
                held -= 1

        await asyncio.gather(*(work(locks) for locks in replicas for _ in range(5)))
        assert most == 1

    async def test_many_names_at_once(self, replicas):
        async def work(locks, name):
            async with locks.hold(name, deadline=self.within(30)):
                await asyncio.sleep(0)

        await asyncio.gather(*(work(locks, str(n)) for n in range(300) for locks in replicas))

    async def test_waiting_ends_at_the_deadline(self, replicas):
        one, other = replicas
        async with one.hold("a", deadline=None):
            with pytest.raises(LockTimeout):
                async with other.hold("a", deadline=self.within(0.3)):
                    pass
        async with other.hold("a", deadline=self.within(0.3)):
            pass

    async def test_the_owner_renews_it(self, replicas, soon):
        one, other = replicas
        async with one.hold("a", deadline=None) as lease:
            await asyncio.sleep(1)
            lease.check()
            with pytest.raises(LockTimeout):
                async with other.hold("a", deadline=self.within(0.5)):
                    pass

    async def test_the_store_releases_that_of_an_owner_that_died(self, replicas, soon):
        one, other = replicas
        await one._store.client.set("attache:lock:a", b"of one that died", px=600)
        async with other.hold("a", deadline=self.within(2)):
            pass

    async def test_one_that_came_without_its_owners_knowledge_is_released(self, replicas, store):
        one, other = replicas
        for locks in replicas:
            async with locks.hold("connects", deadline=None):
                pass
        store.pause()
        with pytest.raises(StoreUnavailable):
            async with one.hold("a", deadline=self.within(30)):
                pass
        store.resume()
        began = asyncio.get_running_loop().time()
        async with other.hold("a", deadline=self.within(30)):
            assert asyncio.get_running_loop().time() - began < LIFETIME / 2

    async def test_one_whose_owner_was_cancelled_on_the_way_is_released(self, replicas):
        one, other = replicas

        async def hold():
            async with one.hold("a", deadline=None):
                pass

        for steps in range(1, 12):
            task = asyncio.create_task(hold())
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            async with other.hold("a", deadline=self.within(2)):
                pass

    async def test_one_that_the_store_forgot_is_lost(self, replicas, store):
        one, other = replicas

        async def work():
            async with one.hold("a", deadline=None):
                store.flush()
                async with other.hold("a", deadline=None):
                    pass

        with pytest.raises(LockLost):
            await work()

    async def test_one_that_can_not_be_renewed_is_lost(self, replicas, store, soon):
        async def work():
            async with replicas[0].hold("a", deadline=None) as lease:
                store.pause()
                await asyncio.sleep(0.8)
                with pytest.raises(LockLost):
                    lease.check()

        with pytest.raises(LockLost):
            await work()
        store.resume()

    async def test_an_error_in_the_block_goes_before_a_loss(self, replicas, store):
        async def work():
            async with replicas[0].hold("a", deadline=None):
                store.flush()
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await work()

    async def test_without_the_store_nothing_is_held(self, replicas, store):
        store.stop()
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                async with replicas[0].hold("a", deadline=None):
                    pass
