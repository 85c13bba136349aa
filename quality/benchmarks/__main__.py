"""The service and its peers side by side: `make benchmark`.

A whole run, of all workloads and servers, is written into docs/performance and the README; a part of it is printed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from quality.benchmarks import pages, report, servers, upstream
from quality.benchmarks.agreement import Disagreement
from quality.benchmarks.comparison import BRIEF, CURVE, Comparison, Schedule
from quality.benchmarks.figures import Summary
from quality.benchmarks.profiling import profile
from quality.benchmarks.report import Report
from quality.benchmarks.servers import SERVERS, SERVICE
from quality.benchmarks.upstream import MissingTool
from quality.benchmarks.workloads import COMPARED, CURVES, Curve, Workload
from quality.harness.processes import ROOT

PROFILES = ROOT / "profiles"
_PROFILE_SECONDS = 5
_STARTS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line says; the exit status."""
    options = _parser().parse_args(arguments)
    if options.render:
        pages.fill(Report.read(pages.RESULTS))
        return 0
    try:
        servers.install_peers()
        with tempfile.TemporaryDirectory(prefix="benchmarks-") as name, upstream.running(Path(name)) as answering:
            run = Comparison(answering, Path(name), say)
            return _profile(options, run) if options.profile else _measure(options, run)
    except (MissingTool, Disagreement) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m quality.benchmarks", description=__doc__)
    keys = [workload.key for workload in COMPARED] + [curve.name for curve in CURVES]
    parser.add_argument("--only", type=_list(keys), default=keys, metavar="W1,…", help=f"of {', '.join(keys)}")
    names = [server.name for server in SERVERS]
    parser.add_argument("--servers", type=_list(names), default=names, metavar="S,…", help=f"of {', '.join(names)}")
    parser.add_argument("--rounds", type=int, default=Schedule.rounds)
    parser.add_argument("--seconds", type=int, default=Schedule.seconds, help="of each round of each server")
    doing = parser.add_mutually_exclusive_group()
    doing.add_argument("--quick", action="store_true", help="do all answer alike, and does each measurement work?")
    doing.add_argument("--profile", action="store_true", help="flame graphs of the service, into profiles/")
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
    found: dict[str, dict[str, Summary]] = {}
    if options.quick:
        ends = [curve.workloads()[-1] for curve in _curves(options)]
        found |= run.proof([*_workloads(options), *ends], chosen)
    else:
        for workload in _workloads(options):
            found |= run.workload(workload, chosen, schedule)
        for curve in _curves(options):
            found |= run.curve(curve, chosen, CURVE)
    starts = run.start_up([SERVICE] if options.quick else chosen, runs=1 if options.quick else _STARTS)
    done = Report(found, starts, schedule, report.machine())
    tables = pages.markdown(done)
    print("All servers answer alike, and each measurement works." if options.quick else tables)
    _keep(options, done, run.folder / "plots")
    return _status(done)


def _workloads(options: argparse.Namespace) -> list[Workload]:
    return [workload for workload in COMPARED if workload.key in options.only]


def _curves(options: argparse.Namespace) -> list[Curve]:
    return [curve for curve in CURVES if curve.name in options.only]


def _keep(options: argparse.Namespace, done: Report, elsewhere: Path) -> None:
    """A whole run goes into the pages; of another the plots are drawn too, to see that they can be."""
    whole = not options.quick and len(done.results) == len(COMPARED) + sum(len(curve.points) for curve in CURVES)
    if not whole or len(options.servers) < len(SERVERS):
        pages.write(done, elsewhere)
        return
    pages.write(done)
    pages.fill(done)


def _status(done: Report) -> int:
    """Not 0 when any answer was wrong."""
    faulty = [f"{key} {name}" for key, all in done.results.items() for name, one in all.items() if one.faults]
    if faulty:
        print(f"Faults under load: {', '.join(faulty)}", file=sys.stderr)
    return 1 if faulty else 0


def _profile(options: argparse.Namespace, run: Comparison) -> int:
    PROFILES.mkdir(exist_ok=True)
    for workload in _workloads(options):
        path = PROFILES / f"{workload.key}.svg"
        profile(workload, run.upstream, run.folder, path, seconds=_PROFILE_SECONDS)
        print(path)
    return 0


def say(line: str) -> None:
    """Print progress."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
