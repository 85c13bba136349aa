"""The storage in the process: its bound, and the reverse index that is complete for what is kept."""

import msgspec
import pytest

from quality.harness.builders import customer, payment_method
from stripe_api.read_cache.contents import contents_of
from stripe_api.read_cache.in_process import InProcessStorage
from stripe_api.read_cache.reads import cacheable_read
from stripe_api.response import parse_response

PAGE = "/v1/customers/{customer}/payment_methods"


def page_of(wallet, **params):
    return cacheable_read(PAGE, {"customer": wallet}, params)


def response(json):
    return parse_response(200, {}, msgspec.json.encode(json), write=False)


async def store(storage, read, json):
    found = response(json)
    await storage.store(read, await storage.look_up(read, 600), found, contents_of(found.body), 600)


async def is_cached(storage, read):
    return (await storage.look_up(read, 600)).response is not None


def page(wallet, count=1, size=0):
    methods = [payment_method(f"pm_{wallet}_{n}", customer=wallet, metadata={"x": "y" * size}) for n in range(count)]
    return {"object": "list", "data": methods, "has_more": False}


async def test_the_least_recently_used_wallets_are_dropped():
    storage = InProcessStorage(1024 * 1024)
    for number in range(100):
        await store(storage, page_of(f"cus_{number}"), page(f"cus_{number}", size=30_000))
        await is_cached(storage, page_of("cus_0"))
        assert storage.bytes <= 1024 * 1024
    assert await is_cached(storage, page_of("cus_0"))
    assert await is_cached(storage, page_of("cus_99"))
    assert not await is_cached(storage, page_of("cus_1"))
    assert not await storage.wallets_of("pm_cus_1_0")
    assert await storage.wallets_of("pm_cus_99_0") == {"cus_99"}


async def test_one_wallet_takes_a_quarter_of_the_memory_at_most():
    storage = InProcessStorage(1024 * 1024)
    await store(storage, page_of("cus_1"), page("cus_1"))
    for limit in range(100):
        await store(storage, page_of("cus_2", limit=limit), page("cus_2", size=30_000))
    assert storage.bytes <= 300_000
    assert await is_cached(storage, page_of("cus_1"))
    assert await is_cached(storage, page_of("cus_2", limit=99))


async def test_a_response_larger_than_that_is_not_kept():
    storage = InProcessStorage(1024 * 1024)
    await store(storage, page_of("cus_1"), page("cus_1", size=300_000))
    assert not await is_cached(storage, page_of("cus_1"))
    assert storage.bytes < 10_000


async def test_an_evicted_wallet_keeps_its_index():
    storage = InProcessStorage(1024 * 1024)
    await store(storage, page_of("cus_1"), page("cus_1", count=3))
    assert await storage.renew((), ["pm_cus_1_2"]) == {"cus_1"}
    assert not await is_cached(storage, page_of("cus_1"))
    assert await storage.wallets_of("pm_cus_1_0") == {"cus_1"}


async def test_a_response_is_not_stored_under_a_generation_that_has_ended():
    storage = InProcessStorage(1024 * 1024)
    read, found = page_of("cus_1"), response(page("cus_1"))
    lookup = await storage.look_up(read, 600)
    await storage.renew(["cus_1"], ())
    await storage.store(read, lookup, found, contents_of(found.body), 600)
    assert not await is_cached(storage, read)


async def test_a_generation_is_created_only_if_there_is_none():
    storage = InProcessStorage(1024 * 1024)
    first, second = [await storage.look_up(page_of("cus_1"), 600) for _ in range(2)]
    assert first.stamp == second.stamp != (await storage.look_up(page_of("cus_2"), 600)).stamp


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"limit": 10}, {"limit": 20}, False),
        ({"limit": 10, "type": None}, {"limit": 10}, True),
        ({"expand": ["b", "a"]}, {"expand": ["a", "b"]}, True),
        ({"expand": ["a"]}, {"expand": ["a", "b"]}, False),
        ({"starting_after": "pm_1"}, {"ending_before": "pm_1"}, False),
    ],
)
def test_reads_with_equal_parameters_have_the_same_key(one, other, same):
    assert (page_of("cus_1", **one).key == page_of("cus_1", **other).key) is same


@pytest.mark.parametrize(
    ("path", "ids", "params"),
    [
        ("/v1/setup_intents/{setup_intent}", {"setup_intent": "seti_1"}, {}),
        ("/v1/subscriptions", {}, {"customer": "cus_1"}),
        ("/v1/payment_methods", {}, {}),
        ("/v1/events", {}, {}),
    ],
)
def test_other_reads_are_never_cached(path, ids, params):
    assert cacheable_read(path, ids, params) is None


async def test_a_customer_and_its_account_are_one_wallet():
    storage = InProcessStorage(1024 * 1024)
    read = cacheable_read("/v1/customers/{customer}", {"customer": "cus_1"}, {})
    found = response(customer("cus_1", customer_account="acct_1"))
    await storage.index(contents_of(found.body))
    await store(storage, read, customer("cus_1", customer_account="acct_1"))
    assert await is_cached(storage, read)
    assert await storage.renew(["acct_1"], ()) == {"cus_1", "acct_1"}
    assert not await is_cached(storage, read)
