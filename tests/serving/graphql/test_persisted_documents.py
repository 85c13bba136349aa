import gc
import hashlib
import json

import pytest
from pydantic import SecretStr

from quality.harness.clients import Api
from quality.harness.stores import SERVER
from quality.harness.tokens import bearer
from serving.graphql.persisted_documents import (
    CALLER_BYTES,
    CALLER_DOCUMENTS,
    MAX_CALLERS,
    RegistryInProcess,
    SharedRegistry,
    sha256,
)
from serving.graphql.trusted_manifest import read_manifest
from serving.redis.store import SharedStore
from serving.settings.errors import SettingsError
from serving.settings.settings import Settings
from tests.support import missing
from tests.support.commands import command
from tests.support.missing import needs_store

QUERY = "query Who { viewer { kind } }"
HASH = hashlib.sha256(QUERY.encode()).hexdigest()
ANSWER = {"data": {"viewer": {"kind": "ANONYMOUS"}}}


def by_hash(hash=HASH, **members):
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash}}, **members}


class TestAutomatic:
    """As Apollo's clients speak it."""

    async def test_it_is_asked_for_registered_and_found(self, api):
        response = await api.http.post("/graphql", json=by_hash())
        assert response.status_code == 200
        assert response.json() == {
            "errors": [{"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}]
        }
        assert (await api.http.post("/graphql", json=by_hash(query=QUERY))).json() == ANSWER
        assert (await api.http.post("/graphql", json=by_hash())).json() == ANSWER

    async def test_by_get_too(self, api):
        await api.http.post("/graphql", json=by_hash(query=QUERY))
        params = {"extensions": json.dumps(by_hash()["extensions"])}
        assert (await api.http.get("/graphql", params=params)).json() == ANSWER

    @pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
    async def test_not_found_is_200_whatever_is_accepted(self, api, accept):
        response = await api.http.post("/graphql", json=by_hash(), headers={"Accept": accept})
        assert response.status_code == 200

    async def test_another_text_s_hash_is_refused_and_not_kept(self, api):
        response = await api.http.post("/graphql", json=by_hash(query="{ viewer { subject } }"))
        assert response.json()["errors"][0]["message"] == "provided sha does not match query"
        assert "PersistedQueryNotFound" in (await api.http.post("/graphql", json=by_hash())).text

    async def test_a_document_that_is_not_valid_is_not_kept(self, api):
        bad = "{ nonsense }"
        await api.http.post("/graphql", json=by_hash(sha256(bad), query=bad))
        response = await api.http.post("/graphql", json=by_hash(sha256(bad)))
        assert "PersistedQueryNotFound" in response.text

    @pytest.mark.parametrize(
        "persisted",
        [
            5,
            {},
            {"version": 2, "sha256Hash": HASH},
            {"version": 1},
            {"version": 1, "sha256Hash": 5},
            {"version": 1, "sha256Hash": ""},
        ],
    )
    async def test_anything_else_is_400(self, api, persisted):
        response = await api.http.post("/graphql", json={"extensions": {"persistedQuery": persisted}})
        assert response.status_code == 400
        assert "data" not in response.json()

    async def test_a_mutation_by_get_stays_refused(self, api):
        mutation = 'mutation { detachPaymentMethod(input: {paymentMethodId: "x"}) { errors { code } } }'
        await api.http.post("/graphql", json=by_hash(sha256(mutation), query=mutation))
        params = {"extensions": json.dumps(by_hash(sha256(mutation))["extensions"])}
        assert (await api.http.get("/graphql", params=params)).status_code == 405

    async def test_where_it_is_off_nothing_is_kept(self, stripe):
        async with Api(Settings(persisted_queries=False), stripe) as api:
            assert (await api.http.post("/graphql", json=by_hash(query=QUERY))).json() == ANSWER
            assert "PersistedQueryNotFound" in (await api.http.post("/graphql", json=by_hash())).text


def document(number):
    text = f"query Q{number:05} {{ viewer {{ kind }} }}" + " " * 5_000
    return sha256(text), text


@pytest.fixture
async def connect():
    """Opens connections to a store, which are closed after the test."""
    opened = []

    def connect(store):
        opened.append(SharedStore(store.url))
        return opened[-1]

    yield connect
    for one in opened:
        await one.aclose()


SHARED = [pytest.param(name, marks=pytest.mark.process) for name in ("shared", "shared, from another replica")]


@pytest.fixture(params=["in process", *SHARED])
def registries(request, connect):
    """Where documents are registered, and where they are looked up."""
    if request.param == "in process":
        one = other = RegistryInProcess()
        return one, other
    if SERVER is None:
        pytest.skip(missing.STORE)
    store = request.getfixturevalue("store")
    one = SharedRegistry(connect(store))
    return one, one if request.param == "shared" else SharedRegistry(connect(store))


class TestEachCallersOwn:
    async def test_too_many_of_one_caller_displace_its_own_alone(self, registries):
        here, there = registries
        await here.put(*document(0), "victim")
        for number in range(1, 2 * CALLER_DOCUMENTS):
            await here.put(*document(number), "attacker")
        assert await there.get(document(0)[0], "newcomer") == document(0)[1]
        assert await there.get(document(1)[0], "newcomer") is None
        assert await there.get(document(2 * CALLER_DOCUMENTS - 1)[0], "newcomer") is not None

    async def test_what_another_caller_uses_stays_though_its_first_one_loses_it(self, registries):
        here, there = registries
        await here.put(*document(0), "attacker")
        assert await there.get(document(0)[0], "user") == document(0)[1]
        for number in range(1, 2 * CALLER_DOCUMENTS):
            await here.put(*document(number), "attacker")
        assert await there.get(document(0)[0], "newcomer") == document(0)[1]

    async def test_what_a_caller_uses_again_stays(self, registries):
        here, _ = registries
        for number in range(40):
            await here.put(*document(number), "caller")
            assert await here.get(document(0)[0], "caller") is not None


class TestInProcess:
    async def test_what_is_kept_is_bounded(self):
        registry = RegistryInProcess()
        for number in range(MAX_CALLERS + 10):
            await registry.put(*document(number), f"caller {number}")
        await registry.put("long", "x" * (CALLER_BYTES + 1), "caller")
        gc.collect()
        assert len(registry._documents) == MAX_CALLERS
        assert await registry.get("long", "caller") is None


class TestInTheSharedStore:
    @needs_store
    async def test_nothing_is_left_of_displaced_documents(self, store, connect):
        import redis

        registry = SharedRegistry(connect(store))
        for number in range(CALLER_DOCUMENTS + 50):
            await registry.put(*document(number), "caller")
        with redis.Redis(port=store.port) as client:
            keys = list(client.scan_iter())
            assert len(keys) == CALLER_DOCUMENTS + 1
            assert all(client.ttl(key) > 0 for key in keys)

    @needs_store
    async def test_a_text_that_does_not_have_the_hash_is_not_used(self, store, connect):
        import redis

        with redis.Redis(port=store.port) as client:
            client.hset(f"attache:registered-document:{HASH}", "text", "{ viewer { subject } }")
        assert await SharedRegistry(connect(store)).get(HASH, "caller") is None


class TestOverHTTP:
    @pytest.mark.parametrize("shared", [False, pytest.param(True, marks=[needs_store, pytest.mark.process])])
    async def test_one_customer_can_not_evict_another_one_s_document(self, stripe, request, shared):
        url = SecretStr(request.getfixturevalue("store").url) if shared else None
        settings = Settings(sandbox=True, auth_secret=SecretStr("s" * 40), redis_url=url)
        asking = {name: bearer(settings, customer=f"cus_{name}", subject=name) for name in ("victim", "attacker")}
        async with Api(settings, stripe) as api:
            await api.http.post("/graphql", json=by_hash(query=QUERY), headers=asking["victim"])
            for number in range(CALLER_DOCUMENTS + 10):
                hash, text = document(number)
                await api.http.post("/graphql", json=by_hash(hash, query=text), headers=asking["attacker"])
            found = await api.http.post("/graphql", json=by_hash(), headers=asking["victim"])
            await api.service.aclose()
        assert found.json()["data"]


APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": HASH, "name": "Who", "type": "query", "body": QUERY}],
}
RELAY = {"0a1b2c": QUERY}
CODEGEN = {HASH: QUERY}


@pytest.fixture
def manifest(tmp_path):
    def manifest(content):
        file = tmp_path / "manifest.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        return file

    return manifest


class TestTrusted:
    @pytest.mark.parametrize(
        ("content", "request_body"),
        [
            (APOLLO, by_hash()),
            (APOLLO, by_hash(query=QUERY)),
            (APOLLO, {"query": QUERY}),
            (RELAY, {"documentId": "0a1b2c"}),
            (RELAY, {"id": "0a1b2c"}),
            (RELAY, {"doc_id": "0a1b2c"}),
            (CODEGEN, by_hash()),
            (CODEGEN, {"documentId": HASH}),
        ],
    )
    async def test_what_is_in_the_manifest_is_executed(self, stripe, manifest, content, request_body):
        async with Api(Settings(trusted_documents=manifest(content)), stripe) as api:
            assert (await api.http.post("/graphql", json=request_body)).json() == ANSWER

    @pytest.mark.parametrize(
        "request_body",
        [
            {"query": "{ viewer { subject } }"},
            {"query": QUERY + " "},
            by_hash("0" * 64),
            by_hash(sha256("{ viewer { subject } }"), query="{ viewer { subject } }"),
            by_hash(query="{ viewer { subject } }"),
            {"documentId": "nonsense"},
            {"documentId": HASH, "query": "{ viewer { subject } }"},
        ],
    )
    async def test_nothing_else_is(self, stripe, manifest, request_body):
        async with Api(Settings(trusted_documents=manifest(APOLLO)), stripe) as api:
            answer = (await api.http.post("/graphql", json=request_body)).json()
        assert "data" not in answer
        assert answer["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_IN_LIST"

    @pytest.mark.parametrize("content", ["{", "[]", "5", {"operations": 5}, {"operations": [{"id": 5}]}, {"a": 5}])
    def test_a_manifest_that_can_not_be_read_stops_the_start(self, manifest, content):
        with pytest.raises(SettingsError, match=r"^TRUSTED_DOCUMENTS: "):
            read_manifest(manifest(content))

    def test_a_file_that_is_not_there_stops_the_start(self, tmp_path):
        with pytest.raises(SettingsError, match=r"^TRUSTED_DOCUMENTS: "):
            read_manifest(tmp_path / "nothing")


class TestCheckManifest:
    def test_good_documents(self, manifest):
        done = command("check-manifest", str(manifest(APOLLO)))
        assert (done.returncode, done.stdout) == (0, "1 documents, all valid\n")

    def test_bad_ones_are_named_with_their_faults(self, manifest):
        deep = "{ viewer { customer { " + "defaultPaymentMethod { customer { " * 7 + "id" + " } }" * 7 + " } } }"
        done = command("check-manifest", str(manifest({"good": QUERY, "bad": "{ nonsense }", "deep": deep})))
        assert done.returncode == 1
        lines = done.stdout.splitlines()
        assert len(lines) == 2
        assert lines[0].startswith("bad: Cannot query field 'nonsense'")
        assert "MAX_DEPTH" in lines[1]

    def test_a_file_that_is_no_manifest(self, manifest):
        done = command("check-manifest", str(manifest("[]")))
        assert done.returncode == 2
        assert "TRUSTED_DOCUMENTS" in done.stderr
