"""What replicas share through Valkey or Redis: two processes, one store, which goes away and returns."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.processes import free_port, running

SERVER = shutil.which("valkey-server") or shutil.which("redis-server")
pytestmark = pytest.mark.skipif(SERVER is None, reason="needs valkey-server or redis-server")

QUERY = "query Shared { viewer { kind } }"
HASH = hashlib.sha256(QUERY.encode()).hexdigest()


class Store:
    """A store as a process, which can be stopped and started again."""

    def __init__(self, folder):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process = None

    def start(self):
        command = [SERVER, "--port", str(self.port), "--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        import redis

        client = redis.Redis(port=self.port)
        for _ in range(100):
            with contextlib.suppress(redis.ConnectionError):
                client.ping()
                break
            time.sleep(0.05)
        client.close()

    def stop(self):
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    store.start()
    yield store
    store.stop()


@pytest.fixture
def two(store, tmp_path):
    settings = {"REDIS_URL": store.url, "RATE_LIMIT_ADDRESS": "20/minute"}
    with (
        running("server.py", folder=tmp_path, **settings) as one,
        running("server.py", folder=tmp_path, **settings) as other,
    ):
        yield one, other


def ask(server, **body):
    return httpx.post(f"{server.base}/graphql", json=body)


def by_hash(**body):
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": HASH}}, **body}


def test_registered_documents_are_shared(two):
    one, other = two
    assert "PersistedQueryNotFound" in ask(other, **by_hash()).text
    assert ask(one, **by_hash(query=QUERY)).json()["data"]
    assert ask(other, **by_hash()).json()["data"]


def test_rates_are_counted_together(two):
    one, other = two
    codes = [ask(server, query=QUERY).status_code for _ in range(15) for server in (one, other)]
    assert codes.count(200) == 20
    assert codes[20:] == [429] * 10


def test_while_the_store_is_away_each_goes_on_by_itself_and_takes_it_up_again(two, store):
    one, other = two
    assert ask(one, **by_hash(query=QUERY)).json()["data"]
    store.stop()
    codes = [ask(one, query=QUERY).status_code for _ in range(25)]
    assert codes == [200] * 20 + [429] * 5
    assert ask(one, **by_hash()).status_code == 429
    assert ask(other, **by_hash(query=QUERY)).json()["data"]
    assert "the shared store is away" in one.output()
    store.start()
    time.sleep(2.2)
    assert ask(one, query=QUERY).status_code == 200
    assert "the shared store is back" in one.output()
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
    with running("server.py", folder=tmp_path, REDIS_URL="redis://:topsecret@127.0.0.1:1/0") as server:
        assert ask(server, **by_hash(query=QUERY)).json()["data"]
        assert ask(server, **by_hash()).json()["data"]
        output = server.output()
    assert "topsecret" not in output
