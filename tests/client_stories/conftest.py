"""The npm project of the clients: installed, its documents compiled, its stories run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import httpx
import pytest

from quality.harness.processes import running
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA
from serving.settings.settings import Settings
from tests.client_stories import builds
from tests.support import missing
from tests.support.node_projects import installed, run
from tests.support.workers import make_once

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
def started(tmp_path_factory) -> Iterator[str]:
    """The address of a service that takes customers' tokens alone."""
    with running("server.py", folder=tmp_path_factory.mktemp("service"), ALLOW_ANONYMOUS="false") as service:
        yield service.base


@pytest.fixture
def service(started) -> str:
    """Its address, the sandbox as it was at the start."""
    httpx.post(f"{started}/_sandbox/reset").raise_for_status()
    return started


@pytest.fixture(scope="session")
def run_story(project, token) -> Callable[..., CompletedProcess[str]]:
    """Tells a story to the service at an address; how it ended."""

    def run_story(story: str, base: str, **variables: str) -> CompletedProcess[str]:
        variables = {"SERVICE": base, "TOKEN": token, **variables}
        return run("node", "--test", story, project=project, seconds=60, **variables)

    return run_story


@pytest.fixture(scope="session")
def made(project, testrun_uid) -> Callable[..., Path]:
    """Runs a build once in a test run, by whichever worker needs it first; the file that it makes."""

    def made(build: Callable[[Path], CompletedProcess[str]], config: str, result: str) -> Path:
        def make() -> None:
            ended = build(project)
            assert ended.returncode == 0, ended.stdout + ended.stderr

        make_once(project / "generated" / f".{config}", testrun_uid, make, lock=project / config)
        return project / "generated" / result

    return made


@pytest.fixture(scope="session")
def apollo_manifest(made):
    """The output of Apollo's generator."""
    return made(builds.apollo_manifest, "persisted-query-manifest.config.json", "apollo-manifest.json")


@pytest.fixture(scope="session")
def codegen_manifest(made):
    """The output of graphql-codegen, in addition to the types."""
    return made(builds.types, "codegen.json", "gql/persisted-documents.json")


@pytest.fixture(scope="session")
def relay_artifacts(made):
    """The output of Relay's compiler."""
    return made(builds.relay, "relay.config.json", "relay")


@pytest.fixture(scope="session")
def relay_manifest(made):
    """The output of Relay's compiler for persisted documents."""
    return made(builds.relay_persisted, "relay.persisted.config.json", "relay-documents.json")
