"""The storage in Valkey or Redis while the store hangs: how long reads wait, how often, and what they may return."""

import asyncio

import httpx
import msgspec
import pytest

from quality.harness import virtual_time
from quality.harness.builders import customer
from stripe_api.read_cache.cache import REPEAT_SECONDS, OperationCache, ReadCache
from stripe_api.read_cache.reads import cacheable_read
from stripe_api.read_cache.redis.encryption import Encrypted, Unencrypted, decode_key
from stripe_api.read_cache.redis.storage import PAUSE_SECONDS, USE_SECONDS, RedisStorage
from stripe_api.response import parse_response

READ = cacheable_read("/v1/customers/{customer}", {"customer": "cus_1"}, {})
BODY = msgspec.json.encode(customer())


class Store:
    """Runs scripts like the store's client: each use of a store that hangs takes until its time limit."""

    def __init__(self) -> None:
        self.hangs = False
        self.is_known_to_hang = False
        self.uses: list[tuple[float, float | None]] = []
        self.renewed: list[tuple[object, ...]] = []

    def script(self, text, *, within=None, always=False):
        async def run(keys, arguments):
            if self.is_known_to_hang and not always:
                return None
            self.uses.append((virtual_time.now(), within))
            if self.hangs:
                await asyncio.sleep(0.5 if within is None else within)
                return None
            if "drops their responses" in text:
                self.renewed.append(tuple(arguments[3:]))
                return [b"cus_1"]
            return [1_000_000, 0, b"stamp", b"", b"cus_1", 990_000, b"p" + BODY]

        return run


class Cached:
    """A cache over the store. `calls` are the times of the calls to Stripe."""

    def __init__(self) -> None:
        self.store = Store()
        self.calls: list[float] = []
        storage = RedisStorage(self.store.script, namespace="test", seconds=600, cipher=Unencrypted())
        self.cache = ReadCache(storage, seconds=600)

    async def fetch(self):
        self.calls.append(virtual_time.now())
        return parse_response(200, httpx.Headers(), BODY, write=False)

    async def read(self):
        await self.cache.read(READ, self.fetch, OperationCache(self.cache, None, False, lambda source: None), None)


def test_a_hit_is_one_use():
    async def story(cached):
        await cached.read()
        assert (len(cached.store.uses), cached.calls) == (1, [])

    virtual_time.run(story(Cached()))


def test_a_read_waits_for_a_store_that_hangs_until_the_time_limit_and_then_calls_stripe():
    async def story(cached):
        cached.store.hangs = True
        started = virtual_time.now()
        await cached.read()
        assert USE_SECONDS <= 0.05
        # Storing the response does not wait again.
        assert virtual_time.now() - started == pytest.approx(USE_SECONDS)
        assert cached.calls == [pytest.approx(started + USE_SECONDS)]

    virtual_time.run(story(Cached()))


def test_few_reads_wait_for_a_store_that_hangs():
    async def story(cached):
        cached.store.hangs = True
        started = virtual_time.now()
        for _ in range(300):
            await asyncio.gather(*(cached.read() for _ in range(3)))
            await asyncio.sleep(0.01)
        seconds = virtual_time.now() - started
        assert len(cached.calls) == 900
        # Three at first, and then one for each pause.
        assert len(cached.store.uses) <= 3 + seconds / PAUSE_SECONDS
        assert cached.cache.counts.failures >= 900

    virtual_time.run(story(Cached()))


def test_the_cache_is_used_again_when_the_store_responds():
    async def story(cached):
        cached.store.hangs = True
        await cached.read()
        cached.store.hangs = False
        await asyncio.sleep(PAUSE_SECONDS)
        for _ in range(3):
            await cached.read()
        assert len(cached.calls) == 1

    virtual_time.run(story(Cached()))


def test_nothing_is_read_from_the_cache_until_a_failed_renewal_has_succeeded():
    async def story(cached):
        cached.store.hangs = True
        await cached.cache.evict_written(frozenset({"cus_1"}), frozenset({"pm_1"}))
        await cached.cache.evict_written(frozenset({"cus_2"}), frozenset())
        cached.store.hangs = False
        await cached.read()
        assert len(cached.calls) == 1
        await asyncio.sleep(REPEAT_SECONDS + 0.6)
        (renewed,) = cached.store.renewed
        names = sorted(zip(renewed[::2], renewed[1::2], strict=True))
        assert names == [("object", "pm_1"), ("wallet", "cus_1"), ("wallet", "cus_2")]
        await cached.read()
        assert len(cached.calls) == 1
        await asyncio.sleep(60)
        assert len(cached.store.renewed) == 1

    virtual_time.run(story(Cached()))


def test_a_renewal_that_was_not_sent_is_repeated_before_the_store_is_used_otherwise():
    async def story(cached):
        cached.store.hangs = cached.store.is_known_to_hang = True
        await cached.cache.evict_written(frozenset({"cus_1"}), frozenset())
        assert cached.store.uses == []
        await asyncio.sleep(3)
        cached.store.hangs = False
        # The attempt that the store did not answer in time may still be running.
        await asyncio.sleep(0.5 + 1.1 * REPEAT_SECONDS)
        assert cached.store.renewed == [("wallet", "cus_1")]
        assert not cached.cache.is_paused
        await cached.cache.aclose()

    virtual_time.run(story(Cached()))


def test_a_value_is_opened_only_where_it_was_sealed():
    cipher = Encrypted([bytes(32)])
    sealed = cipher.seal(b"value", b"here")
    assert cipher.open(sealed, b"here") == b"value"
    assert cipher.open(sealed, b"there") is None
    assert cipher.open(sealed[:-1], b"here") is None
    assert cipher.open(sealed[:3], b"here") is None
    assert cipher.open(b"", b"here") is None


def test_sealing_twice_gives_different_bytes():
    cipher = Encrypted([bytes(32)])
    assert cipher.seal(b"value", b"here") != cipher.seal(b"value", b"here")


def test_plain_values_are_not_accepted_with_a_key_nor_encrypted_ones_without():
    plain, encrypted = Unencrypted(), Encrypted([bytes(32)])
    assert plain.open(plain.seal(b"value", b""), b"") == b"value"
    assert encrypted.open(plain.seal(b"value", b""), b"") is None
    assert plain.open(encrypted.seal(b"value", b""), b"") is None


def test_both_alphabets_of_base64_are_keys():
    assert decode_key("-_" + "A" * 41 + "=") == decode_key("+/" + "A" * 41 + "=")
    with pytest.raises(ValueError, match="16 bytes"):
        decode_key("A" * 22 + "==")
    with pytest.raises(ValueError, match="base64"):
        decode_key("no key")
