"""The files that the Makefile and CI name."""

import re

import pytest

from quality.harness.processes import ROOT

NAMING = [ROOT / "Makefile", ROOT / ".ci/run"]
PATH = re.compile(r"(?<![\w/.])(?:tests|quality)/[\w/]+(?:\.py)?")


@pytest.mark.parametrize("file", NAMING, ids=lambda file: file.name)
def test_every_named_path_of_tests_and_tools_exists(file):
    assert [path for path in PATH.findall(file.read_text()) if not (ROOT / path).exists()] == []
