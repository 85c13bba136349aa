"""The service and its peers side by side: `make benchmark`.

A whole run, of all workloads and servers, is written into docs/performance and the README; a part of it is printed.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import httpx

from quality.benchmarks import pages, peer_data, report, servers, store, upstream
from quality.benchmarks.against import WORKLOADS, checked_out, comparison, known_fields
from quality.benchmarks.agreement import Disagreement
from quality.benchmarks.comparison import BRIEF, CURVE, Comparison, Results, Schedule
from quality.benchmarks.load import LoadFailed
from quality.benchmarks.profiling import profile
from quality.benchmarks.report import Report
from quality.benchmarks.servers import FLOOR, SERVERS, SERVICE, Server, Surroundings
from quality.benchmarks.upstream import MissingTool
from quality.benchmarks.workloads import COMPARED, CURVES, Curve, Workload
from quality.harness.processes import ROOT

PROFILES = ROOT / "profiles"
_PROFILE_SECONDS = 5
_STARTS = 3
_REPEAT_SECONDS = 7 * 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line says; the exit status."""
    options = _parser().parse_args(arguments)
    if options.render:
        pages.fill(Report.read(pages.RESULTS))
        return 0
    try:
        servers.install_peers()
        with _surroundings() as surroundings:
            return _act(options)(options, Comparison(surroundings, say, time.perf_counter() + _REPEAT_SECONDS))
    except (MissingTool, Disagreement) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2


@contextlib.contextmanager
def _surroundings() -> Iterator[Surroundings]:
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        folder = Path(name)
        peer_data.write(folder)
        with upstream.running(folder) as answering, store.running(folder) as url:
            yield Surroundings(answering, url, folder)


def _act(options: argparse.Namespace) -> Callable[[argparse.Namespace, Comparison], int]:
    if options.against:
        return _compare_commits
    return _profile if options.profile else _measure


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m quality.benchmarks", description=__doc__)
    keys = [workload.key for workload in COMPARED] + [curve.name for curve in CURVES]
    parser.add_argument("--only", type=_list(keys), default=keys, metavar="W1,…", help=f"of {', '.join(keys)}")
    names = [server.name for server in SERVERS]
    parser.add_argument("--servers", type=_list(names), default=names, metavar="S,…", help=f"of {', '.join(names)}")
    parser.add_argument("--rounds", type=int, default=Schedule.rounds)
    parser.add_argument("--seconds", type=int, default=Schedule.seconds, help="of each round of each server")
    parser.add_argument("--quick", action="store_true", help="do all answer alike, and does each measurement work?")
    doing = parser.add_mutually_exclusive_group()
    doing.add_argument("--profile", action="store_true", help="flame graphs of the service, into profiles/")
    doing.add_argument("--against", metavar="COMMIT", help=f"this commit and another: {', '.join(WORKLOADS)}, start")
    doing.add_argument("--render", action="store_true", help="write the kept results into the pages once more")
    return parser


def _list(known: Sequence[str]) -> Callable[[str], list[str]]:
    """Reads an argument of words, commas between them, each of which is known."""

    def read(text: str) -> list[str]:
        words = text.split(",")
        unknown = sorted(set(words) - set(known))
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}")
        return words

    return read


def _measure(options: argparse.Namespace, run: Comparison) -> int:
    chosen = [server for server in SERVERS if server.name in options.servers]
    schedule = BRIEF if options.quick else Schedule(options.rounds, options.seconds)
    found, failed = collect(_proofs(options, run, chosen) if options.quick else _runs(options, run, chosen, schedule))
    starting, times = ([SERVICE], 1) if options.quick else (chosen, _STARTS)
    starts, not_started = collect({"start-up": partial(run.start_up, starting, runs=times)})
    failed |= not_started
    done = Report(found, starts, schedule, report.machine(), failed)
    tables = pages.markdown(done)
    print("Each measurement was tried." if options.quick else tables)
    _keep(options, done, run.surroundings.folder / "plots")
    return _status(done)


Found = TypeVar("Found")


def _runs(
    options: argparse.Namespace, run: Comparison, chosen: Sequence[Server], schedule: Schedule
) -> Mapping[str, Callable[[], Results]]:
    compared = {one.key: partial(run.workload, one, chosen, schedule) for one in _workloads(options)}
    return {**compared, **{one.name: partial(run.curve, one, chosen, CURVE) for one in _curves(options)}}


def _proofs(
    options: argparse.Namespace, run: Comparison, chosen: Sequence[Server]
) -> Mapping[str, Callable[[], Results]]:
    proven = [*_workloads(options), *(curve.workloads()[-1] for curve in _curves(options))]
    groups: dict[str, list[Workload]] = {}
    for workload in proven:
        groups.setdefault(repr(workload.setting), []).append(workload)
    return {", ".join(one.key for one in group): partial(run.proof, group, chosen) for group in groups.values()}


def collect(steps: Mapping[str, Callable[[], dict[str, Found]]]) -> tuple[dict[str, Found], dict[str, str]]:
    """The results of all steps, and the errors of those that failed: one of them does not end a long run."""
    found: dict[str, Found] = {}
    failed: dict[str, str] = {}
    for name, step in steps.items():
        try:
            found |= step()
        except (Disagreement, LoadFailed, RuntimeError, httpx.HTTPError) as error:
            failed[name] = str(error)[:2000]
            say(f"{name} FAILED: {failed[name]}")
    return found, failed


def _compare_commits(options: argparse.Namespace, run: Comparison) -> int:
    """The service at this commit and another, over the same upstream in alternating rounds, with the floor."""
    schedule = BRIEF if options.quick else Schedule(options.rounds, options.seconds)
    with checked_out(options.against, run.surroundings.folder) as other:
        chosen = [FLOOR, SERVICE, other]
        found: Results = {}
        for workload in (one for one in COMPARED if one.key in WORKLOADS):
            asked = replace(known_fields(workload, other.folder), servers=tuple(server.name for server in chosen))
            found |= run.workload(asked, chosen, schedule)
        done = Report(found, run.start_up([SERVICE, other], runs=_STARTS), schedule, report.machine())
    print(comparison(done, other), report.workload_tables(done), sep="\n\n")
    return _status(done)


def _workloads(options: argparse.Namespace) -> list[Workload]:
    return [workload for workload in COMPARED if workload.key in options.only]


def _curves(options: argparse.Namespace) -> list[Curve]:
    return [curve for curve in CURVES if curve.name in options.only]


def _keep(options: argparse.Namespace, done: Report, elsewhere: Path) -> None:
    """A whole run goes into the pages; of another the plots are drawn too, to see that they can be."""
    everything = len(options.only) == len(COMPARED) + len(CURVES) and len(options.servers) == len(SERVERS)
    if options.quick or not everything:
        pages.write(done, elsewhere)
        return
    pages.write(done)
    pages.fill(done)


def _status(done: Report) -> int:
    """Not 0 when a measurement failed, or any answer was wrong."""
    faulty = [f"{key} {name}" for key, all in done.results.items() for name, one in all.items() if one.faults]
    if faulty or done.failed:
        print(f"Failed: {', '.join([*done.failed, *faulty])}", file=sys.stderr)
    return 1 if faulty or done.failed else 0


def _profile(options: argparse.Namespace, run: Comparison) -> int:
    PROFILES.mkdir(exist_ok=True)
    for workload in _workloads(options):
        path = PROFILES / f"{workload.key}.svg"
        profile(workload, run.surroundings, path, seconds=_PROFILE_SECONDS)
        print(path)
    return 0


def say(line: str) -> None:
    """Print progress."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
