"""Work on shared folders that only one worker of a test run may do."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path


def make_once(mark: Path, version: str, make: Callable[[], None], *, lock: Path) -> None:
    """Call `make` unless the mark says that this version has been made. Another process waits, by the locked file."""
    with lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not (mark.is_file() and mark.read_text() == version):
            make()
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.write_text(version)
