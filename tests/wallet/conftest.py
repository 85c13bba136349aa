"""Headless Chromium, the npm project that drives it, and the service whose wallet page it opens."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from quality.harness.processes import ROOT, running
from tests.playground.conftest import chromium as chromium
from tests.support import missing
from tests.support.node_projects import installed

FOLDER = Path(__file__).parent


@pytest.fixture(scope="module")
def project() -> Path:
    return installed(FOLDER)


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """The address of a service over its sandbox."""
    if not (ROOT / "playground/dist/wallet.html").is_file():
        pytest.skip(missing.PLAYGROUND)
    with running("server.py", folder=tmp_path_factory.mktemp("service")) as service:
        yield service.base


@pytest.fixture
def service(started) -> str:
    """Its address, the sandbox as it was at the start."""
    httpx.post(f"{started}/_sandbox/reset").raise_for_status()
    return started
