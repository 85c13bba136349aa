"""The image's lock names what the project depends on, with hashes and without addresses."""

import re
import tomllib

from tests.processes import ROOT

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
