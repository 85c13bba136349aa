"""Runs worlds in virtual time, in one process per core. This module must not import anything that reads clocks."""

from __future__ import annotations

import concurrent.futures
import importlib
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from quality.harness import virtual_time

if TYPE_CHECKING:
    from quality.truth.run import Result


def run_worlds(seed: str, worlds: Sequence[Sequence[int]], planted: str | None) -> Iterator[Result]:
    """Run a world for each list of history numbers. Yields the results in order."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count(), context, _prepare, (planted,)) as pool:
        yield from pool.map(_run_world, [seed] * len(worlds), worlds)


def _prepare(planted: str | None) -> None:
    virtual_time.replace_clocks()
    if planted is not None:
        importlib.import_module(f"quality.faults.planted.{planted}")


def _run_world(seed: str, numbers: Sequence[int]) -> Result:
    # The import must follow the replacement of the clocks.
    from quality.truth.in_process import run_world

    return run_world(seed, numbers)
