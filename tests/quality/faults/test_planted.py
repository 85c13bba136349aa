"""The planted bugs, and the groups that find them."""

from __future__ import annotations

from pathlib import Path

from quality.faults.__main__ import CONCERNS, FINDS, SHARES
from quality.faults.kinds import KINDS

PLANTED = Path(__file__).parents[3] / "quality/faults/planted"


def test_each_planted_bug_has_a_group():
    assert set(FINDS) == {found.stem for found in PLANTED.glob("[a-z]*.py")}
    assert set(FINDS.values()) <= set(SHARES)


def test_a_planted_bug_concerns_kinds_that_exist():
    assert set(CONCERNS) <= set(FINDS)
    assert all(any(part in kind for kind in KINDS) for part in CONCERNS.values())


def test_the_groups_share_all_scenarios():
    assert round(sum(SHARES.values()), 6) == 1
