"""A change to the project, as a list of edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Insertion:
    """Text that goes before the first occurrence of `before` in a file."""

    path: str
    before: str
    text: str

    def apply(self, root: Path) -> None:
        """Raises LookupError if the file has no such place."""
        file = root / self.path
        content = file.read_text(encoding="utf-8")
        if self.before not in content:
            raise LookupError(f"{self.path} has no {self.before!r}: choose another place in quality/dry_run/changes.py")
        file.write_text(content.replace(self.before, self.text + self.before, 1), encoding="utf-8")


@dataclass(frozen=True)
class Change:
    """One change. `row` is the first cell of its row in README.md, `name` replaces `<name>` in the row's paths.

    `proof` is a test of the new behaviour. `tests` are the project's own tests of such a change. `release` is Python
    that gives Stripe's package what it will have once Stripe releases the feature.
    """

    row: str
    name: str
    insertions: tuple[Insertion, ...]
    proof: str
    tests: tuple[str, ...]
    new_files: Mapping[str, str] = field(default_factory=dict)
    release: str = ""

    def apply(self, root: Path) -> None:
        """Write the change below the root, with its line in the changelog."""
        for path, text in self.new_files.items():
            (root / path).write_text(text, encoding="utf-8")
        for insertion in self.insertions:
            insertion.apply(root)
        Insertion("CHANGELOG.md", "\n### Changed\n", f"- `{self.name}`.\n").apply(root)
