"""Code on the clients' page is what their stories run: a marked block is the part of the files that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from quality.harness.processes import ROOT
from serving.graphql.error_codes import ErrorCode

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


def test_the_page_lists_every_code_of_a_top_level_error():
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE, re.MULTILINE)) == set(ErrorCode)


def test_no_other_code_is_written_in_the_source():
    files = [ROOT / "operation_runner.py", *(ROOT / "serving").rglob("*.py"), *(ROOT / "resolvers").rglob("*.py")]
    written_codes = {code for file in files for code in re.findall(r'(?:code=|"code": )"([A-Z_]+)"', file.read_text())}
    assert written_codes <= set(ErrorCode)
