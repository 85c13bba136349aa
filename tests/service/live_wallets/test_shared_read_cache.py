"""Two replicas share the read cache in Valkey or Redis, which fails and recovers."""

import asyncio
import base64
import contextlib

import httpx
import pytest
import redis

from quality.harness.clients import Api, Recorder
from quality.harness.wallets import ACCOUNT, AMARA, AMARAS_BANK_ACCOUNT, JENNY, JENNYS_CARD
from serving.settings.settings import Settings
from tests.support.missing import needs_store

pytestmark = needs_store

SCREEN = f"""{{ customer(id: "{AMARA}") {{
    name defaultPaymentMethod {{ id }} paymentMethods(first: 50) {{ nodes {{ id isDefault }} }} }} }}"""
DETACH = (
    f'mutation {{ detachPaymentMethod(input: {{paymentMethodId: "{AMARAS_BANK_ACCOUNT}"}}) {{ errors {{ code }} }} }}'
)
OTHER_WRITE = (
    f'mutation {{ setDefaultPaymentMethod(input: {{paymentMethodId: "{JENNYS_CARD}", customerId: "{JENNY}"}}) '
    "{ errors { code } } }"
)
KEYS = [base64.b64encode(bytes([number]) * 32).decode() for number in range(3)]


@pytest.fixture(autouse=True)
def slow_machine(monkeypatch):
    """The time limit of a lookup has tests of its own, in virtual time."""
    monkeypatch.setattr("stripe_api.read_cache.redis.storage.USE_SECONDS", 0.5)
    monkeypatch.setattr("stripe_api.read_cache.redis.storage.PAUSE_SECONDS", 0.1)


def settings(store, **more):
    return Settings(
        stripe_secret_key="sk_test_shared", allow_anonymous=True, redis_url=store.url, read_cache_seconds=600, **more
    )


@pytest.fixture
async def replica(sandbox, store):
    """Starts a replica over the sandbox and the store."""
    async with contextlib.AsyncExitStack() as running:

        async def start(**more):
            api = await running.enter_async_context(Api(settings(store, **more), Recorder.over(sandbox)))
            running.push_async_callback(api.service.aclose)
            return api

        yield start


@pytest.fixture
def client(store):
    with redis.Redis(port=store.port) as client:
        yield client


def ids(data):
    return [node["id"] for node in data["customer"]["paymentMethods"]["nodes"]]


async def calls_of(api, query=SCREEN):
    """The number of REST calls for a query."""
    api.stripe.clear()
    await api.data(query)
    return len(api.stripe.calls)


async def remember(api, query=SCREEN):
    """Repeat a query until its result is remembered. Returns its data."""
    for _ in range(5):
        before = api.service.results.uses
        data = await api.data(query)
        if api.service.results.uses > before:
            return data
    raise AssertionError("not remembered")


async def test_a_remembered_result_is_checked_in_one_round_trip(replica, client):
    api = await replica()
    first = await remember(api)
    client.config_resetstat()
    assert await api.data(SCREEN) == first
    uses = {name: found["calls"] for name, found in client.info("commandstats").items() if "eval" in name}
    assert uses == {"cmdstat_evalsha": 1}
    assert api.service.read_cache.counts.failures == 0


async def test_another_response_of_the_same_generation_makes_a_result_invalid(replica):
    one, other = await replica(), await replica()
    await remember(one)
    await other.http.post("/graphql", json={"query": SCREEN}, headers={"Cache-Control": "no-cache"})
    assert [await calls_of(one), one.service.results.uses] == [0, 1]


async def test_a_lowered_bound_applies_to_what_is_remembered_already(replica):
    api = await replica()
    await remember(api)
    await asyncio.sleep(0.01)
    api.service.read_cache.set_bound(0.005)
    assert [await calls_of(api), api.service.results.uses] == [2, 1]


async def test_a_replica_reads_what_another_has_cached(replica):
    one, other = await replica(), await replica()
    first = await one.data(SCREEN)
    other.stripe.clear()
    assert await other.data(SCREEN) == first
    assert other.stripe.calls == []


async def test_a_write_is_read_back_on_every_replica(replica):
    one, other = await replica(), await replica()
    before = ids(await remember(one))
    assert ids(await remember(other)) == before
    assert await one.data(DETACH) == {"detachPaymentMethod": {"errors": []}}
    for api in (other, one):
        assert ids(await api.data(SCREEN)) == [id for id in before if id != AMARAS_BANK_ACCOUNT]


class Slow(httpx.AsyncBaseTransport):
    """Delays responses until it is resumed."""

    def __init__(self, inner):
        self._inner = inner
        self.received, self.resumed = asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, request):
        response = await self._inner.handle_async_request(request)
        self.received.set()
        await self.resumed.wait()
        return response


async def test_a_page_that_is_read_during_a_detach_on_another_replica_is_not_kept(replica):
    one, other = await replica(), await replica()
    page = f'{{ customer(id: "{AMARA}") {{ paymentMethods(first: 50) {{ nodes {{ id }} }} }} }}'
    slow = one.stripe._inner = Slow(one.stripe._inner)
    reading = asyncio.create_task(one.data(page))
    await slow.received.wait()
    # The detach names only the payment method, whose wallet is not indexed yet.
    await other.data(DETACH)
    slow.resumed.set()
    assert AMARAS_BANK_ACCOUNT in ids(await reading)
    for api in (one, other):
        assert AMARAS_BANK_ACCOUNT not in ids(await api.data(page))


async def test_an_eviction_reaches_every_replica(replica):
    one, other = await replica(), await replica()
    await remember(one)
    await other.service.read_cache.evict([AMARA], "event")
    assert await calls_of(one) == 2


async def test_the_reverse_index_is_shared(replica):
    one, other = await replica(), await replica()
    await one.data(SCREEN)
    assert list(await other.service.read_cache.wallets_of(AMARAS_BANK_ACCOUNT)) == [AMARA]
    query = f'{{ paymentMethod(id: "{AMARAS_BANK_ACCOUNT}") {{ id }} }}'
    assert [await calls_of(other, query), await calls_of(one, query)] == [1, 0]


async def test_a_wallet_with_two_names_is_evicted_by_either(replica):
    api = await replica()
    page = f'{{ paymentMethods(customerAccountId: "{ACCOUNT}") {{ nodes {{ id customer {{ id }} }} }} }}'
    owner = (await api.data(page))["paymentMethods"]["nodes"][0]["customer"]["id"]
    await api.data(page)
    assert await calls_of(api, page) == 0
    for name in (ACCOUNT, owner):
        await api.service.read_cache.evict([name], "event")
        assert [await calls_of(api, page), await calls_of(api, page)] == [1, 0]


@pytest.mark.parametrize(
    "other",
    [
        {"stripe_secret_key": "sk_test_other"},
        {"stripe_api_version": "2025-01-01"},
        {"stripe_api_base": "https://stripe.example"},
    ],
)
async def test_another_account_or_version_has_its_own_responses(replica, store, sandbox, other):
    one = await replica()
    await one.data(SCREEN)
    changed = settings(store).model_copy(update={**other})
    if "stripe_secret_key" in other:
        changed = Settings(
            stripe_secret_key="sk_test_other", allow_anonymous=True, redis_url=store.url, read_cache_seconds=600
        )
    async with Api(changed, Recorder.over(sandbox)) as switched:
        assert await calls_of(switched) == 2
        await switched.service.read_cache.evict([AMARA], "event")
        await switched.service.aclose()
    # An event that only the other one receives evicts the responses of both.
    assert await calls_of(one) == 2


async def test_values_are_encrypted(replica, client):
    api = await replica(read_cache_encryption_key=KEYS[0])
    await api.data(SCREEN)
    assert await calls_of(api) == 0
    values = [value for key in client.scan_iter("attache:cache:wallet:*") for value in client.hvals(key)]
    assert len(values) >= 3
    assert not any(b"okafor" in value or b"Okafor" in value for value in values)


async def test_values_are_not_encrypted_without_a_key(replica, client):
    await (await replica()).data(SCREEN)
    values = [value for key in client.scan_iter("attache:cache:wallet:*") for value in client.hvals(key)]
    assert any(b"Okafor" in value for value in values)


async def test_the_key_is_rotated(replica):
    before = await replica(read_cache_encryption_key=KEYS[0])
    during = await replica(read_cache_encryption_key=f"{KEYS[1]}, {KEYS[0]}")
    after = await replica(read_cache_encryption_key=KEYS[1])
    await before.data(SCREEN)
    assert await calls_of(during) == 0
    assert await calls_of(after) == 2
    assert await calls_of(during) == 0
    assert await calls_of(before) == 2


async def test_a_value_that_was_moved_to_another_wallet_is_not_accepted(replica, client):
    api = await replica(read_cache_encryption_key=KEYS[0])
    query = f'{{ customer(id: "{JENNY}") {{ name }} }}'
    await api.data(query)
    await api.data(query.replace(JENNY, AMARA))
    (jennys,), (amaras,) = [
        [(name, value) for name, value in client.hgetall(f"attache:cache:wallet:{id}").items() if len(name) == 32]
        for id in (JENNY, AMARA)
    ]
    stamp = amaras[1].split(b"|")[0]
    moved = b"|".join([stamp, *jennys[1].split(b"|", 3)[1:]])
    client.hset(f"attache:cache:wallet:{AMARA}", amaras[0], moved)
    assert (await api.data(query.replace(JENNY, AMARA)))["customer"]["name"] == "Amara Okafor"


async def until_cached(api, query=SCREEN):
    """Wait until a query makes no REST call. Each attempt must have the data."""
    for _ in range(100):
        if await calls_of(api, query) == 0:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("not cached again")


async def test_reads_continue_while_the_store_is_down(replica, store):
    api = await replica()
    first = await remember(api)
    store.stop()
    api.stripe.clear()
    assert await api.data(SCREEN) == first
    assert len(api.stripe.calls) == 2
    store.start()
    await until_cached(api)
    assert await api.data(SCREEN) == first


async def test_reads_continue_while_the_store_hangs(replica, store):
    api = await replica()
    first = await remember(api)
    store.pause()
    try:
        api.stripe.clear()
        assert await api.data(SCREEN) == first
        assert len(api.stripe.calls) == 2
    finally:
        store.resume()
    await until_cached(api)


@pytest.mark.parametrize("fault", ["down", "hangs", "is known to hang"])
async def test_a_write_while_the_store_is_unavailable_is_never_followed_by_stale_data_of_its_replica(
    replica, store, fault
):
    one, other = await replica(), await replica()
    before = ids(await remember(one))
    after = [id for id in before if id != AMARAS_BANK_ACCOUNT]
    assert ids(await remember(other)) == before
    (store.stop if fault == "down" else store.pause)()
    try:
        if fault == "is known to hang":
            await one.data(OTHER_WRITE)
        assert await one.data(DETACH) == {"detachPaymentMethod": {"errors": []}}
        assert ids(await one.data(SCREEN)) == after
    finally:
        (store.start if fault == "down" else store.resume)()
    for _ in range(30):
        assert ids(await one.data(SCREEN)) == after
        await asyncio.sleep(0.05)
    # As soon as this replica uses the cache again, the others have no stale data either.
    await until_cached(one)
    assert ids(await other.data(SCREEN)) == after


async def test_a_full_store_evicts_and_is_read_but_keeps_nothing_new(replica, store, client):
    api = await replica()
    jenny = f'{{ customer(id: "{JENNY}") {{ name paymentMethods {{ nodes {{ id }} }} }} }}'
    before = ids(await api.data(SCREEN))
    client.config_set("maxmemory", client.info("memory")["used_memory"])
    client.config_set("maxmemory-policy", "noeviction")
    with pytest.raises(redis.exceptions.OutOfMemoryError):
        client.set("more", "x")
    assert await calls_of(api) == 0
    for _ in range(2):
        assert await calls_of(api, jenny) == 2
    await api.data(DETACH)
    assert ids(await api.data(SCREEN)) == [id for id in before if id != AMARAS_BANK_ACCOUNT]
    assert not api.service.shared.is_unavailable
    client.config_set("maxmemory", 0)
    await until_cached(api, jenny)


async def test_a_store_that_lost_its_data_has_no_valid_responses(replica, store):
    api = await replica()
    await remember(api)
    store.flush()
    assert [await calls_of(api), await calls_of(api)] == [2, 0]


async def test_a_wallet_keeps_a_limited_number_of_responses(replica, client):
    api = await replica()
    for first in range(1, 61):
        await api.data(f'{{ customer(id: "{AMARA}") {{ paymentMethods(first: {first}) {{ nodes {{ id }} }} }} }}')
    assert client.hlen(f"attache:cache:wallet:{AMARA}") <= 52
    last = f'{{ customer(id: "{AMARA}") {{ paymentMethods(first: 60) {{ nodes {{ id }} }} }} }}'
    assert await calls_of(api, last) == 0


async def test_all_keys_expire(replica, client):
    api = await replica()
    await api.data(SCREEN)
    await api.data(f'{{ paymentMethod(id: "{JENNYS_CARD}") {{ id }} }}')
    await api.data(DETACH)
    keys = list(client.scan_iter("attache:cache:*"))
    assert len(keys) >= 3
    assert all(0 < client.ttl(key) <= 1400 for key in keys)
