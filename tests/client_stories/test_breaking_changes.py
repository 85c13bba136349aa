"""A breaking change of the schema makes the clients' stories fail: their compilers refuse it, their requests do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from gql import GraphQLRequest
from gql.transport.exceptions import TransportQueryError

from quality.harness.processes import running
from tests.client_stories import builds
from tests.client_stories.documents import DOCUMENTS, SCHEMA
from tests.client_stories.gql_wallet import make_client

RENAMED_FIELD = ("  displayLabel: String!", "  label: String!")
RENAMED_MUTATION = ("  detachPaymentMethod(\n", "  removePaymentMethod(\n")
RENAMED_MEMBER = ("input DetachPaymentMethodInput {", "input DetachPaymentMethodInput {\n  reason: String!\n")
LEFT_UNION = (" | SepaDebit | ", " | ")
MAY_BE_NULL = ("  message: String!", "  message: String")


@pytest.fixture
def changed(project, tmp_path):
    """Makes a copy of the project over a schema in which something has changed."""

    def changed(old: str, new: str) -> Path:
        assert old in SCHEMA
        (tmp_path / "schema.graphql").write_text(SCHEMA.replace(old, new))
        copy = tmp_path / "tests/client_stories"
        shutil.copytree(project, copy, ignore=shutil.ignore_patterns("node_modules", "generated"))
        (copy / "node_modules").symlink_to(project / "node_modules")
        return copy

    return changed


@pytest.mark.parametrize("build", [builds.types, builds.relay], ids=["graphql-codegen", "Relay"])
@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        pytest.param(RENAMED_FIELD, "displayLabel", id="a field has another name"),
        pytest.param(RENAMED_MUTATION, "detachPaymentMethod", id="a mutation has another name"),
        pytest.param(LEFT_UNION, "SepaDebit", id="a type has left a union"),
    ],
)
def test_their_compilers_notice(build, change, complaint, changed):
    ended = build(changed(*change))
    assert ended.returncode != 0
    assert complaint in ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        pytest.param(RENAMED_MEMBER, "'reason' is missing", id="an input asks for more"),
        pytest.param(MAY_BE_NULL, "not assignable to type 'string'", id="a field may be null"),
    ],
)
def test_strict_types_notice(change, complaint, changed):
    ended = builds.types(changed(*change))
    assert ended.returncode != 0
    assert complaint in ended.stdout


@pytest.fixture(scope="module")
def renamed(tmp_path_factory):
    """The service with a field renamed, while the clients have what they compiled before."""
    folder = tmp_path_factory.mktemp("renamed")
    with running("-m", "tests.client_stories.renamed", folder=folder, ALLOW_ANONYMOUS="false") as service:
        yield service.base


@pytest.mark.usefixtures("codegen_manifest", "relay_artifacts")
@pytest.mark.parametrize("client", ["apollo", "urql", "relay", "request", "typed"])
def test_their_stories_fail(client, run_story, renamed):
    ended = run_story(f"{client}/{client}.test.mjs", renamed, ARTIFACTS="relay")
    assert ended.returncode == 1
    assert "Cannot query field 'displayLabel' on type 'PaymentMethod'" in ended.stdout


async def test_the_story_of_gql_fails(renamed, token):
    async with make_client(f"{renamed}/graphql", token, SCHEMA) as session:
        with pytest.raises(TransportQueryError, match="Cannot query field 'displayLabel'"):
            await session.execute(GraphQLRequest(DOCUMENTS["Wallet"], variable_values={"first": 6}))
