"""`python -m quality.dry_run` tries every change in a separate copy, or only the changes of the given rows."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from quality.dry_run.change import Change
from quality.dry_run.changes import CHANGES
from quality.dry_run.trial import Trial, TrialFailed


def problem(change: Change) -> str | None:
    """The reason why a change fails, or None if it works and touches the files that README.md names."""
    with tempfile.TemporaryDirectory(prefix="attache-dry-run-") as folder:
        try:
            trial = Trial(Path(folder))
            trial.run([change])
            trial.lint()
            trial.test([change])
        except (TrialFailed, LookupError) as error:
            return str(error)
    return None


def main(rows: Sequence[str]) -> int:
    """Print the result of each change. Returns 1 if one fails."""
    changes = [change for change in CHANGES if not rows or change.row in rows]
    with ThreadPoolExecutor(max_workers=2) as pool:
        problems = list(pool.map(problem, changes))
    for change, found in zip(changes, problems, strict=True):
        print(f"{change.row}: {found or 'touches the files that README.md names, and works'}")
    return int(any(problems))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
