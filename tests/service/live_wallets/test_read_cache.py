"""The read cache, through GraphQL over HTTP: what makes no REST call, and what is read again."""

import asyncio

import httpx
import pytest
import structlog

from app import create_app
from quality.harness import asgi
from quality.harness.clients import Api
from quality.harness.tokens import bearer
from quality.harness.wallets import ACCOUNT, AMARA, AMARAS_BANK_ACCOUNT, AMARAS_DEFAULT, JENNY, JENNYS_CARD
from serving.settings.settings import Settings

SCREEN = f"""query Wallet {{
  customer(id: "{AMARA}") {{
    name
    defaultPaymentMethod {{ id }}
    paymentMethods(first: 20) {{ nodes {{ id isDefault displayLabel card {{ last4 }} }} }}
  }}
}}"""
METHOD = "GET /v1/payment_methods/:pm"
CUSTOMER = "GET /v1/customers/:cus"
PAGE = "GET /v1/customers/:cus/payment_methods"


@pytest.fixture(scope="session")
def cached_settings():
    return Settings(read_cache_seconds=600)


@pytest.fixture
async def api(cached_settings, stripe):
    async with Api(cached_settings, stripe) as api:
        yield api


class Held(httpx.AsyncBaseTransport):
    """Keeps requests until it is opened."""

    def __init__(self, inner):
        self._inner = inner
        self.opened = asyncio.Event()

    async def handle_async_request(self, request):
        await self.opened.wait()
        return await self._inner.handle_async_request(request)


async def concurrently(api, stripe, count):
    """The data of so many equal requests, none of which gets a response before all have started."""
    held = stripe._inner = Held(stripe._inner)
    requests = [asyncio.create_task(api.data(SCREEN)) for _ in range(count)]
    for _ in range(1000):
        await asyncio.sleep(0)
    assert api.service.concurrency.running == count
    held.opened.set()
    return await asyncio.gather(*requests)


def screen_of(customer):
    return f'{{ customer(id: "{customer}") {{ name paymentMethods {{ nodes {{ id isDefault }} }} }} }}'


def ids(data):
    return [node["id"] for node in data["customer"]["paymentMethods"]["nodes"]]


async def rest(stripe, method, path, **form):
    """A change that this service did not make."""
    client = httpx.AsyncClient(transport=stripe._inner, base_url="http://sandbox", auth=("sk_test_x", ""))
    response = await client.request(method, path, data=form)
    assert response.status_code == 200, response.text
    return response.json()


async def test_a_warm_screen_makes_no_rest_call(api, stripe):
    first = await api.data(SCREEN)
    assert sorted(stripe.calls) == [CUSTOMER, PAGE]
    stripe.clear()
    assert await api.data(SCREEN) == first
    assert stripe.calls == []


async def test_the_list_of_calls_does_not_contain_a_hit(api):
    body = {"query": SCREEN, "extensions": {"calls": True}}
    counts = [(await api.http.post("/graphql", json=body)).json()["extensions"]["calls"]["count"] for _ in range(2)]
    assert counts == [2, 0]


async def test_another_selection_of_the_same_objects_is_answered_from_the_cache(api, stripe):
    await api.data(SCREEN)
    stripe.clear()
    data = await api.data(f'{{ customer(id: "{AMARA}") {{ email metadata defaultPaymentMethod {{ id }} }} }}')
    assert data["customer"]["email"] == "amara.okafor@example.com"
    assert stripe.calls == []


async def test_the_cache_is_off_without_events(default_settings, stripe):
    async with Api(Settings(), stripe) as api:
        await api.data(SCREEN)
        await api.data(SCREEN)
    assert len(stripe.calls) == 4


async def test_a_change_is_visible_after_its_eviction(api, stripe):
    before = ids(await api.data(SCREEN))
    await rest(stripe, "POST", f"/v1/payment_methods/{AMARAS_BANK_ACCOUNT}/detach")
    for _ in range(2):
        assert ids(await api.data(SCREEN)) == before
    await api.service.read_cache.evict([AMARA], "event")
    assert ids(await api.data(SCREEN)) == [id for id in before if id != AMARAS_BANK_ACCOUNT]


async def test_an_eviction_leaves_other_wallets_in_the_cache(api, stripe):
    await api.data(screen_of(AMARA))
    await api.data(screen_of(JENNY))
    await api.service.read_cache.evict([AMARA], "event")
    stripe.clear()
    await api.data(screen_of(JENNY))
    assert stripe.calls == []
    await api.data(screen_of(AMARA))
    assert sorted(stripe.calls) == [CUSTOMER, PAGE]


WRITES = {
    "attach": f'attachPaymentMethod(input: {{paymentMethodId: "pm_card_visa", customerId: "{AMARA}"}})',
    "detach": f'detachPaymentMethod(input: {{paymentMethodId: "{AMARAS_BANK_ACCOUNT}"}})',
    "update": f'''updatePaymentMethod(
        input: {{paymentMethodId: "{AMARAS_DEFAULT}", billingDetails: {{name: "New name"}}}})''',
    "default": f'''setDefaultPaymentMethod(
        input: {{paymentMethodId: "{AMARAS_BANK_ACCOUNT}", customerId: "{AMARA}"}})''',
    "confirmed SetupIntent": f'''createSetupIntent(
        input: {{customerId: "{AMARA}", paymentMethodId: "pm_card_visa", confirm: true,
                 returnUrl: "https://shop.example"}})''',
}


@pytest.mark.parametrize("caller", ["service", "customer"])
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
async def test_a_write_is_read_back(api, cached_settings, stripe, write, caller):
    headers = bearer(cached_settings, **({"service": True} if caller == "service" else {"customer": AMARA}))
    query = f"""{{ customer(id: "{AMARA}") {{ defaultPaymentMethod {{ id }}
        paymentMethods(first: 50) {{ nodes {{ id isDefault billingDetails {{ name }} }} }} }} }}"""

    async def ask(document):
        response = await api.http.post("/graphql", json={"query": document}, headers=headers)
        assert "errors" not in response.json(), response.text
        return response.json()["data"]

    before, *_ = [await ask(query) for _ in range(3)]
    assert api.service.results.uses == 1
    written = await ask(f"mutation {{ {write} {{ errors {{ message }} }} }}")
    assert not next(iter(written.values()))["errors"]
    stripe.clear()
    assert await ask(query) != before
    assert sorted(stripe.calls) == [CUSTOMER, PAGE]


async def test_a_mutation_neither_reads_from_the_cache_nor_fills_it(api, stripe):
    await api.data(screen_of(JENNY))
    stripe.clear()
    await api.data(
        f"""mutation {{ setDefaultPaymentMethod(input: {{paymentMethodId: "{JENNYS_CARD}", customerId: "{JENNY}"}}) {{
            customer {{ name paymentMethods {{ nodes {{ id }} }} }} }} }}"""
    )
    assert PAGE in stripe.calls
    stripe.clear()
    await api.data(screen_of(JENNY))
    assert sorted(stripe.calls) == [CUSTOMER, PAGE]


async def test_a_request_with_no_cache_is_read_from_stripe_and_refreshes_the_cache(api, stripe):
    before = await api.data(SCREEN)
    await rest(stripe, "POST", f"/v1/payment_methods/{AMARAS_BANK_ACCOUNT}/detach")
    stripe.clear()
    headers = {"Cache-Control": "max-age=0, No-Cache"}
    response = await api.http.post("/graphql", json={"query": SCREEN}, headers=headers)
    assert sorted(stripe.calls) == [CUSTOMER, PAGE]
    assert AMARAS_BANK_ACCOUNT not in ids(response.json()["data"])
    stripe.clear()
    assert await api.data(SCREEN) == response.json()["data"] != before
    assert stripe.calls == []


async def test_a_payment_method_by_id_is_cached_once_its_wallet_is_known(api, stripe):
    query = f'{{ paymentMethod(id: "{JENNYS_CARD}") {{ id customer {{ email }} }} }}'
    for _ in range(3):
        await api.data(query)
    assert stripe.calls == [METHOD, METHOD]


async def test_a_page_makes_its_payment_methods_known(api, stripe):
    await api.data(screen_of(JENNY))
    stripe.clear()
    for _ in range(2):
        await api.data(f'{{ paymentMethod(id: "{JENNYS_CARD}") {{ id }} }}')
    assert stripe.calls == [METHOD]


async def test_a_wallet_with_two_names_is_evicted_by_either(api, stripe):
    page = f'{{ paymentMethods(customerAccountId: "{ACCOUNT}") {{ nodes {{ id customer {{ id }} }} }} }}'
    first = await api.data(page)
    owner = first["paymentMethods"]["nodes"][0]["customer"]["id"]
    await api.data(page)
    stripe.clear()
    assert await api.data(page) == first
    assert stripe.calls == []
    for name in (ACCOUNT, owner):
        await api.service.read_cache.evict([name], "event")
        stripe.clear()
        await api.data(page)
        assert stripe.calls == ["GET /v1/payment_methods"]


async def test_a_missing_object_is_read_again(api, stripe):
    for _ in range(2):
        assert await api.data('{ customer(id: "cus_none") { id name } }') == {"customer": None}
        assert await api.data('{ paymentMethod(id: "pm_none") { id } }') == {"paymentMethod": None}
    assert stripe.calls == [CUSTOMER, METHOD] * 2


async def test_concurrent_requests_share_their_calls(api, stripe):
    answers = await concurrently(api, stripe, 5)
    assert all(answer == answers[0] for answer in answers)
    assert sorted(stripe.calls) == [CUSTOMER, PAGE]
    counts = api.service.read_cache.counts
    assert (counts.misses, counts.joined, counts.hits) == (2, 8, 0)


async def test_the_record_of_an_operation_has_its_hits(api, stripe, monkeypatch):
    records = []
    monkeypatch.setattr(api.service.metrics.operations, "operation_ended", records.append)
    await concurrently(api, stripe, 2)
    await api.data(SCREEN)
    counts = [(len(record.calls), record.joined_reads, record.cache_hits) for record in records]
    assert sorted(counts) == [(0, 0, 2), (0, 2, 0), (2, 0, 0)]


async def test_the_log_line_of_an_operation_has_its_hits(api):
    with structlog.testing.capture_logs() as lines:
        await api.data(SCREEN)
        await api.data(SCREEN)
    operations = [line for line in lines if line["event"] == "operation"]
    assert [(line["calls"], line["cache_hits"], line["joined_reads"]) for line in operations] == [(2, 0, 0), (0, 2, 0)]


async def test_the_metrics_of_the_cache(api):
    await api.data(SCREEN)
    await api.data(SCREEN)
    await api.http.post("/graphql", json={"query": SCREEN}, headers={"Cache-Control": "no-cache"})
    await api.service.read_cache.evict([AMARA], "event")
    api.service.read_cache.set_bound(5)
    text = (await api.http.get("/metrics")).text
    for line in (
        'attache_read_cache_reads_total{source="hit"} 2.0',
        'attache_read_cache_reads_total{source="miss"} 2.0',
        'attache_read_cache_reads_total{source="bypass"} 2.0',
        'attache_read_cache_reads_total{source="joined"} 0.0',
        'attache_read_cache_evictions_total{cause="event"} 1.0',
        "attache_read_cache_bound_seconds 5.0",
        "attache_read_cache_paused 0.0",
        "attache_read_cache_failures_total 0.0",
    ):
        assert line in text
    assert "attache_read_cache_hit_age_seconds_total" in text
    assert "attache_read_cache_bytes 0.0" not in text


async def test_there_are_no_metrics_of_a_cache_that_is_off(default_settings, stripe):
    async with Api(default_settings, stripe) as api:
        assert "attache_read_cache" not in (await api.http.get("/metrics")).text


async def test_with_the_embedded_sandbox_the_cache_is_on_and_its_events_and_its_reset_evict():
    app = create_app(Settings())
    transport = httpx.ASGITransport(app=app)

    async def screen(http):
        response = await http.post("/graphql", json={"query": SCREEN, "extensions": {"calls": True}})
        return ids(response.json()["data"]), response.json()["extensions"]["calls"]["count"]

    async with asgi.running(app), httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        before, calls = await screen(http)
        assert (calls, await screen(http)) == (2, (before, 0))
        detached = await http.post(f"/v1/payment_methods/{AMARAS_BANK_ACCOUNT}/detach", auth=("sk_test_x", ""))
        assert detached.status_code == 200
        for _ in range(100):
            after, calls = await screen(http)
            if after != before:
                break
            await asyncio.sleep(0.05)
        assert after == [id for id in before if id != AMARAS_BANK_ACCOUNT]
        assert calls == 2
        assert (await http.post("/_sandbox/reset")).status_code == 200
        assert (await screen(http))[0] == before
