"""Runs server.py as it is, but says at SIGUSR1 how many tasks it has; a planted bug is imported first.

python -m quality.faults.observed nothing --port 8000
"""

from __future__ import annotations

import asyncio
import importlib
import signal
import sys
from types import FrameType

import cli


def _count(number: int, frame: FrameType | None) -> None:
    print(f"observed: {len(asyncio.all_tasks())} tasks", flush=True)


if __name__ == "__main__":
    planted, *arguments = sys.argv[1:]
    if planted != "nothing":
        importlib.import_module(f"quality.faults.planted.{planted}")
    signal.signal(signal.SIGUSR1, _count)
    sys.exit(cli.main(arguments))
