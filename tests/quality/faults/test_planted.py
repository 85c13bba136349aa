"""The planted bugs, and the groups that find them."""

from __future__ import annotations

from pathlib import Path

from quality.faults.__main__ import OPERATION_FILTERS, PLANTED_BUGS, SHARES
from quality.faults.operations import OPERATIONS

PLANTED = Path(__file__).parents[3] / "quality/faults/planted"


def test_each_planted_bug_has_a_group():
    assert set(PLANTED_BUGS) == {found.stem for found in PLANTED.glob("[a-z]*.py")}
    assert set(PLANTED_BUGS.values()) <= set(SHARES)


def test_a_planted_bug_concerns_kinds_that_exist():
    assert set(OPERATION_FILTERS) <= set(PLANTED_BUGS)
    assert all(any(part in kind for kind in OPERATIONS) for part in OPERATION_FILTERS.values())


def test_the_groups_share_all_scenarios():
    assert round(sum(SHARES.values()), 6) == 1
