"""Changes during reads: what was read before a change is never valid after it."""

import asyncio

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.harness import virtual_time as clock
from quality.harness.builders import customer, payment_method
from stripe_api.errors import APIConnectionError
from stripe_api.failures.failure_reasons import Reason
from stripe_api.objects import StripeResponse
from stripe_api.read_cache.cache import OperationCache, ReadCache
from stripe_api.read_cache.in_process import InProcessStorage
from stripe_api.read_cache.reads import cacheable_read
from stripe_api.response import parse_response

READ = cacheable_read("/v1/customers/{customer}", {"customer": "cus_1"}, {})

SETTINGS = {"default_payment_method": payment_method("pm_1", customer="cus_1")}


class Stripe:
    """One customer. A read returns the state at its start, or fails with `error`, after `seconds`."""

    def __init__(self) -> None:
        self.state = 1
        self.calls = 0
        self.seconds = 1.0
        self.error = None

    async def read(self) -> StripeResponse:
        self.calls += 1
        error = self.error
        body = msgspec.json.encode(customer(metadata={"state": self.state}, invoice_settings=SETTINGS))
        await asyncio.sleep(self.seconds)
        if error is not None:
            raise error
        return parse_response(200, httpx.Headers(), body, write=False)


class Wallet:
    """The customer behind a cache."""

    def __init__(self, max_bytes=1024 * 1024) -> None:
        self.stripe = Stripe()
        self.sources: list[str] = []
        self.cache = ReadCache(InProcessStorage(max_bytes), seconds=600)

    async def read(self, *, must_be_fresh=False, deadline=None):
        operation = OperationCache(self.cache, None, must_be_fresh, lambda source: self.sources.append(source.value))
        response = await self.cache.read(READ, self.stripe.read, operation, deadline)
        return response["metadata"]["state"]

    async def change(self):
        """A change with its event."""
        self.stripe.state += 1
        await self.cache.evict(["cus_1"], "event")


@pytest.fixture
def virtual():
    """Runs a coroutine function with a new wallet in virtual time."""
    return lambda story: clock.run(story(Wallet()))


def test_a_slow_read_from_before_a_change_is_not_kept(virtual):
    async def story(wallet):
        slow = asyncio.create_task(wallet.read())
        await asyncio.sleep(0.5)
        await wallet.change()
        assert await wallet.read() == 2
        assert await slow == 1
        assert await wallet.read() == 2
        assert wallet.stripe.calls == 2

    virtual(story)


def test_a_read_after_a_change_does_not_join_a_call_from_before_it(virtual):
    async def story(wallet):
        before = asyncio.create_task(wallet.read())
        await asyncio.sleep(0.5)
        await wallet.change()
        after = await asyncio.gather(wallet.read(), wallet.read())
        assert (await before, after) == (1, [2, 2])
        assert wallet.stripe.calls == 2
        assert wallet.sources == ["joined"]

    virtual(story)


def test_a_change_of_an_unknown_wallet_while_the_wallet_is_read(virtual):
    async def story(wallet):
        slow = asyncio.create_task(wallet.read())
        await asyncio.sleep(0.5)
        # A detach names only the payment method, and nothing that contains it was stored yet.
        wallet.stripe.state = 2
        await wallet.cache.evict_written((), ["pm_1"])
        assert await wallet.read() == 2
        assert await slow == 1
        assert await wallet.read() == 2
        assert wallet.stripe.calls == 2
        assert wallet.sources == ["hit"]

    virtual(story)


def test_a_generation_that_was_dropped_does_not_come_back(virtual):
    async def story(wallet):
        slow = asyncio.create_task(wallet.read())
        await asyncio.sleep(0.5)
        await wallet.change()
        # A counter would start again at the value that the slow read has seen.
        wallet.cache._storage._wallets.popitem()
        await slow
        assert await wallet.read() == 2

    virtual(story)


def test_a_change_while_its_own_eviction_is_filled(virtual):
    async def story(wallet):
        await wallet.change()
        filling = asyncio.create_task(wallet.read())
        await asyncio.sleep(0.5)
        await wallet.change()
        await filling
        assert await wallet.read() == 3

    virtual(story)


def test_a_response_read_shortly_after_an_eviction_lives_five_seconds(virtual):
    async def story(wallet):
        wallet.stripe.seconds = 0.0
        await wallet.change()
        await asyncio.sleep(9.9)
        await wallet.read()
        await asyncio.sleep(4.9)
        await wallet.read()
        assert wallet.stripe.calls == 1
        await asyncio.sleep(0.1)
        await wallet.read()
        assert wallet.stripe.calls == 2
        await asyncio.sleep(599.9)
        await wallet.read()
        assert wallet.stripe.calls == 2

    virtual(story)


def test_a_response_is_as_old_as_the_start_of_its_call(virtual):
    async def story(wallet):
        wallet.stripe.seconds = 20.0
        await wallet.read()
        await asyncio.sleep(579.9)
        await wallet.read()
        assert wallet.stripe.calls == 1
        await asyncio.sleep(0.1)
        await wallet.read()
        assert wallet.stripe.calls == 2

    virtual(story)


def test_a_lowered_bound_applies_to_what_is_cached_already(virtual):
    async def story(wallet):
        wallet.stripe.seconds = 0.0
        await wallet.read()
        await asyncio.sleep(60)
        wallet.cache.set_bound(5)
        await wallet.read()
        assert wallet.stripe.calls == 2
        wallet.cache.set_bound(3600)
        assert wallet.cache.bound == 600

    virtual(story)


def test_a_fresh_read_replaces_what_an_earlier_slow_read_returns_later(virtual):
    async def story(wallet):
        slow = asyncio.create_task(wallet.read())
        await asyncio.sleep(0.5)
        wallet.stripe.state, wallet.stripe.seconds = 2, 0.1  # A change without an event.
        assert await wallet.read(must_be_fresh=True) == 2
        assert await slow == 1
        assert await wallet.read() == 2
        assert wallet.stripe.calls == 2

    virtual(story)


def test_the_caller_that_made_the_shared_call_is_cancelled(virtual):
    async def story(wallet):
        first, second = asyncio.create_task(wallet.read()), asyncio.create_task(wallet.read())
        await asyncio.sleep(0.5)
        first.cancel()
        assert await second == 1
        assert first.cancelled()
        assert wallet.stripe.calls == 2

    virtual(story)


def test_a_caller_that_joined_is_cancelled(virtual):
    async def story(wallet):
        first, second = asyncio.create_task(wallet.read()), asyncio.create_task(wallet.read())
        await asyncio.sleep(0.5)
        second.cancel()
        assert await first == 1
        assert wallet.stripe.calls == 1

    virtual(story)


def test_the_shared_call_fails_because_of_its_caller(virtual):
    async def story(wallet):
        wallet.stripe.error = APIConnectionError(Reason.DEADLINE)
        first = asyncio.create_task(wallet.read())
        others = [asyncio.create_task(wallet.read()) for _ in range(3)]
        await asyncio.sleep(1.0)
        wallet.stripe.error = None
        assert await asyncio.gather(*others) == [1, 1, 1]
        with pytest.raises(APIConnectionError):
            await first
        # Each makes its own call, at the same time.
        assert wallet.stripe.calls == 4
        assert clock.now() == pytest.approx(1002, abs=0.01)

    virtual(story)


def test_a_caller_that_joined_waits_until_its_own_deadline(virtual):
    async def story(wallet):
        first = asyncio.create_task(wallet.read())
        await asyncio.sleep(0)
        wallet.stripe.error = APIConnectionError(Reason.DEADLINE)
        wallet.stripe.seconds = 0.0
        with pytest.raises(APIConnectionError):
            await wallet.read(deadline=clock.now() + 0.25)
        assert clock.now() == pytest.approx(1000.25, abs=0.01)
        wallet.stripe.error = None
        assert await first == 1

    virtual(story)


def test_what_a_reader_does_with_a_response_does_not_reach_the_next_reader(virtual):
    async def story(wallet):
        async def read():
            return await wallet.cache.read(
                READ, wallet.stripe.read, OperationCache(wallet.cache, None, False, lambda source: None), None
            )

        for _ in range(2):
            response = await read()
            assert response["metadata"] == {"state": 1}
            response["metadata"]["state"] = 7

    virtual(story)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["read", "fresh read", "change", "detach", "late event", "drop"]),
        st.sampled_from([0.0, 0.1, 0.4, 1.1, 6.0]),
        st.sampled_from([0.0, 0.3, 1.0, 12.0]),
    ),
    max_size=25,
)


@given(STEPS)
def test_no_read_is_older_than_the_last_eviction_before_it(steps):
    async def story(wallet):
        evicted = 1
        reads = []

        async def read(fresh, oldest):
            assert await wallet.read(must_be_fresh=fresh) >= oldest

        for step, pause, seconds in steps:
            wallet.stripe.seconds = seconds
            if step == "change":
                await wallet.change()
                evicted = wallet.stripe.state
            elif step == "detach":
                wallet.stripe.state += 1
                await wallet.cache.evict_written((), ["pm_1"])
                evicted = wallet.stripe.state
            elif step == "late event":
                wallet.stripe.state += 1
            elif step == "drop" and wallet.cache._storage._wallets:
                wallet.cache._storage._wallets.popitem()
            elif "read" in step:
                oldest = wallet.stripe.state if step == "fresh read" else evicted
                reads.append(asyncio.create_task(read(step == "fresh read", oldest)))
            await asyncio.sleep(pause)
        await asyncio.gather(*reads)

    clock.run(story(Wallet()))
