"""Both streams: subscribers of every process get each change, or a RESYNC after changes may have been missed."""

import asyncio
import contextlib

import pytest

from changes.change import ChangeKind, WalletChange
from changes.streams import redis_stream
from changes.streams.in_process_stream import InProcessStream
from changes.streams.redis_stream import STREAM, RedisStream
from changes.streams.stream import StreamUnavailable
from serving.redis.store import SharedStore


def change(number=1, wallet="cus_a"):
    return WalletChange(wallet, ChangeKind.PAYMENT_METHOD_ATTACHED, 1_700_000_000, f"pm_{number}")


async def take(entries, seconds=5.0):
    async with asyncio.timeout(seconds):
        return await anext(entries)


async def quiet(entries, seconds=0.2):
    """Whether nothing arrives for a while."""
    try:
        await take(entries, seconds)
    except TimeoutError:
        return True
    return False


@contextlib.asynccontextmanager
async def replica(url):
    """The stream of one more process over the store."""
    shared = SharedStore(url)
    stream = RedisStream(shared)
    try:
        yield stream
    finally:
        await stream.aclose()
        await shared.aclose()


@pytest.fixture
async def two_replicas(store):
    async with replica(store.url) as one, replica(store.url) as other:
        yield one, other


async def test_a_process_sends_its_own_changes_and_resumes():
    stream = InProcessStream()
    async with stream.subscribe("cus_a", None) as entries:
        await stream.publish(change(1))
        await stream.publish(change(2, "cus_b"))
        first = await take(entries)
        assert first.change == change(1)
        assert await quiet(entries, 0.01)
    await stream.publish(change(3))
    async with stream.subscribe("cus_a", first.position) as entries:
        assert (await take(entries)).change == change(3)


async def test_the_positions_of_an_earlier_process_are_a_resync():
    earlier, stream = InProcessStream(), InProcessStream()
    async with earlier.subscribe("cus_a", None) as entries:
        await earlier.publish(change())
        position = (await take(entries)).position
    await stream.publish(change())
    async with stream.subscribe("cus_a", position) as entries:
        assert (await take(entries)).change.kind is ChangeKind.RESYNC


async def test_every_replica_gets_a_change_once_and_resumes_at_its_position(two_replicas):
    one, other = two_replicas
    async with one.subscribe("cus_a", None) as here, other.subscribe("cus_a", None) as there:
        await one.publish(change(1))
        found = [await take(here), await take(there)]
        assert found[0] == found[1]
        assert found[0].change == change(1)
        assert await quiet(here)
        await one.publish(change(2))
    async with other.subscribe("cus_a", found[0].position) as entries:
        assert (await take(entries)).change == change(2)


async def test_a_new_replica_resumes_from_the_changes_in_the_store(two_replicas, store):
    one, _ = two_replicas
    async with one.subscribe("cus_a", None) as entries:
        await one.publish(change(1))
        position = (await take(entries)).position
        await one.publish(change(2))
    async with replica(store.url) as new, new.subscribe("cus_a", position) as entries:
        assert (await take(entries)).change == change(2)


@pytest.mark.parametrize("outage", ["restart", "pause"])
async def test_after_an_outage_of_the_store_subscribers_get_a_resync_and_then_changes(two_replicas, store, outage):
    one, other = two_replicas
    async with one.subscribe("cus_a", None) as here, other.subscribe("cus_b", None) as there:
        if outage == "restart":
            store.stop()
            store.start()
        else:
            store.pause()
            await asyncio.sleep(redis_stream.BLOCK_SECONDS + redis_stream.RESPONSE_SECONDS + 0.5)
            store.resume()
        for entries in (here, there):
            assert (await take(entries)).change.kind is ChangeKind.RESYNC
        await published(one, change(5))
        assert (await take(here)).change == change(5)


async def test_lost_data_without_an_outage_is_a_resync(two_replicas, store):
    one, other = two_replicas
    async with one.subscribe("cus_a", None) as entries:
        await one.publish(change(1))
        await take(entries)
        store.flush()
        await other.publish(change(2))
        assert (await take(entries)).change.kind is ChangeKind.RESYNC
        await other.publish(change(3))
        assert (await take(entries)).change == change(3)


@pytest.mark.parametrize("fields", [{"number": "1", "change": "not JSON"}, {"number": "one"}, {"other": "1"}])
async def test_an_entry_that_is_not_readable_is_a_resync(two_replicas, fields):
    one, _ = two_replicas
    async with one.subscribe("cus_a", None) as entries:
        await one._store.client.xadd(STREAM, fields)
        assert (await take(entries)).change.kind is ChangeKind.RESYNC
        assert await quiet(entries)


async def test_a_kind_of_a_later_version_is_unknown(two_replicas):
    one, _ = two_replicas
    stored = '{"wallet": "cus_a", "kind": "WALLET_PAINTED", "occurred_at": 3, "payment_method": null}'
    async with one.subscribe("cus_a", None) as entries:
        await one._store.client.set(redis_stream.COUNTER, 1)
        await one._store.client.xadd(STREAM, {"number": "1", "change": stored})
        assert (await take(entries)).change == WalletChange("cus_a", ChangeKind.UNKNOWN, 3)


async def test_without_a_store_publishing_and_new_subscribers_fail(two_replicas, store, monkeypatch):
    monkeypatch.setattr(redis_stream, "LOAD_SECONDS", 0.3)
    one, _ = two_replicas
    store.stop()
    with pytest.raises(StreamUnavailable):
        await one.publish(change())
    with pytest.raises(StreamUnavailable):
        async with one.subscribe("cus_a", None):
            pass


async def test_the_store_keeps_a_bounded_number_of_changes(two_replicas, monkeypatch):
    one, _ = two_replicas
    monkeypatch.setattr(redis_stream, "KEPT_CHANGES", 100)
    for number in range(500):
        await one.publish(change(number))
    assert await one._store.client.xlen(STREAM) <= 200


async def published(stream, wanted):
    """Publish as soon as the store is available again."""
    for _ in range(50):
        try:
            return await stream.publish(wanted)
        except StreamUnavailable:
            await asyncio.sleep(0.1)
    raise AssertionError("the store did not recover")
