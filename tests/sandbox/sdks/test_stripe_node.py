"""Stripe's official Node SDK as the client, over a real socket."""

from pathlib import Path

import pytest

from tests.support.node_projects import installed, run

NODE = Path(__file__).parent / "node"


@pytest.mark.parametrize("story", sorted(path.name for path in NODE.glob("*.test.mjs")))
def test_story(address, story):
    done = run("node", "--test", story, project=installed(NODE), SANDBOX=address)
    assert done.returncode == 0, done.stdout + done.stderr
