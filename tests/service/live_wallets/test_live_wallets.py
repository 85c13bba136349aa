"""Live wallets as a whole: changes at Stripe reach cached reads and subscribers, also if webhooks are lost."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

import live_wallets
from changes.events import canary
from quality.harness import asgi
from quality.harness.clients import Api, Recorder
from quality.harness.processes import running as process
from quality.harness.wallets import JENNY
from sandbox import DeliveryFault, create_sandbox
from serving.settings.settings import Settings
from tests.support.missing import needs_store
from tests.support.node_projects import installed, run
from tests.support.webhooks import SECRET

NODE = Path(__file__).parents[2] / "sandbox" / "sdks" / "node"
KEY = {"authorization": "Bearer sk_test_x"}
WALLET = "query($id: ID!) { customer(id: $id) { paymentMethods(first: 50) { nodes { id } } } }"
ATTACH = """mutation($customer: ID!) {
  attachPaymentMethod(input: {paymentMethodId: "pm_card_visa", customerId: $customer}) {
    paymentMethod { id } errors { message } } }"""


async def attach_by_rest(http):
    response = await http.post("/v1/payment_methods/pm_card_visa/attach", data={"customer": JENNY}, headers=KEY)
    assert response.status_code == 200, response.text
    return response.json()["id"]


async def wallet(api):
    found = await api.data(WALLET, id=JENNY)
    return [node["id"] for node in found["customer"]["paymentMethods"]["nodes"]]


async def until(condition):
    """Wait until an asynchronous condition is true."""
    for _ in range(500):
        if await condition():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError


@contextlib.asynccontextmanager
async def embedded(**settings):
    """The service over its embedded sandbox, as `uv run server.py` starts it."""
    async with Api(Settings(**settings), None) as api, asgi.running(api.app):
        yield api


class TestTheEmbeddedSandbox:
    async def test_a_change_by_rest_reaches_a_cached_wallet(self):
        async with embedded() as api:
            before = await wallet(api)
            calls = await api.http.post(
                "/graphql", json={"query": WALLET, "variables": {"id": JENNY}, "extensions": {"calls": True}}
            )
            assert calls.json()["extensions"]["calls"]["count"] == 0
            id = await attach_by_rest(api.http)
            await api.service.sandbox.webhooks.wait_until_settled()
            assert await wallet(api) == [id, *before]

    async def test_a_change_by_rest_reaches_a_subscriber(self):
        async with embedded() as api, api.service.changes.subscribe(JENNY, None) as changes, asyncio.timeout(5):
            id = await attach_by_rest(api.http)
            entry = await anext(changes)
            assert (entry.change.kind.value, entry.change.payment_method) == ("PAYMENT_METHOD_ATTACHED", id)

    async def test_a_lost_event_is_found_by_the_sweep(self, monkeypatch):
        monkeypatch.setattr(live_wallets, "SWEEP_SECONDS", 0.3)
        async with embedded() as api:
            before = await wallet(api)
            await api.http.post("/_sandbox/delivery_faults", json={"kind": "lose"})
            id = await attach_by_rest(api.http)
            assert await wallet(api) == before
            await until(lambda: _is(wallet(api), [id, *before]))
            metrics = (await api.http.get("/metrics")).text
            found = 'attache_events_total{outcome="handled",source="sweep",type="payment_method.attached"} 1.0'
            assert found in metrics
            assert "attache_event_sweep_failures_total 0.0" in metrics

    async def test_polling_needs_no_webhook(self):
        async with embedded(events="poll", events_poll_interval=1) as api:
            before = await wallet(api)
            id = await attach_by_rest(api.http)
            await until(lambda: _is(wallet(api), [id, *before]))
            assert api.service.sandbox.webhooks.deliveries() == []

    async def test_own_writes_that_do_not_come_back_lower_the_bound_until_one_does(self, monkeypatch):
        monkeypatch.setattr(canary, "RETURN_SECONDS", 0.1)
        monkeypatch.setattr(canary, "CHECK_SECONDS", 0.05)
        async with embedded() as api:
            cache = api.service.read_cache
            api.service.sandbox.webhooks.faults.add(DeliveryFault("lose", times=None))
            await api.data(ATTACH, customer=JENNY)
            await until(lambda: _is(_value(cache), canary.LOWERED_BOUND))
            assert "attache_events_missing 1.0" in (await api.http.get("/metrics")).text
            api.service.sandbox.webhooks.faults.clear()
            await api.data(ATTACH, customer=JENNY)
            await until(lambda: _is(_value(cache), api.service.settings.cached_seconds))
            metrics = (await api.http.get("/metrics")).text
            assert "attache_events_missing 0.0" in metrics
            assert "attache_event_misses_total 1.0" in metrics


async def _value(cache):
    return cache.bound


async def _is(reading, expected):
    return await reading == expected


@needs_store
@pytest.mark.process
class TestReplicas:
    """Two replicas share a store, and a sandbox sends each event to one of them."""

    @pytest.fixture
    async def world(self, store):
        async def deliver(request):
            body, headers = request.body, dict(request.headers)
            response = await replicas[0].http.post("/webhooks/stripe", content=body, headers=headers)
            return response.status_code

        sandbox = create_sandbox(
            deliver=deliver,
            forward_to="http://localhost/webhooks/stripe",
            webhook_secret=SECRET,
            retry_pauses=(0.2,) * 30,
        )
        settings = Settings(
            stripe_secret_key=SecretStr("sk_test_x"),
            allow_anonymous=True,
            stripe_webhook_secret=SecretStr(SECRET),
            redis_url=SecretStr(store.url),
            read_cache_seconds=600,
        )
        transport = Recorder.over(sandbox)
        async with contextlib.AsyncExitStack() as stack:
            replicas = [await stack.enter_async_context(Api(settings, transport)) for _ in range(2)]
            for replica in replicas:
                await stack.enter_async_context(asgi.running(replica.app))
            await stack.enter_async_context(sandbox.webhooks.running())
            http = httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox), base_url="http://sandbox")
            yield sandbox, await stack.enter_async_context(http), *replicas

    async def test_an_event_at_one_replica_evicts_for_both(self, world):
        sandbox, http, one, other = world
        before = [await wallet(one), await wallet(other)]
        assert before[0] == before[1]
        id = await attach_by_rest(http)
        await sandbox.webhooks.wait_until_settled()
        assert [await wallet(one), await wallet(other)] == [[id, *before[0]]] * 2

    async def test_an_event_at_one_replica_reaches_subscribers_of_the_other(self, world):
        _, http, _, other = world
        async with other.service.changes.subscribe(JENNY, None) as changes, asyncio.timeout(5):
            id = await attach_by_rest(http)
            assert (await anext(changes)).change.payment_method == id

    async def test_while_the_store_is_down_stripe_gets_503_and_sends_the_event_again(self, world, store):
        sandbox, http, one, _ = world
        before = await wallet(one)
        store.stop()
        id = await attach_by_rest(http)
        await until(lambda: _is(_statuses(sandbox), {503}))
        store.start()
        await sandbox.webhooks.wait_until_settled()
        assert await _statuses(sandbox) == {503, 200}
        assert await wallet(one) == [id, *before]


async def _statuses(sandbox):
    return {attempt.status for delivery in sandbox.webhooks.deliveries() for attempt in delivery.attempts}


SIGNED_BY_NODE = """
import Stripe from "stripe";
const stripe = new Stripe("sk_test_x");
const payload = JSON.stringify({
  id: "evt_node", object: "event", type: "customer.deleted", livemode: false, created: 1800000000,
  data: { object: { id: "cus_node", object: "customer" } } }, null, 2);
const header = stripe.webhooks.generateTestHeaderString({ payload, secret: process.env.SECRET });
for (const [body, signature] of [[payload, header], [payload + " ", header], [payload, undefined]]) {
  const headers = signature ? { "stripe-signature": signature } : {};
  const response = await fetch(process.env.URL, { method: "POST", body, headers });
  console.log(response.status, await response.text());
}
"""


@pytest.mark.process
def test_events_signed_by_stripes_node_library(tmp_path):
    project = installed(NODE)
    with process("server.py", folder=tmp_path, STRIPE_WEBHOOK_SECRET=SECRET) as server:
        url = f"{server.base}/webhooks/stripe"
        done = run("node", "--input-type=module", "-e", SIGNED_BY_NODE, project=project, URL=url, SECRET=SECRET)
    assert done.stdout.splitlines() == [
        "200 handled",
        "400 No signature matches STRIPE_WEBHOOK_SECRET.",
        "400 The request has no Stripe-Signature header.",
    ]
