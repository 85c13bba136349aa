"""The schedulers of connected accounts: separate limits, shared connections, and a bound on how many are kept."""

import asyncio

from quality.harness.virtual_time import now, run
from stripe_api.rate_limiting import connected_schedulers
from stripe_api.rate_limiting.connected_schedulers import ConnectedSchedulers
from stripe_api.rate_limiting.scheduler import Scheduler
from stripe_api.rate_limiting.shared_calls import SharedCalls
from stripe_api.rate_limiting.waiting_queue import Urgency


def schedulers(**bounds):
    shared = SharedCalls()
    return ConnectedSchedulers(lambda account: Scheduler(shared=shared, **bounds))


async def call(scheduler, *, order=None, name="", seconds=0.1):
    slot = scheduler.try_acquire("a", now()) or await scheduler.acquire("a", Urgency.READ, deadline=None)
    if order is not None:
        order.append(name)
    await asyncio.sleep(seconds)
    slot.release(now())


def test_each_account_has_its_own_limit():
    async def scene():
        found = schedulers(per_second=2)
        for account in ("acct_1", "acct_2"):
            for _ in range(2):
                assert found.of(account, now()).try_acquire("a", now()) is not None
            assert found.of(account, now()).try_acquire("a", now()) is None

    run(scene())


def test_all_accounts_share_the_connections_and_an_account_with_many_calls_delays_no_other():
    async def scene():
        found, order = schedulers(concurrent=1, max_wait=60), []
        many, few = found.of("acct_1", now()), found.of("acct_2", now())
        calls = [call(many, order=order, name="many") for _ in range(10)]
        calls += [call(few, order=order, name="few") for _ in range(2)]
        await asyncio.gather(*calls)
        assert many.in_flight == few.in_flight == 0
        return order

    order = run(scene())
    assert len(order) == 12
    assert [at for at, name in enumerate(order) if name == "few"][-1] <= 5


def test_idle_schedulers_are_dropped_above_the_bound(monkeypatch):
    monkeypatch.setattr(connected_schedulers, "KEPT_SCHEDULERS", 4)

    async def scene():
        found = schedulers(per_second=5)
        calling = found.of("acct_calling", now())
        slot = calling.try_acquire("a", now())
        slowed = found.of("acct_slowed", now())
        slowed.slow_down("all", now=now(), pause=60)
        for number in range(20):
            await call(found.of(f"acct_{number}", now()), seconds=0.01)
            await asyncio.sleep(2)
        assert len(found.all) <= 4
        assert found.of("acct_calling", now()) is calling
        assert found.of("acct_slowed", now()) is slowed
        slot.release(now())

    run(scene())
