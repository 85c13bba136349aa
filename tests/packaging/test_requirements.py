"""Locks hold hashes and no addresses, and the image's name what pyproject.toml pins."""

import json
import re
import tomllib
from importlib.metadata import distributions

import pytest

from quality.harness.processes import ROOT

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

CONSTRAINTS = {entry.split(" ;")[0] for entry in PROJECT["tool"]["uv"]["constraint-dependencies"]}


def _locked(text):
    return set(re.findall(r"^([\w.-]+==[^\s;\\]+)", text, re.MULTILINE))


@pytest.fixture(params=PINS)
def lock(request):
    return request.param, (ROOT / request.param).read_text()


def test_every_direct_dependency_is_locked_as_it_is_pinned(lock):
    name, text = lock
    locked = _locked(text)
    pinned = {re.sub(r"\[.*?\]|;.*", "", dependency) for dependency in PINS[name]}
    assert pinned <= locked, f"run make requirements: {sorted(pinned - locked)}"


def test_uv_installs_the_versions_that_are_locked_for_the_image(lock):
    _, text = lock
    assert _locked(text) <= CONSTRAINTS, f"run make requirements: {sorted(_locked(text) - CONSTRAINTS)}"


def test_uv_installs_every_package_in_the_version_that_is_tested_here():
    installed = {f"{_normal(one.name)}=={one.version}" for one in distributions() if _normal(one.name) != "attache"}
    assert installed <= CONSTRAINTS, f"run make requirements: {sorted(installed - CONSTRAINTS)}"


def test_the_build_uses_the_same_versions():
    assert set(PROJECT["tool"]["uv"]["build-constraint-dependencies"]) <= CONSTRAINTS


def test_constraints_name_no_address():
    assert not [entry for entry in CONSTRAINTS if "://" in entry or "==" not in entry]


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


def _normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()
