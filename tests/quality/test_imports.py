"""Tools share code with tests through quality.harness, and never import tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from quality.harness.processes import ROOT


def imported(tree: ast.Module) -> Iterator[str]:
    """The modules that a module imports, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def imports_of_tests(folder: Path) -> list[str]:
    return [
        f"{path.name}: {module}"
        for path in sorted(folder.rglob("*.py"))
        for module in imported(ast.parse(path.read_text()))
        if module.partition(".")[0] == "tests"
    ]


def test_tools_do_not_import_tests():
    assert len(list((ROOT / "quality").rglob("*.py"))) > 50
    assert imports_of_tests(ROOT / "quality") == []


@pytest.mark.parametrize("line", ["import tests", "import tests.conftest", "from tests.support import clock"])
def test_an_import_of_tests_is_found(tmp_path, line):
    (tmp_path / "tool.py").write_text(f"def run():\n    {line}\n")
    assert len(imports_of_tests(tmp_path)) == 1
