"""Locks hold hashes and no addresses, and the image's names what the project depends on."""

import json
import re
import tomllib

import pytest

from tests.processes import ROOT

NPM_LOCKS = [
    file
    for depth in ("*", "*/*", "*/*/*")
    for file in sorted(ROOT.glob(f"{depth}/package-lock.json"))
    if "node_modules" not in file.parts
]
LOCK = (ROOT / "requirements.txt").read_text()


def test_every_direct_dependency_is_locked_as_it_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = set(re.findall(r"^([\w.-]+==[^\s;\\]+)", LOCK, re.MULTILINE))
    pinned = {re.sub(r"\[.*?\]", "", dependency) for dependency in project["dependencies"]}
    assert pinned <= locked, f"run make requirements: {sorted(pinned - locked)}"


def test_every_entry_has_a_hash():
    entries = re.split(r"^(?=[\w.-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert entries
    assert not [entry.split("=")[0] for entry in entries if "--hash=sha256:" not in entry]


def test_it_names_no_address():
    assert "://" not in LOCK


@pytest.mark.parametrize("file", NPM_LOCKS, ids=lambda file: str(file.parent.relative_to(ROOT)))
def test_npm_s_lock_has_hashes_and_names_no_address(file):
    packages = json.loads(file.read_text())["packages"]
    locked = {path: package for path, package in packages.items() if path}
    assert locked
    assert not [path for path, package in locked.items() if "integrity" not in package or "resolved" in package]
