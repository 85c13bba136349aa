"""The comparison of this commit with another."""

from __future__ import annotations

from dataclasses import replace

from quality.benchmarks.commit_comparison import WORKLOADS, comparison
from quality.benchmarks.comparison import Schedule
from quality.benchmarks.figures import Summary
from quality.benchmarks.report import Report
from quality.benchmarks.servers import SERVICE, Server

NOW = Summary(1200.0, 810.0, 2.5, 9.75, 64.0, 0.01, 0.5, 0.998, lowest=1200.0, highest=1300.0)
OTHER = Server("66ec142", "Attaché at 66ec142", ("python",))


def test_figures_are_multiples_of_the_other_commit():
    results = {key: {SERVICE.name: NOW, OTHER.name: replace(NOW, per_second=600.0)} for key in WORKLOADS}
    report = Report(results, {SERVICE.name: [0.9, 0.4, 0.5], OTHER.name: [1.0, 1.0, 1.0]}, Schedule())
    shown = comparison(report, OTHER)
    assert "| W1, requests/s | 1,200 | 600 | 2.00 × |" in shown
    assert "| start, s | 0.5 | 1 | 0.50 × |" in shown
