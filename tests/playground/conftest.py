"""Headless Chromium, and the npm project that drives it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from quality.harness.processes import ROOT
from tests.support import missing
from tests.support.node_projects import installed

FOLDER = Path(__file__).parent


@pytest.fixture(scope="module")
def chromium():
    """Where the browser is."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip(missing.program("Chromium", "chromium"))
    if not (ROOT / "playground" / "dist" / "index.html").is_file():
        pytest.skip(missing.PLAYGROUND)
    return found


@pytest.fixture(scope="module")
def project():
    return installed(FOLDER)
