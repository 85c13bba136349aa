"""Sends generated GraphQL operations to a service process with a shared sandbox."""

from __future__ import annotations

import os
import re

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from app import schema as service_schema
from quality.harness.processes import running
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA, AMARAS_DEFAULT, JENNY, JENNYS_CARD, UNATTACHED_CARD
from serving.settings.settings import Settings

CORE = service_schema._schema
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
SECRETS = re.compile(r"sk_test_|_secret_|request_log_url|Traceback|/site-packages/")
KNOWN_CODES = {
    "UNAUTHENTICATED",
    "FORBIDDEN",
    "BAD_USER_INPUT",
    "RATE_LIMITED",
    "UPSTREAM_UNAVAILABLE",
    "UPSTREAM_TIMEOUT",
    "INTERNAL",
    "PERSISTED_QUERY_NOT_FOUND",
}

INSTANTS = st.datetimes().map(lambda moment: moment.isoformat() + "Z")
schemathesis.graphql.scalar("JSON", st.just("{}").map(lambda _: nodes.Object(fields=[])))
schemathesis.graphql.scalar("DateTime", INSTANTS.map(nodes.String))


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with running("server.py", folder=tmp_path_factory.mktemp("logs")) as server:
        yield server


@pytest.fixture(scope="session")
def schema(server):
    return schemathesis.graphql.from_url(f"{server.base}/graphql")


def check_invariants(response: httpx.Response) -> None:
    """Check the invariants of all responses: no server error, no secret, and only known error codes."""
    assert response.status_code < 500, response.text
    text = response.text
    body = response.json()
    errors = body.get("errors", [])
    assert {error["extensions"]["code"] for error in errors} <= KNOWN_CODES, text
    assert "INTERNAL" not in {error["extensions"]["code"] for error in errors}, text
    secrets = SECRETS.findall(re.sub(r'"\w+":"(seti_\w+|pi_\w+|cuss)_secret_\w+"', "", text))
    assert not secrets, text


CALLERS = st.sampled_from(["anonymous", "customer", "service"])
IDS = st.sampled_from(
    [AMARA, JENNY, AMARAS_DEFAULT, JENNYS_CARD, UNATTACHED_CARD, "pm_card_visa", "seti_1", "pi_1", "pm_none"]
)


def headers(caller: str) -> dict[str, str]:
    known = Settings()
    if caller == "customer":
        return bearer(known, customer=AMARA)
    return bearer(known, service=True) if caller == "service" else {}


def test_generated_operations(schema, server):
    """Every root field, with generated arguments. Some strings are replaced by existing ids."""
    client = httpx.Client(base_url=server.base, timeout=30)
    results = [result.ok() for result in schema.get_all_operations()]
    assert len(results) == len(CORE.query_type.fields) + len(CORE.mutation_type.fields)

    for operation in results:

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), caller=CALLERS, id=IDS, replace=st.booleans())
        def check(case, caller, id, replace):
            query = case.body if isinstance(case.body, str) else case.body["query"]
            if replace:
                query = re.sub(r'(\w*[iI]ds?: \[?)"[^"\\]*"', lambda found: f'{found.group(1)}"{id}"', query)
            check_invariants(client.post("/graphql", json={"query": query}, headers=headers(caller)))

        check()
    client.close()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
MEMBERS = st.fixed_dictionaries(
    {},
    optional={
        "query": JSON | st.sampled_from(["{ viewer { kind } }", "query($x: ID!) { node(id: $x) { id } }", "{"]),
        "variables": JSON,
        "operationName": JSON,
        "extensions": JSON | st.fixed_dictionaries({"persistedQuery": JSON}),
        "documentId": JSON,
    },
)


def test_generated_bodies(server):
    """Arbitrary JSON values and arbitrary bytes as request bodies."""
    client = httpx.Client(base_url=server.base, timeout=30)

    @settings(max_examples=EXAMPLES * 10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(body=st.binary(max_size=200) | (MEMBERS | JSON).map(_encoded), accept=ACCEPTS, content_type=CONTENT_TYPES)
    def check(body, accept, content_type):
        sent = {"Accept": accept, "Content-Type": content_type}
        check_invariants(client.post("/graphql", content=body, headers=sent))

    check()
    client.close()


def _encoded(value):
    import json

    return json.dumps(value).encode(errors="surrogatepass")


PARAMETERS = ["query", "variables", "operationName", "extensions"]
ACCEPTS = st.sampled_from(["*/*", "application/json", "application/graphql-response+json", "text/plain", "", "x;q=y"])
CONTENT_TYPES = st.sampled_from(["application/json", "application/json; charset=utf-8", "text/plain", "x", ""])


def test_generated_query_strings(server):
    client = httpx.Client(base_url=server.base, timeout=30)

    @settings(max_examples=EXAMPLES * 4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(st.sampled_from(PARAMETERS), st.text(max_size=30)))
    def check(params):
        encodable = {name: value.encode(errors="replace").decode() for name, value in params.items()}
        check_invariants(client.get("/graphql", params=encodable, headers={"Accept": "application/json"}))

    check()
    client.close()


@pytest.fixture(scope="session", autouse=True)
def nothing_unexpected_is_logged(server):
    yield
    assert " ERROR " not in server.output()
