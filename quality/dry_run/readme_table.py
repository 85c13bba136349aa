"""The table "to do → touch" of README.md: which files a change of each kind touches."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

HEADER = re.compile(r"^\| to do \| touch(.*)\|$", re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Row:
    """A row: the paths that a change of this kind touches, and the targets that write further files.

    Paths in the table's header belong to every row. A path may contain `<name>`.
    """

    paths: frozenset[str]
    targets: tuple[str, ...]


def find_row(root: Path, to_do: str) -> Row:
    """The row of the table with this first cell. Raises LookupError if there is none."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    header = HEADER.search(readme)
    row = re.search(rf"^\| {re.escape(to_do)} \| (.+) \|$", readme, re.MULTILINE)
    if header is None or row is None:
        raise LookupError(f'README.md has no row "{to_do}" in a table "to do | touch"')
    words = CODE.findall(header[1]) + CODE.findall(row[1])
    targets = [word.removeprefix("make ") for word in words if word.startswith("make ")]
    return Row(frozenset(word for word in words if "/" in word or "." in word), tuple(targets))


def written_by(root: Path, target: str) -> frozenset[str]:
    """The files that a target of the Makefile redirects output to."""
    recipe = re.search(rf"^{target}:.*\n((?:\t.*\n?)+)", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    written = re.findall(r"> ?(\S+)$", recipe[1], re.MULTILINE) if recipe else []
    if not written:
        raise LookupError(f"`make {target}` in README.md writes no file")
    return frozenset(written)
