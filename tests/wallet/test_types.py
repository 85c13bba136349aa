"""The wallet page's types come from the schema: a change that breaks the page fails here."""

from __future__ import annotations

import shutil
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from quality.harness.processes import ROOT
from tests.support.node_projects import installed, run

SCHEMA = (ROOT / "schema.graphql").read_text(encoding="utf-8")
GENERATED = Path("src/wallet/graphql")


@pytest.fixture(scope="module")
def playground() -> Path:
    return installed(ROOT / "playground")


@pytest.fixture
def over(playground, tmp_path):
    """A copy of the pages over this schema."""

    def over(schema: str) -> Path:
        (tmp_path / "schema.graphql").write_text(schema, encoding="utf-8")
        copy = tmp_path / "playground"
        shutil.copytree(playground, copy, ignore=shutil.ignore_patterns("node_modules", "dist"))
        (copy / "node_modules").symlink_to(playground / "node_modules")
        return copy

    return over


def generated(project: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (project / GENERATED).iterdir()}


def check(project: Path) -> CompletedProcess[str]:
    """Types for the documents, and strict types of the code."""
    types = run("npm", "run", "codegen", project=project, seconds=120)
    return types if types.returncode else run("npm", "run", "check", project=project, seconds=120)


def test_generated_documents_are_current_and_all_types_hold(over):
    project = over(SCHEMA)
    before = generated(project)
    ended = check(project)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert generated(project) == before, "run `npm run codegen` in playground/"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        pytest.param("  displayLabel: String!", "  label: String!", "displayLabel", id="a field has another name"),
        pytest.param("  expMonth: Int!", "  expMonth: Int", "number | null", id="a field may be null"),
    ],
)
def test_a_breaking_change_of_the_schema_is_refused(over, old, new, complaint):
    assert old in SCHEMA
    ended = check(over(SCHEMA.replace(old, new)))
    assert ended.returncode != 0
    assert complaint in ended.stdout + ended.stderr
