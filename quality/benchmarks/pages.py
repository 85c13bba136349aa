"""Writes results into pages, between markers."""

from __future__ import annotations

import re
from pathlib import Path

from quality.benchmarks import report as tables
from quality.benchmarks.report import Report
from quality.harness.processes import ROOT

PAGES = (ROOT / "README.md", ROOT / "docs/performance.md")
PLOTS = ROOT / "docs/performance"
RESULTS = PLOTS / "results.json"

_MARKED = re.compile(r"(<!-- benchmarks: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page: str, report: Report) -> str:
    """The page with the results between its markers. Raises KeyError for an unknown marker."""
    texts = passages(report)
    return _MARKED.sub(lambda place: f"{place[1]}{texts[place[2]]}\n{place[3]}", page)


def passages(report: Report) -> dict[str, str]:
    """The text for each marker, by name."""
    curves = "\n\n".join(
        f"### {curve.title}\n\n![{curve.title}](performance/{curve.name}.svg)\n\n{tables.curve_table(report, curve)}"
        for curve in report.curves()
    )
    return {
        "headline": tables.headline(report),
        "about": tables.about(report),
        "targets": tables.target_table(report),
        "ratios": f"![Requests a second](performance/servers.svg)\n\n{tables.ratio_table(report)}",
        "start": tables.start_table(report),
        "workloads": tables.workload_tables(report),
        "curves": curves,
    }


def markdown(report: Report) -> str:
    """All passages for a terminal, without plots."""
    return "\n\n".join(re.sub(r"!\[.*\n\n", "", passage) for passage in passages(report).values() if passage)


def fill(report: Report) -> None:
    """Write the results into all pages."""
    for page in PAGES:
        page.write_text(filled(page.read_text(), report))


def write(report: Report, folder: Path = PLOTS) -> None:
    """Write the results and plots into a folder."""
    # Matplotlib takes half a second, and only the benchmark group installs it.
    from quality.benchmarks.plots import draw

    folder.mkdir(parents=True, exist_ok=True)
    report.write(folder / RESULTS.name)
    draw(report, folder)
