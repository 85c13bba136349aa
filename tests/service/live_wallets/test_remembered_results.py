"""Remembered results, through GraphQL over HTTP: the same bytes as an execution, and nothing outdated or of others."""

import asyncio
import hashlib
import json
import re
from datetime import UTC, datetime

import httpx
import pytest
import structlog
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from quality.harness import virtual_time
from quality.harness.clients import Api, Recorder
from quality.harness.tokens import bearer
from quality.harness.wallets import ACCOUNT, AMARA, AMARAS_BANK_ACCOUNT, JENNY, JENNYS_CARD, MATEO
from sandbox import create_sandbox
from serving.settings.settings import Settings

SCREEN = """query Wallet($id: ID!) {
  viewer { kind subject }
  customer(id: $id) {
    name email metadata defaultPaymentMethod { id }
    paymentMethods(first: 20) {
      nodes { id isDefault isExpired displayLabel metadata card { last4 fingerprint } billingDetails { name } }
      pageInfo { endCursor hasNextPage }
    }
  }
}"""
DETACH = (
    f'mutation {{ detachPaymentMethod(input: {{paymentMethodId: "{AMARAS_BANK_ACCOUNT}"}}) {{ errors {{ code }} }} }}'
)


@pytest.fixture(scope="session")
def cached():
    return Settings(read_cache_seconds=600, customer_sees=["metadata"])


@pytest.fixture
async def api(cached, stripe):
    async with Api(cached, stripe) as api:
        yield api


async def send(api, query=SCREEN, id=AMARA, headers=None, **members):
    """The bytes of the response."""
    body = {"query": query, "variables": {"id": id} if "$id" in query else {}, **members}
    response = await api.http.post("/graphql", json=body, headers=headers or {})
    assert response.status_code == 200
    return response.content


async def uses(api, *args, **kwargs):
    """How often a remembered result is used for an operation: 0 or 1."""
    before = api.service.results.uses
    await send(api, *args, **kwargs)
    return api.service.results.uses - before


async def remember(api, *args, **kwargs):
    """Repeat an operation until its result is remembered. Returns its bytes."""
    for _ in range(5):
        before = api.service.results.uses
        content = await send(api, *args, **kwargs)
        if api.service.results.uses > before:
            return content
    raise AssertionError("not remembered")


def methods(content):
    return [node["id"] for node in json.loads(content)["data"]["customer"]["paymentMethods"]["nodes"]]


async def rest(stripe, method, path, **form):
    """A change that this service did not make."""
    client = httpx.AsyncClient(transport=stripe._inner, base_url="http://sandbox", auth=("sk_test_x", ""))
    response = await client.request(method, path, data=form)
    assert response.status_code == 200, response.text


async def test_the_third_response_has_the_bytes_of_the_first_and_is_not_executed(api, stripe):
    first = await send(api)
    stripe.clear()
    assert [await send(api), await send(api)] == [first, first]
    assert api.service.results.uses == 1
    assert api.service.executor.counts.hits == 2
    assert stripe.calls == []


async def test_results_are_remembered_in_batches_and_for_get(cached, stripe):
    async with Api(Settings(read_cache_seconds=600, max_batch=3), stripe) as api:
        body = {"query": SCREEN, "variables": {"id": AMARA}}
        await api.http.post("/graphql", json=body)
        batch = (await api.http.post("/graphql", json=[body] * 3)).json()
        assert batch == [batch[0]] * 3
        response = await api.http.get("/graphql", params={"query": SCREEN, "variables": json.dumps({"id": AMARA})})
        assert response.json() == batch[0]
        assert api.service.results.uses == 3


async def test_persisted_documents(api):
    sha256 = hashlib.sha256(SCREEN.encode()).hexdigest()
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": sha256}}
    first = await send(api, extensions=extensions)
    body = {"variables": {"id": AMARA}, "extensions": extensions}
    found = [(await api.http.post("/graphql", json=body)).content for _ in range(2)]
    assert found == [first, first]
    assert api.service.results.uses == 1


async def test_the_record_and_the_log_line_are_those_of_an_execution(api):
    with structlog.testing.capture_logs() as lines:
        for _ in range(3):
            await send(api)
    _, executed, remembered = [line for line in lines if line["event"] == "operation"]
    assert (remembered["name"], remembered["kind"]) == ("Wallet", "query")
    assert remembered["cache_hits"] == 2
    changing = ("seconds", "ms", "duration_ms", "timestamp")
    assert {name: value for name, value in executed.items() if name not in changing} == {
        name: value for name, value in remembered.items() if name not in changing
    }


async def test_the_metrics_count_the_reads_of_a_remembered_result_as_hits(api):
    for _ in range(3):
        await send(api)
    text = (await api.http.get("/metrics")).text
    for line in (
        "attache_read_cache_results_total 1.0",
        'attache_read_cache_reads_total{source="hit"} 4.0',
        'attache_read_cache_reads_total{source="miss"} 2.0',
    ):
        assert line in text
    cache, results = api.service.read_cache, api.service.results
    assert results.bytes > 0
    assert f"attache_read_cache_bytes {float(cache.bytes + results.bytes)}" in text


async def test_the_list_of_calls_is_empty(api):
    plain = await remember(api)
    answer = json.loads(await send(api, extensions={"calls": True}))
    assert answer["extensions"] == {"calls": {"count": 0, "endpoints": []}}
    assert answer["data"] == json.loads(plain)["data"]
    assert await send(api) == plain


async def test_an_event_makes_a_result_invalid(api, stripe):
    before = methods(await remember(api))
    await rest(stripe, "POST", f"/v1/payment_methods/{AMARAS_BANK_ACCOUNT}/detach")
    await api.service.read_cache.evict([AMARA], "event")
    assert methods(await send(api)) == [id for id in before if id != AMARAS_BANK_ACCOUNT]


async def test_an_event_of_another_wallet_does_not(api):
    await remember(api)
    await api.service.read_cache.evict([JENNY], "event")
    assert await uses(api) == 1


async def test_an_own_write_makes_a_result_invalid(api):
    before = methods(await remember(api))
    await api.data(DETACH)
    assert methods(await send(api)) == [id for id in before if id != AMARAS_BANK_ACCOUNT]


async def test_every_read_of_a_result_is_checked(api):
    query = f'{{ one: customer(id: "{AMARA}") {{ name }} two: customer(id: "{JENNY}") {{ name }} }}'
    for wallet in (AMARA, JENNY):
        await remember(api, query)
        await api.service.read_cache.evict([wallet], "event")
        assert await uses(api, query) == 0


async def test_a_wallet_with_two_names_is_evicted_by_either(api):
    query = f'{{ paymentMethods(customerAccountId: "{ACCOUNT}") {{ nodes {{ id customer {{ id }} }} }} }}'
    owner = json.loads(await remember(api, query))["data"]["paymentMethods"]["nodes"][0]["customer"]["id"]
    for name in (ACCOUNT, owner):
        await remember(api, query)
        await api.service.read_cache.evict([name], "event")
        assert await uses(api, query) == 0


async def test_a_payment_method_by_id(api):
    query = f'{{ paymentMethod(id: "{JENNYS_CARD}") {{ id customer {{ email }} }} }}'
    await remember(api, query)
    await api.service.read_cache.evict([JENNY], "event")
    assert await uses(api, query) == 0


async def test_another_response_of_the_same_generation_makes_a_result_invalid(api, stripe):
    before = await remember(api)
    await rest(stripe, "POST", f"/v1/payment_methods/{AMARAS_BANK_ACCOUNT}/detach")
    fresh = await send(api, headers={"Cache-Control": "no-cache"})
    assert api.service.results.uses == 1
    assert await send(api) == fresh != before


async def test_a_request_with_no_cache_neither_uses_nor_remembers_a_result(api, stripe):
    await remember(api)
    stripe.clear()
    for _ in range(3):
        assert await uses(api, headers={"Cache-Control": "no-cache"}) == 0
    assert len(stripe.calls) == 6
    assert await uses(api) == 0


async def test_a_paused_cache_makes_results_unusable(api, monkeypatch):
    await remember(api)
    monkeypatch.setattr(api.service.read_cache, "_unrenewed", {((AMARA,), ())})
    assert await uses(api) == 0


async def test_every_caller_has_its_own_results(api, cached):
    service, customer, same_customer = (
        bearer(cached, **caller)
        for caller in ({"service": True}, {"customer": AMARA}, {"customer": AMARA, "subject": "another"})
    )
    callers = (service, customer, same_customer, {})
    contents = [await remember(api, headers=headers) for headers in callers]
    assert len(set(contents)) == len(callers)
    assert [await send(api, headers=headers) for headers in callers] == contents
    other = json.loads(await send(api, headers=bearer(cached, customer=MATEO)))
    assert other["data"]["customer"] is None


async def test_what_is_hidden_from_customers_is_not_in_their_results(api, cached):
    card = "{ paymentMethods(first: 20) { nodes { metadata card { fingerprint } } } }"
    query = f'{{ customer(id: "{AMARA}") {card} }}'
    for headers, is_visible in (({"service": True}, True), ({"customer": AMARA}, False), ({"service": True}, True)):
        content = await remember(api, query, headers=bearer(cached, **headers))
        assert (re.search(rb'"fingerprint":"', content) is not None) is is_visible


async def test_variables_and_names_distinguish_results(api):
    both = f'query A {{ customer(id: "{AMARA}") {{ name }} }} query B {{ customer(id: "{AMARA}") {{ email }} }}'
    names = {name: await remember(api, both, operationName=name) for name in "AB"}
    assert names["A"] != names["B"]
    wallets = {id: await remember(api, id=id) for id in (AMARA, JENNY)}
    assert [await send(api, id=id) for id in wallets] == list(wallets.values())


async def test_true_does_not_get_the_result_of_one(api):
    query = f'query($first: Int) {{ customer(id: "{AMARA}") {{ paymentMethods(first: $first) {{ nodes {{ id }} }} }} }}'
    await remember(api, query, variables={"first": 1})
    assert "errors" in json.loads(await send(api, query, variables={"first": True}))


async def test_errors_are_not_remembered(api):
    query = f'{{ customer(id: "{AMARA}") {{ name paymentMethods(first: 1, last: 1) {{ nodes {{ id }} }} }} }}'
    contents = [await send(api, query) for _ in range(4)]
    assert "errors" in json.loads(contents[0])
    assert contents == [contents[0]] * 4
    assert api.service.read_cache.counts.hits == 3
    assert (api.service.results.uses, api.service.results.bytes) == (0, 0)


@pytest.mark.parametrize(
    "query",
    ["{ viewer { kind } }", "{ __schema { queryType { name } } }", '{ customer(id: "cus_none") { name } }', DETACH],
)
async def test_what_reads_nothing_from_the_cache_is_not_remembered(api, query):
    for _ in range(3):
        await send(api, query)
    assert (api.service.results.uses, api.service.results.bytes) == (0, 0)


async def test_a_part_that_is_read_from_stripe_each_time(api, stripe):
    query = f'{{ customer(id: "{AMARA}") {{ name }} missing: customer(id: "cus_none") {{ name }} }}'
    for _ in range(3):
        await send(api, query)
    assert api.service.results.uses == 0
    assert stripe.calls == ["GET /v1/customers/:cus"] * 4


async def test_results_are_bounded_in_bytes(api, monkeypatch):
    results = api.service.results
    await remember(api)
    one = results.bytes
    monkeypatch.setattr(results._results, "_Cache__maxsize", 3 * one)
    for limit in range(10):
        for _ in range(2):
            await send(api, SCREEN + " " * limit)
    assert one <= results.bytes <= 3 * one
    assert await uses(api, SCREEN + " " * 9) == 1
    assert await uses(api) == 0


async def test_a_response_that_is_too_large_is_refused_each_time(stripe):
    async with Api(Settings(read_cache_seconds=600, max_response_bytes=1024), stripe) as api:
        for _ in range(4):
            response = await api.http.post("/graphql", json={"query": SCREEN, "variables": {"id": AMARA}})
            assert response.json()["errors"][0]["extensions"]["limit"] == "MAX_RESPONSE_BYTES"


@pytest.fixture
def clock(monkeypatch):
    """Sets the date of cards' expiry and of results."""

    def set_to(moment):
        for module in ("schema.payment_methods.payment_method", "remembered_results"):
            monkeypatch.setattr(f"{module}.time", lambda: moment.timestamp())

    return set_to


async def test_a_card_expires_at_the_end_of_its_month(api, clock):
    query = f'{{ paymentMethod(id: "{JENNYS_CARD}") {{ isExpired }} }}'
    # Another query, so that no result of the real date is remembered.
    expiry = f'{{ paymentMethod(id: "{JENNYS_CARD}") {{ card {{ expMonth expYear }} }} }}'
    card = json.loads(await send(api, expiry))["data"]["paymentMethod"]["card"]
    year, month = card["expYear"] + card["expMonth"] // 12, card["expMonth"] % 12 + 1
    first_of_next = datetime(year, month, 1, tzinfo=UTC).timestamp()
    for moment, is_expired in ((first_of_next - 0.5, False), (first_of_next, True)):
        clock(datetime.fromtimestamp(moment, UTC))
        assert json.loads(await remember(api, query))["data"]["paymentMethod"]["isExpired"] is is_expired


def virtually(story):
    """Runs a coroutine function with the service, in virtual time."""

    async def run():
        async with Api(Settings(read_cache_seconds=600), Recorder.over(create_sandbox())) as api:
            await story(api)

    virtual_time.run(run())


def test_a_result_expires_with_the_oldest_of_its_reads():
    async def story(api):
        query = f'{{ one: customer(id: "{AMARA}") {{ name }} two: customer(id: "{JENNY}") {{ name }} }}'
        await send(api, f'{{ customer(id: "{AMARA}") {{ email }} }}')
        await asyncio.sleep(300)
        await remember(api, query)
        await asyncio.sleep(299.9)
        assert await uses(api, query) == 1
        await asyncio.sleep(0.1)
        assert await uses(api, query) == 0

    virtually(story)


def test_a_lowered_bound_applies_to_what_is_remembered_already():
    async def story(api):
        await remember(api)
        await asyncio.sleep(60)
        assert await uses(api) == 1
        api.service.read_cache.set_bound(5)
        assert await uses(api) == 0

    virtually(story)


FIELDS = (
    "name",
    "email",
    "metadata",
    "created",
    "defaultPaymentMethod { id displayLabel }",
    "paymentMethods(first: 3) { nodes { id type isDefault isExpired details { __typename ... on Card { brand } } } }",
    "later: paymentMethods(last: 2) { edges { cursor node { id customer { id email } } } pageInfo { startCursor } }",
    "paymentMethods: paymentMethods(first: 3) { nodes { billingDetails { address { city } } card { last4 } } }",
)
SELECTIONS = st.lists(st.sampled_from(FIELDS), min_size=1, max_size=5, unique=True)


@pytest.mark.parametrize("caller", ["service", "customer"])
async def test_generated_selections(api, cached, caller):
    headers = bearer(cached, **({"service": True} if caller == "service" else {"customer": AMARA}))
    seen = []

    @examples(max_examples=40, database=None)
    @given(SELECTIONS)
    def collect(fields):
        seen.append(fields)

    collect()
    for fields in seen:
        query = f"query($id: ID!) {{ customer(id: $id) {{ {' '.join(fields)} }} viewer {{ kind }} }}"
        first = await send(api, query, headers=headers)
        await send(api, query, headers=headers)
        assert await send(api, query, headers=headers) == first
    assert api.service.results.uses
