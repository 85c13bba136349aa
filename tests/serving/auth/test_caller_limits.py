import asyncio
import json

import pytest

from quality.harness.clients import Api
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA
from serving.settings.settings import Settings
from tests.support.graphql_http import VIEWER, post, refusal


class SlowBody:
    """A request whose body comes only when it is let go."""

    def __init__(self, api, headers, query=VIEWER):
        self._go = asyncio.Event()
        self._body = json.dumps(query).encode()
        self.answer = asyncio.create_task(
            api.http.post("/graphql", content=self._send(), headers={"Content-Type": "application/json", **headers})
        )

    async def _send(self):
        yield self._body[:5]
        await self._go.wait()
        yield self._body[5:]

    async def finish(self):
        self._go.set()
        return await self.answer


class TestOperationsPerCaller:
    SETTINGS = Settings(max_operations_per_caller=3, max_batch=10)

    @pytest.fixture
    async def limited(self, stripe):
        async with Api(self.SETTINGS, stripe) as api:
            yield api

    async def test_slow_bodies_of_one_caller_do_not_affect_others(self, limited):
        one, other = (bearer(self.SETTINGS, customer=id) for id in (AMARA, "cus_other"))
        slow = [SlowBody(limited, one) for _ in range(3)]
        await asyncio.sleep(0.05)
        refused = await post(limited, **one)
        assert refusal(refused) == (429, "RATE_LIMITED")
        assert refused.headers["retry-after"] == "1"
        assert refused.json()["errors"][0]["extensions"]["limit"] == "MAX_OPERATIONS_PER_CALLER"
        assert (await post(limited, **other)).status_code == 200
        assert [(await body.finish()).status_code for body in slow] == [200] * 3
        assert (await post(limited, **one)).status_code == 200

    async def test_a_service_has_five_times_as_many(self, limited):
        headers = bearer(self.SETTINGS, service=True)
        slow = [SlowBody(limited, headers) for _ in range(15)]
        await asyncio.sleep(0.05)
        assert (await post(limited, **headers)).status_code == 429
        assert {(await body.finish()).status_code for body in slow} == {200}

    @pytest.mark.parametrize(("entries", "status"), [(3, 200), (4, 429)])
    async def test_a_batch_counts_each_of_its_operations(self, limited, entries, status):
        headers = bearer(self.SETTINGS, customer=AMARA)
        for _ in range(2):
            response = await limited.http.post("/graphql", json=[VIEWER] * entries, headers=headers)
            assert response.status_code == status

    async def test_requests_that_end_badly_free_their_slots(self, limited):
        headers = bearer(self.SETTINGS, customer=AMARA)
        for _ in range(5):
            assert (await limited.http.post("/graphql", json=1, headers=headers)).status_code == 400
            left = SlowBody(limited, headers)
            await asyncio.sleep(0.01)
            left.answer.cancel()
            await asyncio.gather(left.answer, return_exceptions=True)
        assert (await post(limited, **headers)).status_code == 200
        assert not limited.service.admission._running.running

    async def test_slow_bodies_hold_no_place_of_max_operations(self, stripe):
        async with Api(Settings(max_operations=1), stripe) as api:
            slow = [SlowBody(api, {}) for _ in range(20)]
            await asyncio.sleep(0.05)
            assert (await post(api)).status_code == 200
            for body in slow:
                assert (await body.finish()).status_code == 200

    async def test_bodies_that_arrive_in_parts_share_a_bound_of_memory(self, stripe, monkeypatch):
        monkeypatch.setattr("serving.graphql.request_body.MAX_PARTIAL_BYTES", 50)
        async with Api(Settings(), stripe) as api:
            slow = [SlowBody(api, {}) for _ in range(11)]
            await asyncio.sleep(0.05)
            refused = await slow.pop().answer
            assert refusal(refused) == (503, "OVERLOADED")
            assert refused.headers["retry-after"] == "1"
            for body in slow:
                body.answer.cancel()
            await asyncio.gather(*(body.answer for body in slow), return_exceptions=True)
            assert (await SlowBody(api, {}).finish()).status_code == 200

    async def test_without_a_limit_nothing_is_counted(self, api):
        slow = [SlowBody(api, {}) for _ in range(50)]
        assert {(await body.finish()).status_code for body in slow} == {200}
