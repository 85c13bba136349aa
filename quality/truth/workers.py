"""Processes that run worlds in virtual time, one on each core. This module imports nothing that keeps a clock."""

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
    """The results of the worlds, each of which has the histories with the given numbers."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count(), context, _prepare, (planted,)) as pool:
        yield from pool.map(_run_world, [seed] * len(worlds), worlds)


def _prepare(planted: str | None) -> None:
    virtual_time.replace_clocks()
    if planted is not None:
        importlib.import_module(f"quality.faults.planted.{planted}")


def _run_world(seed: str, numbers: Sequence[int]) -> Result:
    # Imported after the clocks were replaced.
    from quality.truth.in_process import run_world

    return run_world(seed, numbers)
