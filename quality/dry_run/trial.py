"""Applies changes to a copy of the project, runs the generators and tests there, and reports which files changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence, Set
from pathlib import Path

from quality.dry_run.change import Change
from quality.dry_run.readme_table import find_row, written_by

ROOT = Path(__file__).resolve().parents[2]
GENERATORS = ("schema", "settings")
PROOF = "tests/test_dry_run_{}.py"


class TrialFailed(Exception):
    """A change fails its tests, or touches other files than README.md names."""


def difference(changed: Set[str], named: Set[str]) -> str | None:
    """The difference between the changed files and those that README.md names, or None if there is none."""
    if missing := sorted(changed - named):
        return f"These files changed, and README.md does not name them: {', '.join(missing)}"
    if unchanged := sorted(named - changed):
        return f"README.md names these files, and they did not change: {', '.join(unchanged)}"
    return None


class Trial:
    """A copy of the project in an empty folder, whose staged files are the baseline of changes."""

    def __init__(self, folder: Path) -> None:
        self._root = folder / "project"
        self._releases = folder / "releases"
        self._copy()

    def run(self, changes: Sequence[Change]) -> None:
        """Apply the changes and compare the files with the README's. Raises TrialFailed if they differ."""
        rows = [find_row(self._root, change.row) for change in changes]
        for change in changes:
            change.apply(self._root)
        self._run("make", *GENERATORS)
        changed = self._changed()
        generated = {target: written_by(self._root, target) for row in rows for target in row.targets}
        named = {
            path.replace("<name>", change.name) for change, row in zip(changes, rows, strict=True) for path in row.paths
        }
        if wrong := difference(changed.difference(*generated.values()), named):
            raise TrialFailed(wrong)
        if unused := sorted(target for target, files in generated.items() if not changed & files):
            raise TrialFailed(f"README.md names make {' and '.join(unused)}, which changed nothing")

    def test(self, changes: Sequence[Change]) -> None:
        """Run the proofs of the changes and the project's own tests of them. Raises TrialFailed if one fails."""
        self._releases.mkdir()
        tests = {test: None for change in changes for test in change.tests}
        for change in changes:
            proof = PROOF.format(change.name)
            (self._root / proof).write_text(change.proof, encoding="utf-8")
            tests[proof] = None
        (self._releases / "stripe_releases.py").write_text("\n".join(change.release for change in changes))
        self._run(
            sys.executable, "-m", "pytest", "-q", "-n0", "-p", "stripe_releases", "-p", "no:cacheprovider", *tests
        )
        for change in changes:
            (self._root / PROOF.format(change.name)).unlink()

    def lint(self) -> None:
        """Run the fast checks of `make check`. Raises TrialFailed if one fails."""
        self._run(sys.executable, "-m", "ruff", "check", "--quiet", ".")
        self._run(sys.executable, "-m", "ruff", "format", "--quiet", "--check", ".")
        self._run("lint-imports")
        self._run(sys.executable, "-m", "quality.plain_english")

    def _copy(self) -> None:
        """Copy all tracked and untracked files that git does not ignore, and stage them."""
        listed = ("git", "ls-files", "--cached", "--others", "--exclude-standard")
        for name in subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines():
            if (ROOT / name).is_file():
                (self._root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self._root / name)
        self._run("git", "init", "--quiet")
        self._run("git", "add", "--all")

    def _changed(self) -> set[str]:
        changed = self._run("git", "diff", "--name-only")
        added = self._run("git", "ls-files", "--others", "--exclude-standard")
        return {*changed.splitlines(), *added.splitlines()}

    def _run(self, *command: str) -> str:
        """The output of a command in the copy, with this environment's packages. Raises TrialFailed if it fails."""
        done = subprocess.run(command, cwd=self._root, env=self._environment(), capture_output=True, text=True)
        if done.returncode:
            raise TrialFailed(f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
        return done.stdout

    def _environment(self) -> dict[str, str]:
        scripts = Path(sys.executable).parent
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTEST_"))}
        return inherited | {
            "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self._releases),
            "UV_NO_SYNC": "1",
            "UV_PROJECT_ENVIRONMENT": sys.prefix,
        }
