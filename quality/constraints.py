"""Writes the version of every package that CI tests into pyproject.toml, so that `uv run` installs the same ones.

uv's own lock file holds registry addresses, and is not committed. Constraints hold names and versions alone.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "pyproject.toml"
BLOCK = re.compile(r"(?<=^constraint-dependencies = \[\n).*?(?=^\]\n)", re.MULTILINE | re.DOTALL)
EXPORT = ("uv", "export", "--quiet", "--all-groups", "--no-hashes", "--no-header", "--no-annotate", "--no-emit-project")


def write(entries: list[str]) -> None:
    """Replace the constraints in pyproject.toml."""
    lines = "".join(f'    "{entry}",\n' for entry in entries)
    PROJECT.write_text(BLOCK.sub(lambda _: lines, PROJECT.read_text(), count=1))


def locked() -> list[str]:
    """The packages of all dependency groups as uv resolves them now, with their environment markers."""
    return subprocess.run(EXPORT, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()


def main() -> int:
    """Resolve all packages again within the direct pins, and write the result."""
    write([])
    subprocess.run(("uv", "lock", "--quiet", "--upgrade"), cwd=ROOT, check=True)
    write(locked())
    return 0


if __name__ == "__main__":
    sys.exit(main())
