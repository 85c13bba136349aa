"""The upstream guard, through the service's own endpoint: many clients, a Stripe that fails, and a slow one."""

import asyncio
import contextlib

import httpx
import pytest

from app import Service
from quality.harness.call_rates import busiest_second
from quality.harness.clients import Recorder
from quality.harness.tokens import bearer
from quality.harness.virtual_time import now, run
from quality.harness.wallets import AMARA, AMARAS_DEFAULT, JENNY
from sandbox import Fault, create_sandbox
from serving.settings.settings import Settings

READ = f'{{ customer(id: "{JENNY}") {{ email }} }}'
ATTACH = f"""mutation {{ attachPaymentMethod(input: {{paymentMethodId: "pm_card_visa", customerId: "{JENNY}"}}) {{
  paymentMethod {{ id }} errors {{ code }} }} }}"""
ATTACH_AS_DEFAULT = ATTACH.replace("customerId:", "setAsDefault: true, customerId:")
DETACH = f"""mutation {{ detachPaymentMethod(input: {{paymentMethodId: "{AMARAS_DEFAULT}"}}) {{
  paymentMethod {{ id }} errors {{ code }} }} }}"""


class Upstream(Recorder):
    """The sandbox, a little away; notes when each request arrives, and how many are there at once."""

    def __init__(self, sandbox, seconds):
        super().__init__(httpx.ASGITransport(app=sandbox))
        self.arrivals = []
        self.inside = self.most_inside = 0
        self._seconds = seconds

    async def handle_async_request(self, request):
        self.inside += 1
        self.most_inside = max(self.inside, self.most_inside)
        try:
            await asyncio.sleep(self._seconds)
            self.arrivals.append((now(), request.method))
            answer = await super().handle_async_request(request)
            await asyncio.sleep(self._seconds)
            return answer
        finally:
            self.inside -= 1


class World:
    """A service over its sandbox, in virtual time."""

    def __init__(self, *, seconds=0.05, **settings):
        self.settings = Settings(**settings)
        self.sandbox = create_sandbox()
        self.upstream = Upstream(self.sandbox, seconds)
        self.service = Service(self.settings, transport=self.upstream)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.service.app()), base_url="http://localhost"
        )

    @property
    def guard(self):
        return self.service.guard.snapshot()

    async def post(self, query, **options):
        return await self.http.post("/graphql", json={"query": query}, **options)

    async def ask(self, query, **options):
        """The code of the error, if any, its retryAfter, and the seconds until the response."""
        began = now()
        answer = (await self.post(query, **options)).json()
        extensions = answer["errors"][0]["extensions"] if "errors" in answer else {}
        return extensions.get("code"), extensions.get("retryAfter"), now() - began

    def misbehave(self, kind, **options):
        self.sandbox.faults.add(Fault(kind, **{"times": None, **options}))


class TestCrowd:
    """A thousand clients within three seconds, a tenth of whom write, and an upstream that takes 25 calls a second."""

    def test_the_limit_holds_writes_go_first_and_calls_are_shed_immediately(self):
        async def main():
            world = World(stripe_calls_per_second=25, max_operations=2000)

            async def client(number):
                await asyncio.sleep(number * 0.003)
                query = ATTACH if number % 25 == 0 else READ
                return query, *await world.ask(query)

            answers = await asyncio.gather(*(client(number) for number in range(1000)))
            return answers, world, world.guard

        answers, world, guard = run(main())
        assert busiest_second(time for time, _ in world.upstream.arrivals) <= 25
        shed = [(query, after, seconds) for query, code, after, seconds in answers if code == "OVERLOADED"]
        assert len(shed) + len(world.upstream.arrivals) == 1000
        assert len(world.upstream.arrivals) > 3 * 20
        assert {query for query, _, _ in shed} == {READ}
        assert {seconds for _, _, seconds in shed} == {0.0}
        assert all(after >= 1 for _, after, _ in shed)
        waited = {query: max(s for q, code, _, s in answers if q == query and code is None) for query in (READ, ATTACH)}
        assert waited[ATTACH] < waited[READ]
        assert (guard.in_flight, sum(guard.waiting.values())) == (0, 0)
        assert guard.shed == {"finishing": 0, "write": 0, "read": len(shed)}

    def test_a_shed_write_was_not_sent_and_says_so(self):
        async def main():
            world = World(stripe_calls_per_second=1, stripe_max_waiting_calls=1)
            answers = await asyncio.gather(*(world.post(ATTACH) for _ in range(3)))
            return [answer.json() for answer in answers], world

        answers, world = run(main())
        (shed,) = [answer["errors"][0] for answer in answers if "errors" in answer]
        assert shed["extensions"] == {"code": "OVERLOADED", "retryAfter": 2}
        assert "Nothing was sent" in shed["message"]
        assert world.sandbox.ledger.operations().count("payment_method.attached") == 2

    def test_later_steps_of_a_write_go_first(self):
        async def main():
            world = World(stripe_calls_per_second=1)
            both = asyncio.create_task(world.ask(ATTACH_AS_DEFAULT))
            await asyncio.sleep(0.01)
            others = [asyncio.create_task(world.ask(query)) for query in (READ, ATTACH)]
            await asyncio.gather(both, *others)
            return world.upstream.calls

        attach = "POST /v1/payment_methods/:pm/attach"
        assert run(main())[:3] == [attach, "POST /v1/customers/:cus", attach]

    def test_what_is_not_stripe_is_not_slowed_down(self):
        async def main():
            world = World(stripe_secret_key="sk_test_x", stripe_api_base="http://upstream", allow_anonymous=True)
            answers = await asyncio.gather(*(world.ask(READ) for _ in range(300)))
            return {code for code, *_ in answers}, now()

        assert run(main()) == ({None}, pytest.approx(1000.2))

    @staticmethod
    async def answered_before(world, kind, times):
        """So many reads that are answered with a fault, then a crowd."""
        world.misbehave(kind, times=times)
        codes = [(await world.ask(READ))[0] for _ in range(times)]
        await asyncio.sleep(1.2)
        began = now()
        await asyncio.gather(*(world.ask(READ) for _ in range(20)))
        return codes, busiest_second(time for time, _ in world.upstream.arrivals if time > began)

    def test_429s_lower_the_limit_by_their_number(self):
        async def main():
            return await self.answered_before(World(stripe_calls_per_second=20), "rate_limit", 8)

        assert run(main()) == (["RATE_LIMITED"] * 8, 14)

    def test_429s_about_one_object_do_not_lower_the_limit(self):
        async def main():
            world = World(stripe_calls_per_second=20)
            world.service.stripe._max_retries = 0
            return await self.answered_before(world, "lock_timeout", 8)

        assert run(main()) == (["RATE_LIMITED"] * 8, 20)

    def test_without_a_limit_one_429_delays_no_call(self):
        async def main():
            world = World()
            world.misbehave("rate_limit", times=1)
            assert (await world.ask(READ))[0] == "RATE_LIMITED"
            return await asyncio.gather(*(world.ask(READ) for _ in range(20)))

        assert {(code, round(seconds, 3)) for code, _, seconds in run(main())} == {(None, 0.1)}


class TestConcurrencyLimit:
    def test_requests_beyond_the_maximum_are_rejected_unread(self):
        async def main():
            world = World(max_operations=2)
            inside = [asyncio.create_task(world.post(READ)) for _ in range(2)]
            await asyncio.sleep(0.01)
            turned_away = await world.post("not even GraphQL")
            await asyncio.gather(*inside)
            return turned_away, await world.post(READ), [task.result().status_code for task in inside]

        turned_away, later, inside = run(main())
        assert (turned_away.status_code, turned_away.headers["Retry-After"]) == (503, "1")
        assert turned_away.json()["errors"][0]["extensions"] == {"code": "OVERLOADED", "retryAfter": 1}
        assert inside == [200, 200]
        assert later.status_code == 200


TWELVE_READS = "{ " + " ".join(f'a{n}: setupIntent(id: "seti_{n}") {{ id }}' for n in range(12)) + " }"
OWN = "{ customer { email } }"


class TestCallers:
    """The limits of one caller."""

    @staticmethod
    def of(world, customer=AMARA, **options):
        return {"headers": bearer(world.settings, customer=customer, **options)}

    @pytest.mark.parametrize(("service", "at_once"), [(False, 2), (True, 10)])
    def test_the_concurrent_calls_of_a_caller_are_limited_over_all_its_operations(self, service, at_once):
        async def main():
            world = World(stripe_max_calls_per_caller=2)
            caller = self.of(world, None if service else AMARA, service=service)
            answers = await asyncio.gather(*(world.post(TWELVE_READS, **caller) for _ in range(4)))
            most, sent = world.upstream.most_inside, len(world.upstream.arrivals)
            return (
                most,
                sent,
                [answer.json() for answer in answers],
                dict(world.service.runner._concurrent_calls._semaphores),
            )

        most, sent, answers, callers = run(main())
        assert (most, sent, callers) == (at_once, 48, {})
        assert not any("errors" in answer for answer in answers)

    @pytest.mark.parametrize(("limit", "code"), [(0, "OVERLOADED"), (5, None)])
    def test_the_waiting_calls_of_one_caller_delay_no_other_caller(self, limit, code):
        async def main():
            world = World(stripe_calls_per_second=25, stripe_max_calls_per_caller=limit)
            crowd = [asyncio.create_task(world.post(TWELVE_READS, **self.of(world))) for _ in range(50)]
            await asyncio.sleep(1)
            other = await world.ask(OWN, **self.of(world, JENNY))
            for task in crowd:
                task.cancel()
            await asyncio.gather(*crowd, return_exceptions=True)
            return other

        received, _, seconds = run(main())
        assert received == code
        assert seconds < 1.5

    def test_a_call_that_waits_until_the_deadline_gets_the_setting(self):
        async def main():
            world = World(seconds=1, stripe_max_calls_per_caller=1, operation_deadline=5)
            answer = (await world.post(TWELVE_READS, **self.of(world))).json()
            return [error["extensions"] for error in answer["errors"]], len(world.upstream.arrivals)

        errors, sent = run(main())
        refusals = [error for error in errors if error["code"] == "RATE_LIMITED"]
        assert (sent, len(errors)) == (2, 10)
        assert refusals == [{"code": "RATE_LIMITED", "retryAfter": 1, "limit": "STRIPE_MAX_CALLS_PER_CALLER"}] * 9

    def test_the_calls_of_a_caller_per_minute_are_limited(self):
        async def main():
            world = World(rate_limit_calls="5/minute")
            answer = (await world.post(TWELVE_READS, **self.of(world))).json()
            other = await world.ask(OWN, **self.of(world, JENNY))
            service = await world.ask(TWELVE_READS, **self.of(world, None, service=True))
            return answer["errors"], len(world.upstream.arrivals), other[0], service[0]

        errors, sent, other, service = run(main())
        assert (len(errors), sent, other, service) == (7, 5 + 1 + 12, None, None)
        for error in errors:
            extensions = error["extensions"]
            assert (extensions["code"], extensions["limit"]) == ("RATE_LIMITED", "RATE_LIMIT_CALLS")
            assert 1 <= extensions["retryAfter"] <= 60
            assert "(RATE_LIMIT_CALLS). Nothing was sent" in error["message"]

    def test_a_started_write_is_finished(self):
        async def main():
            world = World(rate_limit_calls="1/minute", stripe_max_calls_per_caller=1)
            attach = ATTACH_AS_DEFAULT.replace(f', customerId: "{JENNY}"', "")
            first = (await world.post(attach, **self.of(world))).json()
            return first, (await world.ask(attach, **self.of(world)))[0], world.upstream.calls

        first, second, calls = run(main())
        assert first["data"]["attachPaymentMethod"]["errors"] == []
        assert second == "RATE_LIMITED"
        assert calls == ["POST /v1/payment_methods/:pm/attach", "POST /v1/customers/:cus"]


THREE_FAILURES = {"stripe_breaker_failures": 3, "stripe_breaker_pause": 5}


class TestBreaker:
    @pytest.mark.parametrize("kind", ["unavailable", "error_before", "drop_before"])
    def test_sustained_failure_opens_it_and_calls_are_rejected_immediately(self, kind):
        async def main():
            world = World(**THREE_FAILURES)
            world.misbehave(kind)
            await world.ask(READ)
            sent = len(world.upstream.requests)
            answers = [await world.ask(query) for query in (READ, ATTACH)]
            return sent, len(world.upstream.requests) - sent, answers, world.guard

        sent, sent_later, answers, guard = run(main())
        assert (sent, sent_later) == (3, 0)
        assert answers == [("UPSTREAM_UNAVAILABLE", 5, 0.0)] * 2
        assert (guard.breaker.value, guard.breaker_opened, guard.breaker_refused) == ("open", 1, 2)

    def test_after_its_pause_one_call_probes_and_the_first_response_closes_it(self):
        async def main():
            world = World(**THREE_FAILURES)
            world.misbehave("unavailable", times=3)
            await world.ask(READ)
            await asyncio.sleep(5)
            sent = len(world.upstream.requests)
            crowd = await asyncio.gather(*(world.ask(READ) for _ in range(10)))
            probes = len(world.upstream.requests) - sent
            after = [(await world.ask(READ))[0] for _ in range(3)]
            return sorted(str(code) for code, *_ in crowd), probes, after, world.guard.breaker.value

        crowd, probes, after, state = run(main())
        assert crowd == ["None"] + ["UPSTREAM_UNAVAILABLE"] * 9
        assert (probes, after, state) == (1, [None] * 3, "closed")

    def test_a_probe_that_fails_or_is_cancelled_leaves_it_open(self):
        async def main():
            world = World(**THREE_FAILURES)
            world.misbehave("unavailable")
            await world.ask(READ)
            await asyncio.sleep(5)
            sent = len(world.upstream.requests)
            await world.ask(READ)
            assert len(world.upstream.requests) - sent == 1
            assert world.guard.breaker.value == "open"
            await asyncio.sleep(5)
            world.sandbox.faults.clear()
            given_up = asyncio.create_task(world.ask(READ))
            await asyncio.sleep(0.01)
            given_up.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await given_up
            assert world.guard.breaker.value == "half_open"
            return await world.ask(READ)

        assert run(main())[0] is None

    def test_declines_and_429s_are_responses(self):
        async def main():
            world = World(**THREE_FAILURES)
            for kind in ("rate_limit", "lock_timeout", "permission"):
                world.misbehave(kind, times=9)
                for _ in range(6):
                    await world.ask(READ)
                world.sandbox.faults.clear()
            return world.guard.breaker_opened, (await world.ask(READ))[0]

        assert run(main()) == (0, None)

    def test_waiting_calls_are_rejected_when_it_opens(self):
        async def main():
            world = World(stripe_calls_per_second=3, **THREE_FAILURES)
            world.misbehave("unavailable")
            answers = await asyncio.gather(*(world.ask(READ) for _ in range(6)))
            return answers

        answers = run(main())
        assert {code for code, *_ in answers} == {"UPSTREAM_UNAVAILABLE"}
        assert max(seconds for *_, seconds in answers) < 3


class TestDeadline:
    """One bound over all the calls of an operation."""

    def test_the_first_of_two_steps_leaves_time_for_the_second(self):
        async def main():
            world = World(operation_deadline=8)
            world.misbehave("stall", method="GET")
            code, _, seconds = await world.ask(DETACH, headers=bearer(world.settings, customer=AMARA))
            return code, seconds, {request.method for request in world.upstream.requests}

        assert run(main()) == ("UPSTREAM_TIMEOUT", pytest.approx(4), {"GET"})

    def test_the_last_step_has_what_is_left(self):
        async def main():
            world = World(operation_deadline=8)
            world.misbehave("delay", delay=3, path="/attach$")
            world.misbehave("stall", path="/customers/")
            began = now()
            answer = (await world.post(ATTACH_AS_DEFAULT)).json()
            return answer["data"]["attachPaymentMethod"]["errors"], now() - began

        assert run(main()) == ([{"code": "DEFAULT_NOT_SET"}], pytest.approx(8))

    def test_the_outcome_of_a_write_that_timed_out_is_unknown_until_its_key_is_sent_again(self):
        async def main():
            world = World(operation_deadline=8, stripe_timeout=20)
            world.misbehave("stall", work=True, path="/attach$")
            began = now()
            (error,) = (await world.post(ATTACH_AS_DEFAULT)).json()["errors"]
            seconds = now() - began
            world.sandbox.faults.clear()
            key = error["extensions"]["idempotencyKey"]
            again = ATTACH_AS_DEFAULT.replace("customerId:", f'idempotencyKey: "{key}", customerId:')
            answer = (await world.post(again)).json()
            return error["extensions"], seconds, answer, world.sandbox.ledger.operations()

        extensions, seconds, answer, done = run(main())
        assert (extensions["code"], extensions["outcome"]) == ("UPSTREAM_TIMEOUT", "UNKNOWN")
        assert seconds == pytest.approx(4)
        assert answer["data"]["attachPaymentMethod"]["errors"] == []
        assert done.count("payment_method.attached") == 1

    def test_the_time_in_the_queue_counts(self):
        async def main():
            world = World(stripe_calls_per_second=1, operation_deadline=1, stripe_max_wait=60)
            answers = await asyncio.gather(*(world.ask(ATTACH) for _ in range(2)))
            return answers, len(world.upstream.requests)

        answers, sent = run(main())
        assert [code for code, *_ in answers] == [None, "OVERLOADED"]
        assert max(seconds for *_, seconds in answers) <= 1
        assert sent == 1


def test_clients_that_disconnect_release_their_slots():
    async def main():
        world = World(stripe_calls_per_second=5, max_operations=50)
        tasks = [asyncio.create_task(world.post(query)) for query in (READ, ATTACH) * 10]
        for task in tasks:
            await asyncio.sleep(0.02)
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert (world.guard.in_flight, sum(world.guard.waiting.values())) == (0, 0)
        await asyncio.sleep(2)
        began = len(world.upstream.arrivals)
        answers = await asyncio.gather(*(world.ask(READ) for _ in range(5)))
        return answers, len(world.upstream.arrivals) - began

    answers, sent = run(main())
    assert [code for code, *_ in answers] == [None] * 5
    assert sent == 5
