"""Two replicas share state through Valkey or Redis, which fails and recovers."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import httpx
import pytest
from pydantic import SecretStr
from redis import Redis

from quality.harness.builders import customer
from quality.harness.call_rates import busiest_second
from quality.harness.clients import Api, Recorder
from quality.harness.processes import running
from quality.harness.stores import Store
from serving.settings.settings import Settings
from tests.support.missing import needs_store

pytestmark = needs_store

QUERY = "query Shared { viewer { kind } }"
HASH = hashlib.sha256(QUERY.encode()).hexdigest()


@pytest.fixture
def two(store, tmp_path):
    settings = {"SANDBOX": "true", "REDIS_URL": store.url, "RATE_LIMIT_ADDRESS": "20/minute"}
    with (
        running("server.py", folder=tmp_path, **settings) as one,
        running("server.py", folder=tmp_path, **settings) as other,
    ):
        yield one, other


def ask(server, **body):
    return httpx.post(f"{server.base}/graphql", json=body)


def by_hash(**body):
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": HASH}}, **body}


@contextlib.asynccontextmanager
async def in_process(store, sandbox, **limits):
    """Two services in this process, which share only the store."""
    settings = Settings(sandbox=True, redis_url=SecretStr(store.url), **limits)
    async with Api(settings, Recorder.over(sandbox)) as one, Api(settings, Recorder.over(sandbox)) as other:
        yield one.http, other.http
        await asyncio.gather(one.service.aclose(), other.service.aclose())


def everything_in(store) -> bytes:
    """All keys and values of the store, uncompressed."""
    with Redis(port=store.port) as client:
        client.config_set("rdbcompression", "no")
        return b"\n".join(key + client.dump(key) for key in client.scan_iter())


async def test_registered_documents_are_shared(store, sandbox):
    async with in_process(store, sandbox) as (one, other):
        assert "PersistedQueryNotFound" in (await other.post("/graphql", json=by_hash())).text
        assert (await one.post("/graphql", json=by_hash(query=QUERY))).json()["data"]
        assert (await other.post("/graphql", json=by_hash())).json()["data"]


async def test_rates_are_counted_together(store, sandbox):
    async with in_process(store, sandbox, rate_limit_address="20/minute") as both:
        sent = [await http.post("/graphql", json={"query": QUERY}) for _ in range(15) for http in both]
    codes = [response.status_code for response in sent]
    assert codes.count(200) == 20
    assert codes[20:] == [429] * 10


@pytest.mark.parametrize(
    "setting", ["RATE_LIMIT_CALLER", "RATE_LIMIT_CARDS", "RATE_LIMIT_DECLINES", "RATE_LIMIT_CALLS"]
)
async def test_limits_of_a_caller_are_counted_together(store, sandbox, setting):
    attach = """mutation { attachPaymentMethod(input: {
      paymentMethodId: "pm_card_visa_chargeDeclined", customerId: "cus_TT6bMT4UamxeFj"}) { errors { code } } }"""
    async with in_process(store, sandbox, **{setting.lower(): "3/hour"}) as both:
        sent = [await http.post("/graphql", json={"query": attach}) for _ in range(3) for http in both]
    answers = [response.json() for response in sent]
    declined = [answer["data"]["attachPaymentMethod"] for answer in answers[:3]]
    assert declined == [{"errors": [{"code": "CARD_DECLINED"}]}] * 3
    assert [answer["errors"][0]["extensions"]["limit"] for answer in answers[3:]] == [setting] * 3


@pytest.mark.parametrize(("fail", "recover"), [(Store.stop, Store.start), (Store.pause, Store.resume)])
def test_without_the_store_each_replica_counts_alone_until_it_is_back(two, store, fail, recover):
    one, other = two
    assert ask(one, **by_hash(query=QUERY)).json()["data"]
    fail(store)
    codes = [ask(one, query=QUERY).status_code for _ in range(25)]
    assert codes == [200] * 20 + [429] * 5
    assert ask(one, **by_hash()).status_code == 429
    assert ask(other, **by_hash(query=QUERY)).json()["data"]
    assert "the shared store is unavailable" in one.output()
    recover(store)
    time.sleep(2.2)
    assert ask(one, query=QUERY).status_code == 200
    assert "the shared store is available again" in one.output()
    assert ask(one, **by_hash(query=QUERY)).json()["data"]
    time.sleep(2.2)
    assert ask(other, **by_hash()).json()["data"]


def test_of_simultaneous_duplicates_over_two_replicas_one_wins(store, tmp_path):
    attach = """mutation { attachPaymentMethod(input: {
      paymentMethodId: "pm_card_jcb", customerId: "cus_TT6bMT4UamxeFj", onDuplicate: REJECT}) { errors { code } } }"""
    with running("-m", "sandbox", folder=tmp_path, ready="/v1/customers") as sandbox:
        settings = {
            "REDIS_URL": store.url,
            "STRIPE_SECRET_KEY": "sk_test_x",
            "STRIPE_API_BASE": sandbox.base,
            "ALLOW_ANONYMOUS": "true",
        }
        with (
            running("server.py", folder=tmp_path, **settings) as one,
            running("server.py", folder=tmp_path, **settings) as other,
            ThreadPoolExecutor(20) as pool,
        ):
            answers = list(pool.map(lambda n: ask((one, other)[n % 2], query=attach).json(), range(40)))
    errors = [answer["data"]["attachPaymentMethod"]["errors"] for answer in answers]
    assert errors.count([]) == 1
    assert errors.count([{"code": "DUPLICATE"}]) == 39


def test_it_starts_without_the_store(tmp_path):
    with running("server.py", folder=tmp_path, SANDBOX="true", REDIS_URL="redis://:topsecret@127.0.0.1:1/0") as server:
        assert ask(server, **by_hash(query=QUERY)).json()["data"]
        assert ask(server, **by_hash()).json()["data"]
        output = server.output()
    assert "topsecret" not in output


class CountingStripe(BaseHTTPRequestHandler):
    """Answers each request with a customer, and notes when it came."""

    protocol_version = "HTTP/1.1"
    arrivals: ClassVar[list[float]] = []

    def do_GET(self):
        self.arrivals.append(time.monotonic())
        body = json.dumps(customer()).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def counting():
    CountingStripe.arrivals.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), CountingStripe)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_replicas_keep_one_limit_of_calls_together(store, counting, tmp_path):
    settings = {
        "REDIS_URL": store.url,
        "STRIPE_SECRET_KEY": "sk_test_x",
        "STRIPE_API_BASE": counting,
        "STRIPE_CALLS_PER_SECOND": "10",
        "ALLOW_ANONYMOUS": "true",
    }
    query = '{ customer(id: "cus_1") { email } }'
    with (
        running("server.py", folder=tmp_path, **settings) as one,
        running("server.py", folder=tmp_path, **settings) as other,
        ThreadPoolExecutor(30) as pool,
    ):
        # The first call waits for the new store.
        answers = [ask(one, query=query).json()]
        answers += pool.map(lambda n: ask((one, other)[n % 2], query=query).json(), range(119))
    codes = [answer["errors"][0]["extensions"]["code"] for answer in answers if "errors" in answer]
    assert set(codes) == {"OVERLOADED"}
    assert len(CountingStripe.arrivals) == 120 - len(codes) > 10
    assert busiest_second(CountingStripe.arrivals) <= 10


async def test_no_secret_of_a_customer_is_stored(store, sandbox):
    """Stripe replays the response to a repeated key: the service stores neither."""
    owner = 'customerId: "cus_NbZ8Ki3f322LNn", idempotencyKey: "key"'
    query = f"""mutation {{
      createCustomerSession(input: {{{owner}, components: {{customerSheet: {{}}}}}}) {{
        customerSession {{ clientSecret }} }}
      createEphemeralKey(input: {{{owner}, stripeVersion: "2020-08-27"}}) {{ ephemeralKey {{ secret }} }}
      createSetupIntent(input: {{{owner}}}) {{ setupIntent {{ clientSecret }} }} }}"""
    async with in_process(store, sandbox, read_cache_seconds=600) as both:
        found = [(await http.post("/graphql", json={"query": query})).json()["data"] for http in both for _ in range(2)]
        await both[0].post("/graphql", json=by_hash(query=QUERY))
        contents = everything_in(store)
    assert found == found[:1] * 4
    (session, key, intent) = found[0].values()
    secrets = [session["customerSession"]["clientSecret"], key["ephemeralKey"]["secret"]]
    secrets.append(intent["setupIntent"]["clientSecret"])
    assert HASH.encode() in contents
    assert not [secret for secret in secrets if secret.encode() in contents]
