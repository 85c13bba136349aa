"""The dashboard, as Grafana's own model reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

register_default_plugins()
DASHBOARD = json.loads((Path(__file__).parents[2] / "docker/grafana/dashboards/attache.json").read_text())


def lost(written: Any, read: Any) -> list[Any]:
    """The parts of the file that the model drops or changes."""
    if isinstance(written, dict):
        return [part for name in written for part in lost(written[name], read.get(name, KeyError(name)))]
    if isinstance(written, list) and len(written) == len(read):
        return [part for pair in zip(written, read, strict=True) for part in lost(*pair)]
    return [] if written == read else [written]


def as_read(dashboard: dict[str, Any]) -> Any:
    return json.loads(JSONEncoder().encode(Dashboard.from_json(dashboard)))


def test_it_is_known_to_the_last_member():
    assert lost(DASHBOARD, as_read(DASHBOARD)) == []


@pytest.mark.parametrize("member", ["titel", "grapTooltip"])
def test_a_misspelt_member_is_found(member):
    assert lost({**DASHBOARD, member: "x"}, as_read({**DASHBOARD, member: "x"})) == ["x"]
