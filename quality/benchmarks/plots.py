"""Draws the results as SVG plots."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, ScalarFormatter

from quality.benchmarks.report import TITLES, Report
from quality.benchmarks.servers import SERVERS, SERVICE
from quality.benchmarks.workloads import W1, W1_SLOW, W2, W3, Curve

PANELS = {"per_second": "requests per second", "cpu_us": "CPU µs per request", "p99_ms": "p99, ms", "rss_mib": "MiB"}
COMPARED = tuple(one.key for one in (W1, W2, W3, W1_SLOW))

# Keep text as text, and make the files reproducible.
matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "attache", "font.size": 9})
_COLOURS = {server.name: f"C{index}" for index, server in enumerate(SERVERS)}


def draw(report: Report, folder: Path) -> None:
    """Draw the plots with enough results: `servers.svg`, and `{name}.svg` for each curve."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = [key for key in COMPARED if key in report.results]
    if shown:
        _save(_bars(report, shown), folder / "servers.svg")
    for curve in report.curves():
        _save(_curve(report, curve), folder / f"{curve.name}.svg")


def _bars(report: Report, keys: Sequence[str]) -> Figure:
    """Requests per second of each server, with a panel for each workload."""
    figure = Figure(figsize=(10, 2.6), layout="constrained")
    all_axes = figure.subplots(1, len(keys), sharey=True, squeeze=False)[0]
    for axes, key in zip(all_axes, keys, strict=True):
        names = [server.name for server in reversed(SERVERS) if server.name in report.results[key]]
        rates = [report.results[key][name].per_second for name in names]
        colours = ["C1" if name == SERVICE.name else "0.7" for name in names]
        bars = axes.barh([TITLES[name] for name in names], rates, color=colours)
        axes.bar_label(bars, [f"{rate:,.0f}" for rate in rates], padding=2, fontsize=8)
        axes.set_title(key)
        axes.margins(x=0.3)
        _plain(axes)
        axes.set_xticks([])
    return figure


def _curve(report: Report, curve: Curve) -> Figure:
    """The panels of a curve, with a line for each server."""
    figure = Figure(figsize=(10, 2.8), layout="constrained")
    all_axes = figure.subplots(1, len(PANELS), squeeze=False)[0]
    for axes, (member, label) in zip(all_axes, PANELS.items(), strict=True):
        for name in curve.servers:
            points = [
                (x, getattr(report.results[one.key][name], member))
                for x, one in curve.points
                if name in report.results[one.key]
            ]
            if points:
                axes.plot(
                    *zip(*points, strict=True), marker="o", markersize=3, color=_COLOURS[name], label=TITLES[name]
                )
        _scale(axes, curve)
        axes.set_title(label, fontsize=9)
        axes.set_xlabel(curve.axis)
        _plain(axes)
    figure.legend(*all_axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    return figure


def _scale(axes: Any, curve: Curve) -> None:
    values = [x for x, _ in curve.points]
    if max(values) > 100:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(ScalarFormatter())
        axes.xaxis.set_minor_locator(NullLocator())
    if len(values) < 3:
        axes.set_xticks(values)
    axes.set_ylim(0, 1.1 * axes.dataLim.y1)


def _plain(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, format="svg", facecolor="white", metadata={"Date": None})
