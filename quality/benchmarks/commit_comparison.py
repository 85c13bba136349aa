"""Compares the service at this commit with another commit in one run."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from graphql import REMOVE, FieldNode, TypeInfo, TypeInfoVisitor, Visitor, build_schema, parse, print_ast, visit

from quality.benchmarks.figures import ratio
from quality.benchmarks.report import Report, table
from quality.benchmarks.servers import SERVICE, Server
from quality.benchmarks.workloads import Workload
from quality.harness.processes import ROOT
from quality.harness.processes import environment as own_environment

WORKLOADS = ("W1", "W2", "W3")
"""The workloads of the comparison, which also covers memory and start-up."""


@contextlib.contextmanager
def checked_out(commit: str, folder: Path) -> Iterator[Server]:
    """Check out the commit into a temporary worktree with its own virtual environment."""
    place = folder / "other"
    _run("git", "worktree", "add", "--quiet", "--detach", str(place), commit, folder=ROOT)
    try:
        _run("uv", "sync", "--quiet", "--no-default-groups", folder=place)
        python = str(place / ".venv/bin/python")
        yield Server(
            commit, f"Attaché at {commit}", (python, "server.py"), readiness="/readyz", is_service=True, folder=place
        )
    finally:
        _run("git", "worktree", "remove", "--force", str(place), folder=ROOT)


def with_known_fields_only(workload: Workload, folder: Path) -> Workload:
    """The workload without the fields that the schema in a folder lacks, so that an older commit can execute it."""
    info = TypeInfo(build_schema((folder / "schema.graphql").read_text()))

    class Known(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> Any:
            return REMOVE if info.get_field_def() is None else None

    document = print_ast(visit(parse(workload.operation.document), TypeInfoVisitor(info, Known())))
    return replace(workload, operation=replace(workload.operation, document=document))


def _run(*command: str, folder: Path) -> None:
    # uv warns if the active virtual environment belongs to another project.
    environment = {name: value for name, value in own_environment().items() if name != "VIRTUAL_ENV"}
    subprocess.run(command, cwd=folder, env=environment, check=True)


def comparison(report: Report, other: Server) -> str:
    """A table of the figures of both commits, with ratios."""
    rows = []
    for key in WORKLOADS:
        now, then = report.results[key][SERVICE.name], report.results[key][other.name]
        rows += [
            _row(f"{key}, requests/s", now.per_second, then.per_second),
            _row(f"{key}, CPU µs", now.cpu_us, then.cpu_us),
            _row(f"{key}, p99 ms", now.p99_ms, then.p99_ms),
            _row(f"{key}, MiB", now.rss_mib, then.rss_mib),
        ]
    starts = (sorted(report.start_up[name])[len(report.start_up[name]) // 2] for name in (SERVICE.name, other.name))
    return table(("", "this commit", other.name, "ratio"), [*rows, _row("start, s", *starts)])


def _row(about: str, now: float, then: float) -> tuple[str, ...]:
    return (about, f"{now:,.4g}", f"{then:,.4g}", f"{ratio(now, then) or 0:.2f} ×")
