"""Locks hold hashes and no addresses, and the image's name what pyproject.toml pins."""

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
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PINS = {
    "requirements.txt": PROJECT["project"]["dependencies"],
    "playground/requirements.txt": PROJECT["dependency-groups"]["node"],
    "docker/sbom-requirements.txt": PROJECT["dependency-groups"]["sbom"],
}


@pytest.fixture(params=PINS)
def lock(request):
    return request.param, (ROOT / request.param).read_text()


def test_every_direct_dependency_is_locked_as_it_is_pinned(lock):
    name, text = lock
    locked = set(re.findall(r"^([\w.-]+==[^\s;\\]+)", text, re.MULTILINE))
    pinned = {re.sub(r"\[.*?\]|;.*", "", dependency) for dependency in PINS[name]}
    assert pinned <= locked, f"run make requirements: {sorted(pinned - locked)}"


def test_every_entry_has_a_hash(lock):
    _, text = lock
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert not [entry.split("=")[0] for entry in entries if "--hash=sha256:" not in entry]


def test_it_names_no_address(lock):
    _, text = lock
    assert "://" not in text


@pytest.mark.parametrize("file", NPM_LOCKS, ids=lambda file: str(file.parent.relative_to(ROOT)))
def test_npm_s_lock_has_hashes_and_names_no_address(file):
    packages = json.loads(file.read_text())["packages"]
    locked = {path: package for path, package in packages.items() if path}
    assert locked
    assert not [path for path, package in locked.items() if "integrity" not in package or "resolved" in package]
