"""Prometheus itself, scraping the service."""

from __future__ import annotations

import shutil
import subprocess
import time
from urllib.parse import urlsplit

import httpx
import pytest

from quality.harness.processes import ROOT, free_port, running
from tests.support import missing

TOKEN = "a-token-for-prometheus"
SETTINGS = """
scrape_configs:
  - job_name: attache
    scrape_interval: 1s
    authorization: {{credentials: {token}}}
    static_configs: [{{targets: ["{target}"]}}]
rule_files: [{rules}]
"""


@pytest.fixture
def prometheus(tmp_path):
    """Starts Prometheus with a target; where it listens."""
    if shutil.which("prometheus") is None:
        pytest.skip(missing.program("prometheus"))
    processes = []

    def start(target: str) -> str:
        rules = ROOT / "docker" / "prometheus" / "alerts.yml"
        (tmp_path / "prometheus.yml").write_text(SETTINGS.format(token=TOKEN, target=target, rules=rules))
        address = f"127.0.0.1:{free_port()}"
        command = ["prometheus", f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/data"]
        with (tmp_path / "prometheus.log").open("w") as log:
            processes.append(subprocess.Popen([*command, f"--web.listen-address={address}"], stderr=log))
        return f"http://{address}"

    yield start
    for process in processes:
        process.terminate()
        process.wait(30)


def value(base: str, query: str) -> float | None:
    """The one number that a query finds, when there is one yet."""
    try:
        found = httpx.get(f"{base}/api/v1/query", params={"query": query}).json()["data"]["result"]
    except (httpx.TransportError, ValueError, KeyError):
        return None
    return float(found[0]["value"][1]) if found else None


def test_it_reads_all_and_finds_the_rules_sound(tmp_path, prometheus):
    with running("server.py", folder=tmp_path, METRICS_TOKEN=TOKEN) as server:
        for _ in range(3):
            httpx.post(f"{server.base}/graphql", json={"query": "query Who { viewer { kind } }"})
        base = prometheus(urlsplit(server.base).netloc)
        for _ in range(300):
            if value(base, 'attache_operations_total{operation="Who", outcome="ok"}') == 3:
                break
            time.sleep(0.1)
        assert value(base, 'attache_operations_total{operation="Who", outcome="ok"}') == 3
        (target,) = httpx.get(f"{base}/api/v1/targets").json()["data"]["activeTargets"]
        (group,) = httpx.get(f"{base}/api/v1/rules").json()["data"]["groups"]
    assert (target["health"], target["lastError"]) == ("up", "")
    assert {rule["health"] for rule in group["rules"]} <= {"ok", "unknown"}
