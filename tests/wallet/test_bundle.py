"""The size of what the wallet page loads."""

from __future__ import annotations

import re

import pytest

from quality.harness.processes import ROOT
from tests.support import missing

DIST = ROOT / "playground/dist"

MOST_SCRIPT = 110_000
MOST_STYLE = 6_000
"""In bytes, compressed. playground/src/wallet/README.md says what they consist of."""


@pytest.mark.parametrize(("suffix", "most"), [("js", MOST_SCRIPT), ("css", MOST_STYLE)])
def test_the_page_loads_little(suffix, most):
    if not (DIST / "wallet.html").is_file():
        pytest.skip(missing.PLAYGROUND)
    files = re.findall(rf'"\./(playground/[^"]+\.{suffix})"', (DIST / "wallet.html").read_text(encoding="utf-8"))
    assert files
    assert sum((DIST / f"{file}.gz").stat().st_size for file in files) <= most
