"""The planted bugs of the shared store, and the trials that find each."""

from __future__ import annotations

from pathlib import Path

from quality.faults.stores.trials import PLANTED_BUGS, TRIALS

PLANTED = Path(__file__).parents[3] / "quality/faults/planted" / "stores"


def test_each_trial_finds_a_planted_bug():
    modules = {f"stores.{found.stem}" for found in PLANTED.glob("[a-z]*.py")}
    assert set(PLANTED_BUGS) == modules
    assert set(PLANTED_BUGS.values()) == set(TRIALS)
