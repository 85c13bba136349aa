"""Runs the service with an optional planted bug, and prints the number of asyncio tasks on SIGUSR1.

python -m quality.faults.instrumented_server no-bug --port 8000
"""

from __future__ import annotations

import asyncio
import importlib
import signal
import sys
from types import FrameType

import cli


def _print_tasks(number: int, frame: FrameType | None) -> None:
    print(f"tasks: {len(asyncio.all_tasks())}", flush=True)


if __name__ == "__main__":
    planted, *arguments = sys.argv[1:]
    if planted != "no-bug":
        importlib.import_module(f"quality.faults.planted.{planted}")
    signal.signal(signal.SIGUSR1, _print_tasks)
    sys.exit(cli.main(arguments))
