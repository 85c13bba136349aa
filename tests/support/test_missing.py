"""Every reason for a skipped test says what is missing and, after a colon, what to do."""

from __future__ import annotations

import ast

import pytest

from quality.harness.processes import ROOT
from tests.support import missing

REASONS = [value for value in vars(missing).values() if isinstance(value, str) and " " in value][1:]


def reasons(tree: ast.Module) -> list[ast.expr]:
    """The arguments of pytest.skip, and the reasons of pytest.mark.skipif."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    skips = [call.args[0] for call in calls if ast.unparse(call.func) == "pytest.skip"]
    marks = [call for call in calls if ast.unparse(call.func) == "pytest.mark.skipif"]
    return [*skips, *(word.value for call in marks for word in call.keywords if word.arg == "reason")]


@pytest.mark.parametrize("reason", [*REASONS, missing.program("nginx")])
def test_it_says_what_to_do(reason):
    what, _, advice = reason.partition(": ")
    assert "isn't" in what or "aren't" in what
    assert advice


def test_tests_are_skipped_for_no_other_reason():
    found = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        if path.name not in ("missing.py", "test_missing.py") and "node_modules" not in path.parts:
            found += [(path.name, ast.unparse(reason)) for reason in reasons(ast.parse(path.read_text()))]
    assert len(found) > 10
    assert not [one for one in found if "missing." not in one[1] and ": " not in one[1] and "MISSING" not in one[1]]
