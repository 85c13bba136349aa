"""The npm project of the clients: installed, its documents compiled, its stories told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from serving.settings.service_settings import Settings
from tests import missing
from tests.client_stories import builds
from tests.node_projects import installed, run
from tests.tokens import bearer
from tests.wallets import AMARA

PROJECT = Path(__file__).parent


@pytest.fixture(scope="session")
def token():
    """The token of the customer whose wallet the stories are about."""
    return bearer(Settings(), customer=AMARA)["Authorization"].removeprefix("Bearer ")


@pytest.fixture(scope="session")
def project():
    """The project, installed, where node is new enough for today's clients."""
    installed(PROJECT)
    version = run("node", "--version", project=PROJECT).stdout.strip()
    if int(version.removeprefix("v").split(".")[0]) < 20:
        pytest.skip(f"Node is {version}, and clients need 20: {missing.NODE}")
    return PROJECT


@pytest.fixture(scope="session")
def told(project, token) -> Callable[..., CompletedProcess[str]]:
    """Tells a story to the service at an address; how it ended."""

    def told(story: str, base: str, **variables: str) -> CompletedProcess[str]:
        return run("node", "--test", story, project=project, seconds=120, SERVICE=base, TOKEN=token, **variables)

    return told


@pytest.fixture(scope="session")
def apollo_manifest(project):
    """What Apollo's generator makes of the documents."""
    return _made(builds.apollo_manifest(project), project / "generated/apollo-manifest.json")


@pytest.fixture(scope="session")
def codegen_manifest(project):
    """What graphql-codegen makes of the documents, beside the types."""
    return _made(builds.types(project), project / "generated/gql/persisted-documents.json")


@pytest.fixture(scope="session")
def relay_artifacts(project):
    """What Relay's compiler makes of its own documents."""
    return _made(builds.relay(project), project / "generated/relay")


@pytest.fixture(scope="session")
def relay_manifest(project):
    """What Relay's compiler makes of them where their texts stay with the service."""
    return _made(builds.relay_persisted(project), project / "generated/relay-documents.json")


def _made(build: CompletedProcess[str], result: Path) -> Path:
    assert build.returncode == 0, build.stdout + build.stderr
    return result
