"""The README's command on a clean clone, where Python is and Node is not: it ends with a working playground."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests import missing
from tests.processes import ROOT, environment, free_port

UV = os.environ.get("UV") or shutil.which("uv")
PATIENCE = 300
"""Seconds: on a first run Node itself is among what is downloaded."""

pytestmark = [
    pytest.mark.skipif(UV is None, reason=missing.UV),
    pytest.mark.skipif(not (ROOT / ".git").exists() or not shutil.which("git"), reason=missing.CLONE),
    pytest.mark.skipif(not (ROOT / "playground/dist").exists(), reason=missing.PLAYGROUND),
]


@pytest.fixture
def clone(tmp_path):
    """The files of the repository as they are here, and nothing that was made from them."""
    listed = subprocess.check_output(["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, text=True)
    folder = tmp_path / "clone"
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


@pytest.fixture
def without_node(tmp_path):
    """An environment where nothing is found but a shell; uv is told of Python."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "sh").symlink_to("/bin/sh")
    variables = environment(PATH=str(tools), UV_PYTHON=os.path.realpath(sys.executable))
    return {name: value for name, value in variables.items() if name != "VIRTUAL_ENV"}


def test_it_serves_the_playground(clone, without_node, tmp_path):
    port = free_port()
    with (tmp_path / "log").open("w") as log:
        command = [str(UV), "run", "server.py", "--port", str(port)]
        server = subprocess.Popen(command, cwd=clone, env=without_node, stdout=log, stderr=log)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as http:
            _wait_for(http, server, tmp_path / "log")
            page = http.get("/graphql", headers={"Accept": "text/html"})
            script = re.search(r'src="\./(playground/[^"]+\.js)"', page.text)
            assert script is not None, page.text
            assert http.get(f"/{script[1]}").status_code == 200
            answer = http.post("/graphql", json={"query": "{ viewer { kind } }"})
            assert answer.json()["data"] == {"viewer": {"kind": "ANONYMOUS"}}
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(http: httpx.Client, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        try:
            if http.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail(f"the service did not start:\n{log.read_text()}")
