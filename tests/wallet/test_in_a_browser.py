"""The wallet page in headless Chromium, against the real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.node_projects import run

FOLDER = Path(__file__).parent
STORIES = sorted(path.name for path in FOLDER.glob("*.test.mjs"))


@pytest.mark.parametrize("story", STORIES)
def test_story(chromium, project, service, story):
    ended = run("node", "--test", story, project=project, seconds=300, SERVICE=service, CHROMIUM=chromium)
    assert ended.returncode == 0, ended.stdout + ended.stderr
