"""Each query of the dashboard finds something, when Prometheus reads the metrics of a running service."""

from __future__ import annotations

import contextlib
import json
import math
import shutil
import subprocess
import time

import httpx
import pytest

from quality.harness.processes import ROOT, free_port, running
from quality.harness.stores import Store
from quality.harness.wallets import AMARA, AMARAS_DEFAULT
from tests.support import missing

PROMETHEUS = shutil.which("prometheus")
pytestmark = [
    pytest.mark.skipif(PROMETHEUS is None, reason=missing.program("prometheus")),
    missing.needs_store,
]

GRAFANA = ROOT / "docker/grafana"
DASHBOARD = json.loads((GRAFANA / "dashboards/attache.json").read_text())
QUERIES = {
    f"{panel['title']} {target['refId']}": target["expr"]
    for panel in DASHBOARD["panels"]
    for target in panel["targets"]
}
OPERATIONS = (
    f'query Wallet {{ customer(id: "{AMARA}") {{ name paymentMethods(first: 3) {{ nodes {{ id }} }} }} }}',
    "query Who { viewer { kind } }",
    f'''mutation Update($metadata: JSON) {{ updatePaymentMethod(
        input: {{ paymentMethodId: "{AMARAS_DEFAULT}", metadata: $metadata }}
    ) {{ errors {{ code }} }} }}''',
    'mutation Detach { detachPaymentMethod(input: { paymentMethodId: "pm_missing" }) { errors { code } } }',
    "{ nothing }",
)
CONFIGURATION = """
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: attache
    static_configs: [{{targets: ["{target}"]}}]
"""
FAULTS = ("rate_limit", "error_before")
TIMEOUT = 120


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory):
    """The address of a Prometheus that reads a service's metrics, while operations of every kind run."""
    folder = tmp_path_factory.mktemp("prometheus")
    store = Store(folder)
    store.start()
    with (
        contextlib.ExitStack() as stack,
        running("server.py", folder=folder, SANDBOX="true", REDIS_URL=store.url) as service,
        watching(service.base.removeprefix("http://"), folder) as base,
    ):
        stack.callback(store.stop)
        yield Watched(base, service.base)


class Watched:
    """A service and the Prometheus that reads it."""

    def __init__(self, base, service):
        self.base = base
        self._service = service

    def operate(self):
        """Operations that succeed, a rejected mutation, an invalid document, and calls that fail."""
        for kind in FAULTS:
            httpx.post(f"{self._service}/_sandbox/faults", json={"kind": kind}).raise_for_status()
        # A change in each round: without one, Stripe sends no event.
        variables = {"metadata": {"at": str(time.monotonic())}}
        for query in OPERATIONS:
            operation = {"query": query, "variables": variables}
            httpx.post(f"{self._service}/graphql", json=operation, timeout=20)

    def found(self, query):
        """The values that the query finds now."""
        answer = httpx.get(f"{self.base}/api/v1/query", params={"query": query.replace("$__rate_interval", "30s")})
        assert answer.status_code == 200, answer.text
        return [float(series["value"][1]) for series in answer.json()["data"]["result"]]


@contextlib.contextmanager
def watching(target, folder):
    port = free_port()
    (folder / "prometheus.yml").write_text(CONFIGURATION.format(target=target))
    command = [
        PROMETHEUS,
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (folder / "prometheus.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    base = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(base)
        yield base
    finally:
        process.terminate()
        process.wait(20)


def wait_until_ready(base):
    """It listens before it answers queries, and says 503 until then."""
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{base}/-/ready").status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError("Prometheus did not start")


def is_answered(values):
    # A quantile is NaN for an endpoint or a source of events that was not used recently.
    return any(not math.isnan(value) for value in values)


def test_every_query_of_the_dashboard_is_answered(prometheus):
    unanswered = dict(QUERIES)
    end = time.monotonic() + TIMEOUT
    while unanswered and time.monotonic() < end:
        prometheus.operate()
        with contextlib.suppress(httpx.TransportError):
            unanswered = {name: query for name, query in unanswered.items() if not is_answered(prometheus.found(query))}
    assert not unanswered


def test_a_query_for_what_is_not_there_is_not_answered(prometheus):
    assert not is_answered(prometheus.found("attache_nothing_of_that_name"))


def test_panels_have_titles_and_meanings_of_their_own():
    titles = [panel["title"] for panel in DASHBOARD["panels"]]
    assert len(set(titles)) == len(titles)
    assert all(panel["description"] for panel in DASHBOARD["panels"])


def test_panels_do_not_overlap():
    taken = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(taken)) == len(taken)
    assert max(x for x, _ in taken) < 24


def test_the_provisioned_source_is_the_dashboard_s():
    [variable] = DASHBOARD["templating"]["list"]
    source = (GRAFANA / "provisioning/datasources/prometheus.yaml").read_text()
    assert f"uid: {variable['current']['value']}\n" in source
    assert {target["datasource"]["uid"] for panel in DASHBOARD["panels"] for target in panel["targets"]} == {
        f"${{{variable['name']}}}"
    }
