"""`python -m quality.truth`: runs seeded histories of wallets, and reports the consistency violations.

python -m quality.truth --histories 3000 --seed 7
python -m quality.truth --histories 100 --replicas 2        over two replicas that share a store, in real time
python -m quality.truth --planted truth.own_write_keeps_generation    run with a planted bug, which must be found
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from quality.truth.workers import run_worlds

if TYPE_CHECKING:
    from quality.truth.run import Result

PER_WORLD = 10
"""Histories that share an in-process replica."""

SHARE_IN_PROCESS = 2 / 3
ATTEMPTS = 8
"""The number of runs, each with a new seed, after which a planted bug counts as not found."""

PLANTED_BUGS = {
    "truth.generation_after_fetch": 1,
    "truth.own_write_keeps_generation": 1,
    "truth.joins_earlier_flight": 1,
    "truth.key_without_parameters": 1,
    "truth.counted_generations": 1,
    "truth.seen_before_evicting": 1,
    "truth.no_previous_customer": 1,
    "truth.result_without_check": 1,
}
"""The planted bugs, and the number of replicas with which the histories must find each."""


def main() -> int:
    """Run and report. Returns 0 if there is no violation; with a planted bug, 0 if there is one."""
    options = _options()
    if options.list_planted:
        print(*PLANTED_BUGS)
        return 0
    violations = _run(options)
    for attempt in range(2, ATTEMPTS + 1):
        if violations or not options.planted:
            break
        options.seed = f"{options.seed}.{attempt}"
        violations = _run(options)
    for violation in violations[: options.show]:
        print(f"\nVIOLATION in {violation[:2000]}")
    print(f"\n{len(violations)} violations")
    return int(bool(violations) is not bool(options.planted))


def _run(options: argparse.Namespace) -> list[str]:
    """Run the histories of a seed. Returns the violations."""
    violations: list[str] = []
    for replicas, first, last in _parts(options):
        started = time.monotonic()
        run = _run_in_process if replicas == 1 else _run_over_replicas
        found = run(options, range(first, last))
        violations += found.violations
        counts = ", ".join(f"{number} {name}" for name, number in found.counts.items())
        seconds = time.monotonic() - started
        print(f"{replicas} replica(s): {len(found.violations)} violations after {seconds:.0f} s; {counts}", flush=True)
    return violations


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m quality.truth", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--histories", type=int, default=300, help="number of histories (300)")
    parser.add_argument("--seed", default="1", help="seed of the histories (1)")
    parser.add_argument(
        "--replicas",
        type=int,
        choices=(1, 2),
        help="number of replicas (by default, two thirds of the histories use one)",
    )
    parser.add_argument("--planted", choices=PLANTED_BUGS, help="run with a bug from quality/faults/planted/truth")
    parser.add_argument("--list-planted", action="store_true", help="print the names of the planted bugs")
    parser.add_argument(
        "--only", type=int, help="run only the histories that share an in-process replica with this one"
    )
    parser.add_argument("--show", type=int, default=10, help="number of violations to print (10)")
    options = parser.parse_args()
    options.replicas = options.replicas or PLANTED_BUGS.get(options.planted)
    return options


def _parts(options: argparse.Namespace) -> Sequence[tuple[int, int, int]]:
    """Ranges of histories: the number of replicas, the first history, and the end of the range."""
    total: int = options.histories
    if options.only is not None:
        first = options.only - options.only % PER_WORLD
        return [(1, first, first + PER_WORLD)]
    if options.replicas is not None:
        return [(options.replicas, 0, total)]
    in_process = round(total * SHARE_IN_PROCESS / PER_WORLD) * PER_WORLD
    return [(1, 0, in_process), (2, in_process, total)]


def _run_in_process(options: argparse.Namespace, numbers: range) -> Result:
    worlds = [numbers[start : start + PER_WORLD] for start in range(0, len(numbers), PER_WORLD)]
    first, *others = run_worlds(options.seed, worlds, options.planted)
    for other in others:
        first.add(other)
    return first


def _run_over_replicas(options: argparse.Namespace, numbers: range) -> Result:
    from quality.truth.replicas import run_replicas

    return run_replicas(options.seed, numbers, options.planted)


if __name__ == "__main__":
    sys.exit(main())
