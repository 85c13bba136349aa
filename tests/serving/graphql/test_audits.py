"""The public audits of GraphQL over HTTP, all of them, against the running server."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from quality.harness.processes import running
from quality.harness.tokens import bearer
from serving.settings.settings import Settings
from tests.support.node_projects import installed, run

PROJECT = Path(__file__).parents[2] / "audits"
SECRET = "0123456789abcdef0123456789abcdef"
PRODUCTION = {"STRIPE_SECRET_KEY": "rk_live_audited", "AUTH_SECRET": SECRET}


@pytest.mark.parametrize(
    ("variables", "headers"),
    [
        pytest.param({}, {}, id="sandbox"),
        pytest.param(
            PRODUCTION, bearer(Settings(sandbox=True, auth_secret=SecretStr(SECRET)), service=True), id="production"
        ),
    ],
)
def test_all_audits_pass(variables, headers, tmp_path, capsys):
    project = installed(PROJECT)
    with running("server.py", folder=tmp_path, **variables) as server:
        authorization = headers.get("Authorization", "")
        done = run("node", "audit.mjs", project=project, URL=f"{server.base}/graphql", AUTHORIZATION=authorization)
    with capsys.disabled():
        print(f"\nGraphQL over HTTP: {done.stdout.strip()}")
    assert (done.stdout, done.stderr) == ("61 of 61 passed\n", "")
