"""The planted bugs of live wallets, and the number of replicas over which they are found."""

from pathlib import Path

from quality.truth.__main__ import PLANTED_BUGS

PLANTED = Path(__file__).parents[3] / "quality/faults/planted/truth"


def test_each_planted_bug_is_run():
    assert set(PLANTED_BUGS) == {f"truth.{found.stem}" for found in PLANTED.glob("[a-z]*.py")}
    assert set(PLANTED_BUGS.values()) <= {1, 2}
