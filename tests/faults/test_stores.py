"""The planted bugs of the shared store, and the trials that find them."""

from __future__ import annotations

from pathlib import Path

from faults.stores import FINDS, TRIALS

PLANTED = Path(__file__).parent.parent.parent / "faults" / "planted" / "stores"


def test_each_planted_bug_has_a_trial():
    modules = {f"stores.{found.stem}" for found in PLANTED.glob("[a-z]*.py")}
    assert set(FINDS) == modules
    assert set(FINDS.values()) <= set(TRIALS)
