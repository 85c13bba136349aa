"""The alerts for Prometheus: sound, tried, explained, and about metrics that there are."""

from __future__ import annotations

import re

import pytest

from quality.harness.processes import ROOT
from serving.telemetry.metrics.definitions import METRICS, table
from stripe_api.failures import failure_reasons
from tests.support.promtool import promtool

ALERTS = ROOT / "docker" / "prometheus" / "alerts.yml"
CASES = ROOT / "docker" / "prometheus" / "alerts_test.yml"
MANUAL = (ROOT / "docs" / "operations.md").read_text()
NAMES = re.findall(r"alert: (\w+)", ALERTS.read_text())


def test_promtool_finds_no_problem():
    assert promtool("check", "rules", str(ALERTS)) == ""


def test_each_fires_for_its_cause_and_the_neighbouring_ones_are_silent():
    assert promtool("test", "rules", str(CASES)) == ""
    assert set(re.findall(r'alertname="(\w+)"', CASES.read_text())) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_manual_says_what_to_do(name):
    assert f"\n### {name}\n" in MANUAL


def test_the_manual_has_all_metrics():
    assert table() in MANUAL


def test_the_manual_has_all_reasons():
    assert failure_reasons.table() in MANUAL


def test_all_metrics_that_alerts_ask_for_are_declared():
    asked = set(re.findall(r"\b(?:attache|process)_\w+", ALERTS.read_text()))
    names = {declared.name for declared in METRICS}
    assert {re.sub(r"_(total|count|bucket)$", "", name) for name in asked} <= names
