"""Real GraphQL clients, each with the story of one wallet, against the running service over its sandbox."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import httpx
import pytest

from cli import main
from quality.harness.processes import running


@pytest.fixture
def tell(run_story, service):
    """Runs a client's story against the service."""

    def tell(story: str, base: str = service, **variables: str) -> None:
        ended = run_story(story, base, **variables)
        assert ended.returncode == 0, ended.stdout + ended.stderr

    return tell


@pytest.fixture
def start(tmp_path):
    """Starts a service for this test alone; its address."""
    with contextlib.ExitStack() as stack:

        def start(**settings: str) -> str:
            service = running("server.py", folder=tmp_path, ALLOW_ANONYMOUS="false", **settings)
            return stack.enter_context(service).base

        yield start


@pytest.fixture
def new_service(start):
    """The address of a service in which no document is registered."""
    return start()


@pytest.fixture
def trusting(token, start):
    """Starts a service that executes nothing but the documents of a manifest; its address."""

    def trusting(manifest: Path) -> str:
        base = start(TRUSTED_DOCUMENTS=str(manifest))
        query, headers = {"query": "{ viewer { kind } }"}, {"Authorization": f"Bearer {token}"}
        refused = httpx.post(f"{base}/graphql", json=query, headers=headers).json()
        assert refused["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_IN_LIST"
        return base

    return trusting


def test_apollo_client(tell, new_service):
    tell("apollo/apollo.test.mjs", new_service)


def test_apollo_client_by_a_manifest(tell, trusting, apollo_manifest):
    tell("apollo/trusted.test.mjs", trusting(apollo_manifest))


def test_urql(tell, new_service):
    tell("urql/urql.test.mjs", new_service)


@pytest.mark.usefixtures("relay_artifacts")
def test_relay(tell):
    tell("relay/relay.test.mjs", ARTIFACTS="relay")


def test_relay_by_persisted_documents(tell, trusting, relay_manifest):
    tell("relay/relay.test.mjs", trusting(relay_manifest), ARTIFACTS="relay-persisted")


def test_graphql_request(tell):
    tell("request/request.test.mjs")


@pytest.mark.usefixtures("codegen_manifest")
def test_graphql_codegen(tell):
    tell("typed/typed.test.mjs")


def test_graphql_codegen_by_persisted_documents(tell, trusting, codegen_manifest):
    tell("typed/typed.test.mjs", trusting(codegen_manifest), TRUSTED="yes")


@pytest.mark.process
@pytest.mark.parametrize("manifest", ["apollo_manifest", "codegen_manifest", "relay_manifest"])
def test_their_manifests_are_good(manifest, request, capsys):
    file = request.getfixturevalue(manifest)
    content = json.loads(file.read_text())
    assert main(["check-manifest", str(file)]) == 0
    assert capsys.readouterr().out == f"{len(content.get('operations', content))} documents, all valid\n"
