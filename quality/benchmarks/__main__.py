"""`make benchmark`: measures the service and its peers.

A complete run writes its results into docs/performance and the README. A partial run prints them.
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
from quality.benchmarks.commit_comparison import WORKLOADS, checked_out, comparison, with_known_fields_only
from quality.benchmarks.comparison import CURVE, QUICK, Comparison, Results, Schedule
from quality.benchmarks.equal_responses import ResponseMismatch
from quality.benchmarks.load import LoadFailed
from quality.benchmarks.profiling import profile
from quality.benchmarks.report import Report
from quality.benchmarks.servers import FLOOR, SERVERS, SERVICE, Backends, Server
from quality.benchmarks.upstream import MissingTool
from quality.benchmarks.workloads import COMPARED, CURVES, Curve, Workload
from quality.harness.processes import ROOT

PROFILES = ROOT / "profiles"
_PROFILE_SECONDS = 5
_STARTS = 3
_REPEAT_SECONDS = 7 * 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns the exit status."""
    options = _parser().parse_args(arguments)
    if options.render:
        pages.fill(Report.read(pages.RESULTS))
        return 0
    try:
        servers.install_peers()
        with _running_backends() as backends:
            return _select_command(options)(
                options, Comparison(backends, print_progress, time.perf_counter() + _REPEAT_SECONDS)
            )
    except (MissingTool, ResponseMismatch) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2


@contextlib.contextmanager
def _running_backends() -> Iterator[Backends]:
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        folder = Path(name)
        peer_data.write(folder)
        with upstream.running(folder) as upstream_server, store.running(folder) as url:
            yield Backends(upstream_server, url, folder)


def _select_command(options: argparse.Namespace) -> Callable[[argparse.Namespace, Comparison], int]:
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
    parser.add_argument("--seconds", type=int, default=Schedule.seconds, help="duration of each round of each server")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="only check that all servers return the same data, and that each measurement works",
    )
    commands = parser.add_mutually_exclusive_group()
    commands.add_argument("--profile", action="store_true", help="write flame graphs of the service to profiles/")
    commands.add_argument(
        "--against", metavar="COMMIT", help=f"compare with another commit: {', '.join(WORKLOADS)}, start-up"
    )
    commands.add_argument("--render", action="store_true", help="write the stored results into the pages again")
    return parser


def _list(known: Sequence[str]) -> Callable[[str], list[str]]:
    """A parser of comma-separated words. It rejects words that are not in `known`."""

    def read(text: str) -> list[str]:
        words = text.split(",")
        unknown = sorted(set(words) - set(known))
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}")
        return words

    return read


def _measure(options: argparse.Namespace, run: Comparison) -> int:
    chosen = [server for server in SERVERS if server.name in options.servers]
    schedule = QUICK if options.quick else Schedule(options.rounds, options.seconds)
    results, failed = collect(
        _smoke_tests(options, run, chosen) if options.quick else _runs(options, run, chosen, schedule)
    )
    starting, times = ([SERVICE], 1) if options.quick else (chosen, _STARTS)
    starts, not_started = collect({"start-up": partial(run.start_up, starting, runs=times)})
    failed |= not_started
    done = Report(results, starts, schedule, report.machine(), failed)
    tables = pages.markdown(done)
    print("Each measurement works." if options.quick else tables)
    _write_results(options, done, run.backends.folder / "plots")
    return _status(done)


T = TypeVar("T")


def _runs(
    options: argparse.Namespace, run: Comparison, chosen: Sequence[Server], schedule: Schedule
) -> Mapping[str, Callable[[], Results]]:
    compared = {one.key: partial(run.workload, one, chosen, schedule) for one in _workloads(options)}
    return {**compared, **{one.name: partial(run.curve, one, chosen, CURVE) for one in _curves(options)}}


def _smoke_tests(
    options: argparse.Namespace, run: Comparison, chosen: Sequence[Server]
) -> Mapping[str, Callable[[], Results]]:
    tested = [*_workloads(options), *(curve.workloads()[-1] for curve in _curves(options))]
    groups: dict[str, list[Workload]] = {}
    for workload in tested:
        groups.setdefault(repr(workload.setting), []).append(workload)
    return {", ".join(one.key for one in group): partial(run.smoke_test, group, chosen) for group in groups.values()}


def collect(steps: Mapping[str, Callable[[], dict[str, T]]]) -> tuple[dict[str, T], dict[str, str]]:
    """Run all steps. Returns the results, and the errors by step: a failed step does not end a long run."""
    results: dict[str, T] = {}
    failed: dict[str, str] = {}
    for name, step in steps.items():
        try:
            results |= step()
        except (ResponseMismatch, LoadFailed, RuntimeError, httpx.HTTPError) as error:
            failed[name] = str(error)[:2000]
            print_progress(f"{name} FAILED: {failed[name]}")
    return results, failed


def _compare_commits(options: argparse.Namespace, run: Comparison) -> int:
    """Compare the service at this commit with another commit, in alternating rounds, together with the floor."""
    schedule = QUICK if options.quick else Schedule(options.rounds, options.seconds)
    with checked_out(options.against, run.backends.folder) as other:
        chosen = [FLOOR, SERVICE, other]
        results: Results = {}
        for workload in (one for one in COMPARED if one.key in WORKLOADS):
            selected = replace(
                with_known_fields_only(workload, other.folder), servers=tuple(server.name for server in chosen)
            )
            results |= run.workload(selected, chosen, schedule)
        done = Report(results, run.start_up([SERVICE, other], runs=_STARTS), schedule, report.machine())
    print(comparison(done, other), report.workload_tables(done), sep="\n\n")
    return _status(done)


def _workloads(options: argparse.Namespace) -> list[Workload]:
    return [workload for workload in COMPARED if workload.key in options.only]


def _curves(options: argparse.Namespace) -> list[Curve]:
    return [curve for curve in CURVES if curve.name in options.only]


def _write_results(options: argparse.Namespace, done: Report, draft_folder: Path) -> None:
    """Write a complete run into the pages. A partial run only draws plots in `draft_folder`, as a test."""
    everything = len(options.only) == len(COMPARED) + len(CURVES) and len(options.servers) == len(SERVERS)
    if options.quick or not everything:
        pages.write(done, draft_folder)
        return
    pages.write(done)
    pages.fill(done)


def _status(done: Report) -> int:
    """Returns 1 if a measurement failed or a response was wrong."""
    faulty = [f"{key} {name}" for key, all in done.results.items() for name, one in all.items() if one.faults]
    if faulty or done.failed:
        print(f"Failed: {', '.join([*done.failed, *faulty])}", file=sys.stderr)
    return 1 if faulty or done.failed else 0


def _profile(options: argparse.Namespace, run: Comparison) -> int:
    PROFILES.mkdir(exist_ok=True)
    for workload in _workloads(options):
        path = PROFILES / f"{workload.key}.svg"
        profile(workload, run.backends, path, seconds=_PROFILE_SECONDS)
        print(path)
    return 0


def print_progress(line: str) -> None:
    """Print progress."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
