"""A run's results, stored as JSON and printed as tables."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

import msgspec

from quality.benchmarks.comparison import Schedule
from quality.benchmarks.figures import Summary, significant
from quality.benchmarks.servers import PEERS, SERVERS, SERVICE, node
from quality.benchmarks.targets import fastest_node_peer, ratio_to, targets
from quality.benchmarks.workloads import COMPARED, CURVES, Curve, Workload
from quality.harness.processes import ROOT

TITLES = {server.name: server.title for server in SERVERS}
NOTHING = "–"
_MET = {True: "met", False: "missed", None: "not measured"}


@dataclass(frozen=True)
class Report:
    """The results of a run: summaries by workload key and server name, and start-up seconds by server name.

    `failed` has the errors of failed measurements.
    """

    results: dict[str, dict[str, Summary]]
    start_up: dict[str, list[float]]
    schedule: Schedule
    machine: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Write the report as JSON."""
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n")

    @classmethod
    def read(cls, path: Path) -> Report:
        """Read a file that `write` created."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def compared(self) -> list[Workload]:
        """The workloads that were measured."""
        return [workload for workload in COMPARED if workload.key in self.results]

    def curves(self) -> list[Curve]:
        """The curves of which all points were measured."""
        return [curve for curve in CURVES if all(one.key in self.results for one in curve.workloads())]


def machine() -> dict[str, str]:
    """The date, the machine, and the versions of the measured software."""
    peers: Mapping[str, str] = json.loads((PEERS / "package.json").read_text())["dependencies"]
    return {
        "when": datetime.now(UTC).strftime("%Y-%m-%d"),
        "commit": _output("git", "rev-parse", "--short", "HEAD"),
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "Linux": platform.release(),
        "Python": platform.python_version(),
        "Node": _output(str(node()), "--version").lstrip("v"),
        **{name: version(name) for name in ("uvicorn", "strawberry-graphql", "httpx", "aiohttp")},
        **peers,
    }


def _processor() -> str:
    match = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return match.group(1) if match else platform.machine()


def _output(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def about(report: Report) -> str:
    """A summary of the machine and the method."""
    schedule, machine = report.schedule, ", ".join(f"{name} {value}" for name, value in report.machine.items())
    rounds = "One round" if schedule.rounds == 1 else f"Medians of {schedule.rounds} rounds"
    interference = max(
        (one.interference for results in report.results.values() for one in results.values()), default=0.0
    )
    others = f"Other programs used at most {interference:.0%} of the servers' core"
    failed = "".join(f" {name} could not be measured: {error}." for name, error in report.failed.items())
    return f"{rounds} of {schedule.seconds} seconds for each server, alternating. {others}. {machine}.{failed}"


# --- Tables ---------------------------------------------------------------------------------------------------------


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table. All columns except the first are right-aligned."""
    line = "|" + "|".join(["---", *("--:" for _ in heads[1:])]) + "|"
    return "\n".join([_row(heads), line, *map(_row, rows)])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def headline(report: Report) -> str:
    """The table of the README."""
    shown = {key: head for key, head in _HEADLINES.items() if key in report.results}
    names = [server.name for server in SERVERS if all(server.name in report.results[key] for key in shown)]
    rows = [[TITLES[name], *(f"{report.results[key][name].per_second:,.0f}" for key in shown)] for name in names]
    return table(["requests per second, one core", *shown.values()], rows if shown else [])


_HEADLINES = {
    "W1": "attach",
    "W2": "list of 100",
    "W3": "wallet screen",
    "W1slow": "attach, Stripe 50 ms away",
}


def target_table(report: Report) -> str:
    """The targets and whether the service meets them."""
    rows = []
    for target in targets(report.results, report.start_up):
        measured = "" if target.measured is None else f"{significant(target.measured, 3):g} {target.unit}"
        rows.append((target.about, target.bounds, measured, _MET[target.met]))
    return table(("target", "bound", "measured", ""), rows)


def ratio_table(report: Report) -> str:
    """The service's ratio to the bare proxy, to Apollo and to the fastest Node peer, by workload."""
    rows = []
    for workload in report.compared():
        best = fastest_node_peer(report.results, workload.key)
        results = [ratio_to(report.results, workload.key, other) for other in ("floor", "apollo", best)]
        shown = (NOTHING if one is None else f"{one:.2f}×" for one in results)
        rows.append((workload.key, *shown, TITLES.get(best or "", NOTHING)))
    return table(("workload", "÷ the floor", "÷ Apollo", "÷ the fastest Node peer", "fastest Node peer"), rows)


def workload_tables(report: Report) -> str:
    """A section for each workload."""
    return "\n\n".join(f"### {_title(one)}\n\n{workload_table(report, one)}" for one in report.compared())


def _title(workload: Workload) -> str:
    return f"{workload.key}: {workload.title}, {workload.connections} connections"


def workload_table(report: Report, workload: Workload) -> str:
    """All servers under one workload. The last column is the utilization of the core of load generator and upstream."""
    heads = ("server", "requests/s", "from-to", "CPU µs", "p50 ms", "p99 ms", "MiB", "by a plan", "other core")
    rows = [
        (
            TITLES.get(name, name),
            f"{results.per_second:,.0f}",
            f"{results.lowest:,.0f}-{results.highest:,.0f}",
            f"{results.cpu_us:,.0f}",
            f"{results.p50_ms:,.1f}",
            f"{results.p99_ms:,.1f}",
            f"{results.rss_mib:,.0f}",
            NOTHING if results.plan_hits is None else f"{results.plan_hits:.1%}",
            f"{results.load_core:.0%}",
        )
        for name, results in report.results[workload.key].items()
    ]
    return table(heads, rows) + _faults(report.results[workload.key])


def _faults(results: Mapping[str, Summary]) -> str:
    lines = [f"- {TITLES.get(name, name)}: {summary.faults[0]}" for name, summary in results.items() if summary.faults]
    return "\n\nFaults under load:\n\n" + "\n".join(lines) if lines else ""


def start_table(report: Report) -> str:
    """The start-up times."""
    rows = [
        (TITLES.get(name, name), f"{median(results):.2f}", f"{min(results):.2f}-{max(results):.2f}")
        for name, results in report.start_up.items()
    ]
    return table(("server", "seconds", "from-to"), rows)


def curve_table(report: Report, curve: Curve) -> str:
    """The service at each point of a curve."""
    points = [(x, report.results[one.key][SERVICE.name]) for x, one in curve.points]
    rows = [
        (
            f"{x:,}",
            f"{y.per_second:,.0f}",
            f"{y.cpu_us:,.0f}",
            f"{y.p50_ms:,.1f}",
            f"{y.p99_ms:,.1f}",
            f"{y.rss_mib:,.0f}",
        )
        for x, y in points
    ]
    return table((curve.axis, "requests/s", "CPU µs", "p50 ms", "p99 ms", "MiB"), rows)
