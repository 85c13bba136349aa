"""Code on the clients' page is what their stories run: a marked block is the part of the files that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.processes import ROOT

PAGE = (ROOT / "docs/clients.md").read_text()
MARKED = re.compile(r"^<!-- ((?:[\w./-]+(?:#\w+)? ?)+) -->\n```\w+\n(.*?)^```", re.DOTALL | re.MULTILINE)
BLOCKS = MARKED.findall(PAGE)


def written(name: str) -> str:
    """A file's text, or that of one of its regions."""
    path, _, region = name.partition("#")
    text = Path(ROOT, path).read_text()
    if not region:
        return text
    found = re.search(rf"^// #region {region}\n(.*?)^// #endregion", text, re.DOTALL | re.MULTILINE)
    assert found, name
    return found.group(1)


def test_each_mark_has_its_block():
    assert len(BLOCKS) == PAGE.count("<!-- ") > 0


@pytest.mark.parametrize(("names", "shown"), BLOCKS, ids=[names for names, _ in BLOCKS])
def test_it_is_what_runs(names, shown):
    assert shown == "\n".join(map(written, names.split()))


def test_all_codes_of_faults_are_told():
    files = [ROOT / "operation_runner.py", *(ROOT / "serving").glob("*.py"), *(ROOT / "resolvers").glob("*.py")]
    code = re.compile(r'(?:code=|"code": |^[A-Z_]+ = )"([A-Z]+(?:_[A-Z]+)*)"', re.MULTILINE)
    raised = {found for file in files for found in code.findall(file.read_text())}
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE, re.MULTILINE)) == raised
