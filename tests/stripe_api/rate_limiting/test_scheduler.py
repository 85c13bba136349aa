"""The scheduler in virtual time: the number of calls per second, their order, and which are rejected when."""

import asyncio
import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.harness.call_rates import busiest_second
from quality.harness.virtual_time import now, run
from stripe_api.errors import NotSent, Overloaded
from stripe_api.rate_limiting.rate_limit import WINDOW
from stripe_api.rate_limiting.scheduler import ALL, Scheduler
from stripe_api.rate_limiting.waiting_queue import Urgency

READ, WRITE, FINISHING = Urgency.READ, Urgency.WRITE, Urgency.FINISHING
MAX_WAIT = 3.0


async def acquire(scheduler, endpoint="GET /v1/x", urgency=READ, deadline=None):
    return scheduler.try_acquire(endpoint, now()) or await scheduler.acquire(endpoint, urgency, deadline=deadline)


async def call(scheduler, *, way=0.0, work=0.05, sent=None, **options):
    """One call: it arrives `way` seconds after it was sent, and is answered `work` seconds later."""
    slot = await acquire(scheduler, **options)
    try:
        await asyncio.sleep(way)
        if sent is not None:
            sent.append((now(), options.get("endpoint")))
        await asyncio.sleep(work)
    finally:
        slot.release(now())


CALLS = st.lists(
    st.fixed_dictionaries(
        {
            "after": st.sampled_from([0.0, 0.0, 0.0, 0.003, 0.1, 0.4, 1.0, 1.7]),
            "endpoint": st.sampled_from("abc"),
            "urgency": st.sampled_from(Urgency),
            "way": st.floats(0, 3),
            "work": st.sampled_from([0.0, 0.02, 0.3, 2.0, 8.0]),
            "cancelled": st.sampled_from([None, None, None, 0.0, 0.2, 1.02, 2.5]),
        }
    ),
    max_size=80,
)


@settings(max_examples=300)
@given(calls=CALLS, limit=st.integers(1, 8), of_endpoint=st.integers(1, 8), concurrent=st.integers(1, 20))
def test_no_second_has_too_many_calls_every_wait_ends_and_no_slot_leaks(calls, limit, of_endpoint, concurrent):
    sent, waits = [], []

    async def one(scheduler, spec):
        began = now()
        options = {"endpoint": spec["endpoint"], "urgency": spec["urgency"], "deadline": began + 20}
        with contextlib.suppress(NotSent):
            try:
                slot = await acquire(scheduler, **options)
            finally:
                waits.append((spec["urgency"], now() - began))
            try:
                await asyncio.sleep(spec["way"])
                sent.append((now(), spec["endpoint"]))
                assert scheduler.in_flight <= concurrent
                await asyncio.sleep(spec["work"])
            finally:
                slot.release(now())

    async def main():
        scheduler = Scheduler(
            per_second=limit, per_endpoint=of_endpoint, concurrent=concurrent, max_waiting=30, max_wait=MAX_WAIT
        )
        tasks = []
        for spec in calls:
            await asyncio.sleep(spec["after"])
            tasks.append(asyncio.create_task(one(scheduler, spec)))
            if spec["cancelled"] is not None:
                asyncio.get_running_loop().call_later(spec["cancelled"], tasks[-1].cancel)
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(2 * WINDOW)
        assert (scheduler.in_flight, scheduler.waiting) == (0, 0)
        free = [scheduler.try_acquire("abc"[n % 3], now()) for n in range(3 * limit)]
        assert sum(slot is not None for slot in free) == min(limit, concurrent, 3 * of_endpoint)

    run(main())
    assert busiest_second(time for time, _ in sent) <= limit
    for endpoint in "abc":
        assert busiest_second(time for time, name in sent if name == endpoint) <= of_endpoint
    for urgency, waited in waits:
        assert waited <= (20 if urgency is FINISHING else 2 * MAX_WAIT) + 1e-6


class TestLimits:
    def test_the_calls_of_one_second_are_sent_immediately(self):
        async def main():
            scheduler = Scheduler(per_second=25)
            return [scheduler.try_acquire("a", now()) is not None for _ in range(26)]

        assert run(main()) == [True] * 25 + [False]

    def test_the_limit_is_used_except_for_the_response_time(self):
        async def main():
            scheduler, sent = Scheduler(per_second=25, max_wait=60), []
            await asyncio.gather(*(call(scheduler, work=0.05, sent=sent) for _ in range(250)))
            return sent[-1][0] - sent[0][0]

        assert run(main()) == pytest.approx(9 * (WINDOW + 0.05), rel=0.02)

    def test_a_call_in_flight_may_arrive_at_any_time_and_keeps_its_slot(self):
        async def main():
            scheduler, sent = Scheduler(per_second=5, max_wait=60), []
            await asyncio.gather(*(call(scheduler, way=3.0, work=0.0, sent=sent) for _ in range(10)))
            return sent[5][0] - sent[4][0]

        assert run(main()) == pytest.approx(3 + WINDOW)

    def test_an_endpoint_at_its_limit_delays_no_other_endpoint(self):
        async def main():
            scheduler, sent = Scheduler(per_second=10, per_endpoint=2), []
            tasks = [asyncio.create_task(call(scheduler, endpoint="busy", sent=sent)) for _ in range(4)]
            await asyncio.sleep(0)
            began = now()
            await call(scheduler, endpoint="free", sent=sent)
            await asyncio.gather(*tasks)
            return next(time for time, endpoint in sent if endpoint == "free") - began

        assert run(main()) == 0.0

    def test_calls_in_flight_are_limited(self):
        async def main():
            scheduler, most = Scheduler(concurrent=3), 0

            async def one():
                nonlocal most
                slot = await acquire(scheduler)
                most = max(most, scheduler.in_flight)
                await asyncio.sleep(0.2)
                slot.release(now())

            began = now()
            await asyncio.gather(*(one() for _ in range(12)))
            return most, now() - began

        assert run(main()) == (3, pytest.approx(0.8))

    def test_without_limits_nothing_waits(self):
        async def main():
            scheduler = Scheduler()
            return all(scheduler.try_acquire("a", now()) for _ in range(10_000))

        assert run(main())


class TestOrder:
    def test_later_steps_go_first_then_writes_then_reads_each_in_order_of_arrival(self):
        async def main():
            scheduler, order = Scheduler(per_second=1, max_wait=60), []

            async def one(name, urgency):
                slot = await acquire(scheduler, urgency=urgency)
                order.append(name)
                slot.release(now())

            wanted = [("now", READ), ("r1", READ), ("w1", WRITE), ("r2", READ), ("f1", FINISHING), ("w2", WRITE)]
            tasks = []
            for name, urgency in wanted:
                tasks.append(asyncio.create_task(one(name, urgency)))
                await asyncio.sleep(0.01)
            await asyncio.gather(*tasks)
            return order

        assert run(main()) == ["now", "f1", "w1", "w2", "r1", "r2"]

    def test_a_waiting_read_is_not_overtaken_forever(self):
        async def main():
            scheduler = Scheduler(per_second=2, max_wait=3)

            async def writes():
                while True:
                    asyncio.get_running_loop().create_task(call(scheduler, urgency=WRITE, work=0.0))
                    await asyncio.sleep(0.5)

            flood = asyncio.create_task(writes())
            await asyncio.sleep(2)
            began = now()
            await call(scheduler, work=0.0)
            flood.cancel()
            return now() - began

        assert run(main()) < 5

    def test_a_new_call_does_not_overtake_waiting_calls(self):
        async def main():
            scheduler = Scheduler(per_second=1)
            scheduler.try_acquire("a", now()).release(now())
            waiting = asyncio.create_task(acquire(scheduler))
            await asyncio.sleep(0)
            asyncio.get_running_loop().clock.now += WINDOW  # the slot is free, and its timer has not rung yet
            taken = scheduler.try_acquire("a", now())
            await waiting
            return taken

        assert run(main()) is None


class TestRejected:
    @staticmethod
    async def crowd(scheduler, count, **options):
        """The result of concurrent calls: the number of slots, the rejections, and the time of the last rejection."""
        began, refusals, rejected_at = now(), [], []

        async def one():
            try:
                await call(scheduler, **options)
            except Overloaded as refusal:
                refusals.append(refusal)
                rejected_at.append(now() - began)

        await asyncio.gather(*(one() for _ in range(count)))
        return count - len(refusals), refusals, max(rejected_at, default=0.0)

    def test_a_call_that_would_wait_too_long_is_rejected_immediately(self):
        async def main():
            return await self.crowd(Scheduler(per_second=25, max_wait=3), 1000)

        through, refusals, rejected_at = run(main())
        assert through == 25 + 34
        assert rejected_at == 0.0
        assert {refusal.retry_after for refusal in refusals} == {2}

    def test_a_full_queue_rejects_calls(self):
        async def main():
            return await self.crowd(Scheduler(per_second=25, max_wait=60, max_waiting=10), 100)

        through, _, rejected_at = run(main())
        assert (through, rejected_at) == (25 + 5, 0.0)

    def test_no_call_waits_for_a_slot_after_its_deadline(self):
        async def main():
            scheduler = Scheduler(per_second=1, max_wait=60)
            before = [asyncio.create_task(call(scheduler, urgency=WRITE, work=0.0)) for _ in range(4)]
            await asyncio.sleep(0)
            with pytest.raises(Overloaded):
                await call(scheduler, deadline=now() + 2)
            rejected_at = now()
            await asyncio.gather(*before)
            return rejected_at

        assert run(main()) == 1000

    def test_half_of_the_queue_is_for_writes(self):
        async def main():
            scheduler, done = Scheduler(per_second=1, max_wait=60, max_waiting=4), []

            async def one(name, urgency):
                with contextlib.suppress(Overloaded):
                    await call(scheduler, urgency=urgency)
                    done.append(name)

            names = [("now", READ), *((f"r{n}", READ) for n in range(4)), *((f"w{n}", WRITE) for n in range(4))]
            tasks = []
            for name, urgency in names:
                tasks.append(asyncio.create_task(one(name, urgency)))
                await asyncio.sleep(0.01)
            await asyncio.gather(*tasks)
            return done, scheduler.counts.shed

        assert run(main()) == (["now", "w0", "w1", "r0", "r1"], {"finishing": 0, "write": 2, "read": 2})

    def test_a_write_is_rejected_when_there_are_only_writes(self):
        async def main():
            return await self.crowd(Scheduler(per_second=1, max_wait=60, max_waiting=3), 10, urgency=WRITE)

        assert run(main())[0] == 4

    def test_only_its_deadline_rejects_a_later_step_of_a_write(self):
        async def main():
            scheduler = Scheduler(per_second=2, max_wait=1, max_waiting=1)
            finishing = [
                asyncio.create_task(call(scheduler, urgency=FINISHING, deadline=now() + 5.5, work=0)) for _ in range(20)
            ]
            ends = await asyncio.gather(*finishing, return_exceptions=True)
            return [type(end) for end in ends], now()

        kinds, ended = run(main())
        assert kinds == [type(None)] * 12 + [Overloaded] * 8
        assert ended == pytest.approx(1005.5)

    def test_all_waiting_calls_except_later_steps_can_be_rejected(self):
        async def main():
            scheduler = Scheduler(per_second=1)
            tasks = [
                asyncio.create_task(call(scheduler, urgency=urgency)) for urgency in (READ, READ, WRITE, FINISHING)
            ]
            await asyncio.sleep(0.1)
            scheduler.reject_waiting(NotSent(7))
            return [type(end) for end in await asyncio.gather(*tasks, return_exceptions=True)]

        assert run(main()) == [type(None), NotSent, NotSent, type(None)]


class TestCancelling:
    def test_a_slot_that_is_granted_to_a_cancelled_call_is_not_lost(self):
        async def main():
            scheduler = Scheduler(concurrent=1)
            first = scheduler.try_acquire("a", now())
            waiting = asyncio.create_task(acquire(scheduler))
            await asyncio.sleep(0)
            first.release(now())
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            return scheduler.in_flight, scheduler.try_acquire("a", now()) is not None

        assert run(main()) == (0, True)


class Limited:
    """An upstream that answers in 54 ms, and with 429 to a part of the calls or to those beyond a limit per second."""

    def __init__(self, scheduler, *, each=None, limit=None):
        self._scheduler = scheduler
        self._each = each
        self._limit = limit
        self.arrivals = []
        self.refused = []
        self.seconds = []

    async def call(self):
        began = now()
        with contextlib.suppress(Overloaded):
            slot = await acquire(self._scheduler)
            self.arrivals.append(now())
            refused = self._refuses()
            await asyncio.sleep(0.054)
            slot.release(now())
            if refused:
                self.refused.append(now())
                self._scheduler.slow_down(ALL, now=now())
        self.seconds.append(now() - began)

    def _refuses(self):
        if self._each is not None:
            return len(self.arrivals) % self._each == 0
        return sum(time > now() - 1 for time in self.arrivals) > self._limit

    async def serve(self, *, rate, seconds):
        """Calls at an even rate, whether or not those before have ended."""
        calls = []
        for _ in range(rate * seconds):
            calls.append(asyncio.create_task(self.call()))
            await asyncio.sleep(1 / rate)
        await asyncio.gather(*calls)


class TestSlowingDown:
    def test_each_429_removes_one_call_per_second_and_the_limit_recovers_evenly(self):
        async def main():
            scheduler = Scheduler(per_second=20)
            for _ in range(10):
                scheduler.slow_down(ALL, now=now())
            seen = []
            for _ in range(12):
                seen.append(round(scheduler.all.slots(now())))
                await asyncio.sleep(1)
            return seen

        assert run(main()) == [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 20]

    @pytest.mark.parametrize("limit", [5, None])
    def test_it_never_stops_completely_and_recovers(self, limit):
        async def main():
            scheduler = Scheduler(per_second=limit)
            for _ in range(500):
                scheduler.slow_down(ALL, now=now())
            most = scheduler.all.slots(now())
            taken = scheduler.try_acquire("a", now())
            taken.release(now())
            await asyncio.sleep(60)
            return most, scheduler.all.slots(now())

        assert run(main()) == (1, 5 if limit else float("inf"))

    def test_a_429_of_one_endpoint_slows_only_that_endpoint(self):
        async def main():
            scheduler = Scheduler(per_second=20, per_endpoint=10)
            for endpoint in "ab":
                scheduler.try_acquire(endpoint, now()).release(now())
            scheduler.slow_down("a", now=now())
            return [limit.slots(now()) for limit in (scheduler.all, *scheduler.endpoints.values())]

        assert run(main()) == [20, 9, 10]

    def test_a_requested_pause_is_kept(self):
        async def main():
            scheduler, sent = Scheduler(per_second=20, max_wait=30), []
            scheduler.slow_down(ALL, now=now(), pause=4)
            await call(scheduler, sent=sent)
            scheduler.slow_down(ALL, now=now(), pause=40)
            with pytest.raises(Overloaded) as caught:
                await call(scheduler)
            return sent[0][0], caught.value.retry_after

        assert run(main()) == (pytest.approx(1004, abs=0.11), 40)

    @pytest.mark.parametrize("rate", [3, 200, 1000])
    def test_without_a_limit_one_429_delays_nothing(self, rate):
        async def main():
            scheduler = Scheduler()
            upstream = Limited(scheduler, each=2 * rate)
            await upstream.serve(rate=rate, seconds=3)
            return len(upstream.refused), max(upstream.seconds)

        refused, longest = run(main())
        assert refused == 1
        assert longest < 0.12

    @pytest.mark.parametrize("limit", [None, 400])
    def test_one_429_in_a_hundred_does_not_change_the_response_time(self, limit):
        async def main():
            upstream = Limited(Scheduler(per_second=limit), each=100)
            await upstream.serve(rate=200, seconds=30)
            return len(upstream.refused), sorted(upstream.seconds)

        refused, seconds = run(main())
        assert refused == 60
        assert seconds[len(seconds) // 2] == pytest.approx(0.054)
        assert seconds[-60] < 0.2

    @pytest.mark.parametrize("limit", [None, 100])
    def test_it_falls_to_the_limit_of_the_upstream(self, limit):
        async def main():
            scheduler = Scheduler(per_second=limit)
            upstream = Limited(scheduler, limit=50)
            await upstream.serve(rate=100, seconds=30)
            return upstream

        upstream = run(main())
        later = [time for time in upstream.arrivals if time > 1010]
        refused = [time for time in upstream.refused if time > 1010]
        assert 40 <= len(later) / 20 <= 60
        assert len(refused) / len(later) < 0.12


@pytest.mark.parametrize(
    ("limit", "setting"),
    [
        ({"per_second": 1}, "STRIPE_CALLS_PER_SECOND"),
        ({"per_endpoint": 1}, "STRIPE_CALLS_PER_SECOND_PER_ENDPOINT"),
        ({"concurrent": 1}, "STRIPE_MAX_CONNECTIONS"),
        ({"per_second": 10, "per_endpoint": 1}, "STRIPE_CALLS_PER_SECOND_PER_ENDPOINT"),
    ],
)
def test_a_rejection_names_the_setting_whose_limit_was_reached(limit, setting):
    async def main():
        scheduler = Scheduler(**limit, max_waiting=0)
        assert scheduler.try_acquire("GET /v1/customers", asyncio.get_running_loop().time()) is not None
        with pytest.raises(Overloaded) as caught:
            await scheduler.acquire("GET /v1/customers", Urgency.READ, deadline=None)
        return caught.value.setting

    assert run(main()) == setting
