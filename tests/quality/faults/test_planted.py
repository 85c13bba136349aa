"""The planted bugs, and the groups that find them."""

from __future__ import annotations

from pathlib import Path

from quality.faults.__main__ import FINDS, SHARES

PLANTED = Path(__file__).parents[3] / "quality/faults/planted"


def test_each_planted_bug_has_a_group():
    assert set(FINDS) == {found.stem for found in PLANTED.glob("[a-z]*.py")}
    assert set(FINDS.values()) <= set(SHARES)


def test_the_groups_share_all_scenarios():
    assert round(sum(SHARES.values()), 6) == 1
