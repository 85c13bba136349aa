"""The pages show the results that are kept, and nothing that was edited by hand."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from quality.benchmarks import pages
from quality.benchmarks.comparison import Schedule
from quality.benchmarks.figures import Summary
from quality.benchmarks.report import Report
from quality.benchmarks.targets import Target

SUMMARY = Summary(1234.0, 810.0, 2.5, 9.75, 64.0, 0.01, 0.5, 0.998, lowest=1200.0, highest=1300.0)
REPORT = Report({key: {"attache": SUMMARY, "floor": SUMMARY} for key in ("W1", "W2")}, {"attache": [0.5]}, Schedule())


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.name)
def test_all_places_are_known(page):
    places = re.findall(r"<!-- benchmarks: ([\w-]+) -->", page.read_text())
    assert places
    assert set(places) <= set(pages.passages(REPORT))


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.name)
def test_pages_are_those_of_the_kept_results(page):
    text = page.read_text()
    if pages.RESULTS.exists():
        assert pages.filled(text, Report.read(pages.RESULTS)) == text
    else:
        assert not re.search(r"<!-- benchmarks: [\w-]+ -->\n(?!<!-- end -->)", text)


def test_results_are_read_as_they_were_written(tmp_path):
    REPORT.write(tmp_path / "results.json")
    assert Report.read(tmp_path / "results.json") == REPORT


def test_a_place_is_filled_and_replaced():
    page = "before\n<!-- benchmarks: headline -->\nold\n<!-- end -->\nafter\n"
    once = pages.filled(page, REPORT)
    assert once == (
        "before\n<!-- benchmarks: headline -->\n"
        "| requests per second, one core | attach | list of 100 |\n|---|--:|--:|\n"
        "| bare proxy (the floor) | 1,234 | 1,234 |\n| Attaché | 1,234 | 1,234 |\n"
        "<!-- end -->\nafter\n"
    )
    assert pages.filled(once, REPORT) == once


def test_targets_without_a_measurement_are_not_met():
    shown = pages.passages(REPORT)["targets"]
    assert "| W1 ÷ Apollo Server 5 | ≥ 1.2 × |  | not measured |" in shown
    assert "| W1 ÷ bare proxy (the floor) | ≥ 0.8 × | 1 × | met |" in shown
    assert "| memory under W1, W2, W3 | ≤ 80 MiB |  | not measured |" in shown


def test_a_target_with_two_bounds_is_met_between_them():
    assert [Target("p99", results, minimum=1, maximum=4).met for results in (0.9, 1, 4, 4.1)] == [
        False,
        True,
        True,
        False,
    ]


def test_failed_measurements_are_named():
    report = replace(REPORT, failed={"W3": "yoga responds differently"})
    assert "W3 could not be measured: yoga responds differently." in pages.passages(report)["about"]
