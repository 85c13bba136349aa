"""The playground and the start page in headless Chromium, against the real server."""

from __future__ import annotations

import os
import re
from pathlib import Path

import httpx
import pytest

from quality.harness.processes import running
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA
from serving.settings.settings import Settings
from tests.support.node_projects import run

ORIGINS = "HTTP://Shop.Test:80 http://other.test:3000 http://bücher.test capacitor://localhost"
FOLDER = Path(__file__).parent


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """The addresses of three services: the default one, one that shows less, and one for pages of other origins."""
    folder = tmp_path_factory.mktemp("services")
    with (
        running("server.py", folder=folder) as service,
        running("server.py", folder=folder, INTROSPECTION="false", SHOW_CALLS="false") as reticent,
        running("server.py", folder=folder, CORS_ORIGINS=ORIGINS, CORS_HEADERS="X-More") as shop,
    ):
        yield {"SERVICE": service.base, "RETICENT": reticent.base, "SHOP": shop.base}


@pytest.fixture
def addresses(started):
    """The same, each sandbox as it was at the start."""
    for base in started.values():
        httpx.post(f"{base}/_sandbox/reset").raise_for_status()
    return started


@pytest.mark.parametrize("story", sorted(path.name for path in FOLDER.glob("*.test.mjs")))
def test_story(chromium, project, addresses, tmp_path, story, record_property):
    token = bearer(Settings(), customer=AMARA)["Authorization"].removeprefix("Bearer ")
    picture = os.environ.get("PICTURE", str(tmp_path / "playground.png"))
    variables = {**addresses, "CHROMIUM": chromium, "TOKEN": token, "PICTURE": picture}
    ended = run("node", "--test", story, project=project, seconds=300, **variables)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for figure in re.findall(r"editor ready after \d+ ms", ended.stdout):
        print(figure)
        record_property("figure", figure)
