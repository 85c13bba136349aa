"""Real GraphQL clients, each with the story of one wallet, against the running service over its sandbox."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from cli import main
from tests.processes import running


@pytest.fixture
def tell(told, token, tmp_path):
    """Tells a story to a service of its own; with `trusted`, to one that executes nothing but that manifest."""

    def tell(story: str, *, trusted: Path | None = None, **variables: str) -> None:
        settings = {"TRUSTED_DOCUMENTS": str(trusted)} if trusted is not None else {}
        with running("server.py", folder=tmp_path, ALLOW_ANONYMOUS="false", **settings) as service:
            if trusted is not None:
                headers = {"Authorization": f"Bearer {token}"}
                query = {"query": "{ viewer { kind } }"}
                refused = httpx.post(f"{service.base}/graphql", json=query, headers=headers).json()
                assert refused["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_IN_LIST"
            ended = told(story, service.base, **variables)
            assert ended.returncode == 0, ended.stdout + ended.stderr + service.output()

    return tell


def test_apollo_client(tell):
    tell("apollo/apollo.test.mjs")


def test_apollo_client_by_a_manifest(tell, apollo_manifest):
    tell("apollo/trusted.test.mjs", trusted=apollo_manifest)


def test_urql(tell):
    tell("urql/urql.test.mjs")


@pytest.mark.usefixtures("relay_artifacts")
def test_relay(tell):
    tell("relay/relay.test.mjs", ARTIFACTS="relay")


def test_relay_by_persisted_documents(tell, relay_manifest):
    tell("relay/relay.test.mjs", trusted=relay_manifest, ARTIFACTS="relay-persisted")


def test_graphql_request(tell):
    tell("request/request.test.mjs")


@pytest.mark.usefixtures("codegen_manifest")
def test_graphql_codegen(tell):
    tell("typed/typed.test.mjs")


def test_graphql_codegen_by_persisted_documents(tell, codegen_manifest):
    tell("typed/typed.test.mjs", trusted=codegen_manifest, TRUSTED="yes")


@pytest.mark.parametrize("manifest", ["apollo_manifest", "codegen_manifest", "relay_manifest"])
def test_their_manifests_are_good(manifest, request, capsys):
    file = request.getfixturevalue(manifest)
    content = json.loads(file.read_text())
    assert main(["check-manifest", str(file)]) == 0
    assert capsys.readouterr().out == f"{len(content.get('operations', content))} documents, all good\n"
