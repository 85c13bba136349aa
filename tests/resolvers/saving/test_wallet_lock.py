"""Attaching with a duplicate policy over replicas: responses when the wallet's lock is unavailable or lost."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from pydantic import SecretStr

from quality.harness.clients import Api, Recorder
from quality.harness.wallets import MATEO
from serving.settings.settings import Settings
from tests.support.missing import needs_store

pytestmark = needs_store

ATTACH = """mutation Attach($input: AttachPaymentMethodInput!) { attachPaymentMethod(input: $input) {
  paymentMethod { id } reusedExisting errors { code } } }"""
POLICIES = ("REUSE_EXISTING", "REPLACE_EXISTING", "REJECT")
WALLETS = 80
LOCK = f"attache:lock:wallet:{MATEO}"


@pytest.fixture
async def replicas(store, sandbox):
    """Two services with one store and one sandbox."""
    settings = Settings(sandbox=True, redis_url=SecretStr(store.url), operation_deadline=20)
    apis = [Api(settings, Recorder.over(sandbox)) for _ in range(2)]
    yield apis
    for api in apis:
        await api.http.aclose()
        await api.service.aclose()


def attach(api, policy, customer=MATEO, key="k"):
    input = {"paymentMethodId": "pm_card_amex", "customerId": customer, "onDuplicate": policy, "idempotencyKey": key}
    return api(ATTACH, input=input)


def extensions(answer):
    (error,) = answer["errors"]
    return error["extensions"]


class TestOneThatCanNotBeHad:
    @pytest.mark.parametrize("policy", POLICIES)
    async def test_without_the_store_nothing_is_done(self, replicas, store, policy):
        store.stop()
        for _ in range(2):
            assert extensions(await attach(replicas[0], policy)) == {
                "code": "UPSTREAM_UNAVAILABLE",
                "outcome": "NOT_DONE",
                "retryAfter": 1,
            }
        assert replicas[0].stripe.calls == []

    async def test_without_the_store_other_mutations_work(self, replicas, store):
        store.stop()
        answer = await attach(replicas[0], "KEEP_BOTH")
        assert answer["data"]["attachPaymentMethod"]["errors"] == []

    async def test_a_wait_that_times_out_is_reported_as_not_done(self, store, sandbox):
        settings = Settings(sandbox=True, redis_url=SecretStr(store.url), operation_deadline=0.5)
        async with Api(settings, Recorder.over(sandbox)) as api:
            await api.service.shared.client.set(LOCK, b"somebody else's", px=30_000)
            result = await attach(api, "REJECT")
            assert extensions(result) == {"code": "UPSTREAM_TIMEOUT", "outcome": "NOT_DONE"}
            assert "Nothing was changed" in result["errors"][0]["message"]
            assert api.stripe.calls == []
            await api.service.aclose()


class TestOneThatIsLost:
    async def test_before_the_attach_nothing_is_done(self, replicas, store, sandbox, monkeypatch):
        monkeypatch.setattr("serving.redis.locks.RENEW_SECONDS", 0.05)
        api = replicas[0]
        losing = LosesTheLock(api, store, before="GET")
        assert extensions(await attach(api, "REUSE_EXISTING"))["outcome"] == "NOT_DONE"
        assert losing.asked == ["GET"]

    @pytest.mark.parametrize("policy", ["REUSE_EXISTING", "REPLACE_EXISTING"])
    async def test_after_it_a_part_is_done_and_the_key_completes_it(self, replicas, store, policy):
        api, other = replicas
        first = (await attach(other, policy, key="before"))["data"]["attachPaymentMethod"]["paymentMethod"]["id"]
        LosesTheLock(api, store, before="POST")
        result = extensions(await attach(api, policy))
        assert result == {"code": "UPSTREAM_UNAVAILABLE", "outcome": "PARTIAL", "idempotencyKey": "k"}
        payload = (await attach(other, policy))["data"]["attachPaymentMethod"]
        assert payload["errors"] == []
        assert (payload["paymentMethod"]["id"] == first) is (policy == "REUSE_EXISTING")


class LosesTheLock:
    """Has the store forget all locks once, when a service is about to send such a request."""

    def __init__(self, api, store, *, before):
        self.asked = []
        self._inner = api.stripe.handle_async_request
        self._store = store
        self._before = before
        api.stripe.handle_async_request = self

    async def __call__(self, request):
        self.asked.append(request.method)
        if request.method == self._before and self._store is not None:
            self._store.flush()
            self._store = None
            await asyncio.sleep(0.2)
        return await self._inner(request)


async def rest(sandbox, method, path, **params):
    transport = httpx.ASGITransport(app=sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", auth=("sk_test_x", "")) as client:
        return (await client.request(method, path, params=params)).json()


@pytest.mark.parametrize("policy", POLICIES)
async def test_many_wallets_at_once_over_two_replicas_keep_one_card_each(replicas, sandbox, policy):
    customers = [(await rest(sandbox, "POST", "/v1/customers"))["id"] for _ in range(WALLETS)]
    answers = await asyncio.gather(
        *(
            attach(api, policy, customer, key=f"{customer} {n}")
            for customer in customers
            for n, api in enumerate(replicas)
        )
    )
    payloads = [answer["data"]["attachPaymentMethod"] for answer in answers]
    for customer, pair in zip(customers, zip(payloads[::2], payloads[1::2], strict=True), strict=True):
        listed = (await rest(sandbox, "GET", f"/v1/customers/{customer}/payment_methods"))["data"]
        assert len(listed) == 1, pair
        result = [payload["errors"][0]["code"] if payload["errors"] else "saved" for payload in pair]
        assert sorted(result) == (["DUPLICATE", "saved"] if policy == "REJECT" else ["saved", "saved"])
