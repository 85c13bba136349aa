"""Stripe's official Node SDK as the client, over a real socket."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

NODE = Path(__file__).parent / "node"


@pytest.fixture(scope="module")
def project() -> Path:
    """The Node project, its one dependency installed."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("Node and npm are needed for Stripe's Node SDK")
    if not _is_installed():
        install = subprocess.run(["npm", "ci"], cwd=NODE, capture_output=True, text=True, timeout=120)
        if install.returncode:
            pytest.skip(f"npm could not install Stripe's Node SDK: {install.stderr[-300:]}")
    return NODE


def _is_installed() -> bool:
    installed = NODE / "node_modules" / "stripe" / "package.json"
    wanted = json.loads((NODE / "package.json").read_text())["dependencies"]["stripe"]
    return installed.is_file() and json.loads(installed.read_text())["version"] == wanted


@pytest.mark.parametrize("story", sorted(path.name for path in NODE.glob("*.test.mjs")))
def test_story(project, address, story):
    command = ["node", "--test", story]
    environment = {**os.environ, "SANDBOX": address}
    run = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stdout + run.stderr
