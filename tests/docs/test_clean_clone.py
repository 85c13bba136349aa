"""The README word for word on a clean clone, where Python is and Node is not: each command and snippet, in order."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from quality.harness.processes import ROOT, environment, free_port
from tests.support import missing

UV = os.environ.get("UV") or shutil.which("uv")
CURL = shutil.which("curl")
START_SECONDS = 300
"""A first run may download Node."""

ADDRESS = "127.0.0.1:8000"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

pytestmark = [
    pytest.mark.skipif(UV is None, reason=missing.UV),
    pytest.mark.skipif(CURL is None, reason=missing.program("curl")),
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
    """An environment with a shell, uv and curl on its PATH; uv gets the address of Python."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, program in {"sh": "/bin/sh", "uv": UV, "curl": CURL}.items():
        (tools / name).symlink_to(os.path.realpath(str(program)))
    variables = environment(PATH=str(tools), UV_PYTHON=os.path.realpath(sys.executable))
    return {name: value for name, value in variables.items() if name != "VIRTUAL_ENV"}


@dataclass
class Newcomer:
    """Follows the README. What it has shown and no answer was compared with is in `results`."""

    folder: Path
    variables: dict[str, str]
    http: httpx.Client
    address: str
    results: list[Any]
    steps: list[str]

    def follow(self, kind: str, text: str) -> None:
        """Do what a block says, or compare what it shows with the results so far."""
        if kind == "json":
            assert self.results == [json.loads(text)]
            self.results = []
            return
        self.settle()
        getattr(self, f"_{kind or 'drawing'}")(text)
        self.steps.append(kind)

    def settle(self) -> None:
        """Results that the README doesn't show are at least without errors."""
        for result in self.results:
            assert not re.search(r'"errors?": [\[{](?!\])', json.dumps(result)), result
        self.results = []

    def _sh(self, text: str) -> None:
        if "pip install uv" in text:
            self._installation(text)
        elif "…" in text:
            self.shell(text.replace("rk_live_…", "rk_live_example").strip() + " check")
        else:
            self.results = results(self.shell(text))

    def _installation(self, text: str) -> None:
        """The service runs already, and uv is there; .ci/first_start.py tries these commands as they are."""
        commands = {line.partition("#")[0].rpartition("&& ")[2].strip() for line in text.splitlines()}
        assert commands <= {"uv run server.py", "uv run pytest"}
        if "uv run pytest" in commands:
            assert "test_readme.py" in self.shell("uv run pytest --collect-only -q tests/docs/test_readme.py")

    def _graphql(self, text: str) -> None:
        self.results = [self.http.post("/graphql", json={"query": text}).json()]

    def _python(self, text: str) -> None:
        assert text.strip() in (self.folder / "schema/payment_methods/card.py").read_text()

    def _drawing(self, text: str) -> None:
        for name in re.findall(r"[a-z_]+(?:\.py)?", text.partition("HTTP")[0]):
            assert name in ("commands", "composition", "with", "in", "process") or self._exists(name), name

    def _exists(self, name: str) -> bool:
        return (self.folder / name).exists() or (self.folder / f"{name}.py").exists()

    def shell(self, text: str) -> str:
        """Run a script and return its standard output."""
        done = subprocess.run(
            ["sh", "-e", "-c", text.replace(ADDRESS, self.address)],
            cwd=self.folder,
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, (text, done.stderr, done.stdout)
        return done.stdout


def results(text: str) -> list[Any]:
    """The JSON values in what commands have shown one after the other; none in other text."""
    found = []
    while text.startswith("{"):
        value, end = json.JSONDecoder().raw_decode(text)
        found.append(value)
        text = text[end:].lstrip()
    return found


def start_command(readme: str) -> str:
    """The README's first command, without what installs uv."""
    first = BLOCK.search(readme)
    assert first is not None
    install, _, command = first[2].splitlines()[0].partition("#")[0].strip().partition(" && ")
    assert install == "pip install uv"
    return command


def test_everything_in_it_works_in_order(clone, without_node, tmp_path):
    readme = (clone / "README.md").read_text()
    address = f"127.0.0.1:{free_port()}"
    with (tmp_path / "log").open("w") as log:
        command = ["sh", "-c", f"exec {start_command(readme)} --port {address.rpartition(':')[2]}"]
        server = subprocess.Popen(command, cwd=clone, env=without_node, stdout=log, stderr=log)
    try:
        with httpx.Client(base_url=f"http://{address}", timeout=30) as http:
            _wait_for(http, server, tmp_path / "log")
            _see_the_pages(http, readme)
            newcomer = Newcomer(clone, without_node, http, address, [], [])
            for kind, text in BLOCK.findall(readme):
                newcomer.follow(kind, text)
            newcomer.settle()
    finally:
        server.terminate()
        server.wait(30)
    assert {"sh", "graphql", "python", ""} == set(newcomer.steps)
    _inline_commands_exist(readme)


def _see_the_pages(http: httpx.Client, readme: str) -> None:
    """Each address in the text, and the playground's script."""
    for path in set(re.findall(rf"<http://{ADDRESS}(/\S*)>", readme)):
        assert http.get(path, headers={"Accept": "text/html"}).status_code == 200, path
    page = http.get("/graphql", headers={"Accept": "text/html"})
    script = re.search(r'src="\./(playground/[^"]+\.js)"', page.text)
    assert script is not None, page.text
    assert http.get(f"/{script[1]}").status_code == 200


def _inline_commands_exist(readme: str) -> None:
    """Commands in the text: the Makefile has their targets, and the clone has their modules."""
    prose = BLOCK.sub("", readme)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)`", prose)) <= targets
    modules = re.findall(r"`uv run (?:python -m )?([\w.]+)", prose)
    assert {"pytest", "sandbox", "server.py"} == set(modules)


def _wait_for(http: httpx.Client, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            if http.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail(f"the service did not start:\n{log.read_text()}")
