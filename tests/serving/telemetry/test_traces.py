"""Spans of operations and calls, as a collector receives them."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from quality.harness.processes import ROOT, environment, running
from quality.harness.wallets import AMARA, JENNYS_CARD

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
WALLET = "query Wallet($id: ID!) { customer(id: $id) { email paymentMethods(first: 2) { nodes { id } } } }"
CARD = "query Card($id: ID!) { paymentMethod(id: $id) { id } }"


class Collector(ThreadingHTTPServer):
    """Receives spans by OTLP over HTTP, as OpenTelemetry's own collector does."""

    daemon_threads = True

    def __init__(self) -> None:
        self.requests: list[ExportTraceServiceRequest] = []
        super().__init__(("127.0.0.1", 0), Receiver)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def spans(self) -> list[Any]:
        scopes = [scope for request in self.requests for one in request.resource_spans for scope in one.scope_spans]
        return [span for scope in scopes for span in scope.spans]


class Receiver(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        assert self.path == "/v1/traces"
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as collector:
        thread = threading.Thread(target=collector.serve_forever)
        thread.start()
        yield collector
        collector.shutdown()
        thread.join()


@contextlib.contextmanager
def traced(folder, collector, **variables):
    """A service that sends its traces there; when the block ends, it has ended too."""
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.base, "OTEL_EXPORTER_OTLP_COMPRESSION": "none", **variables}
    with running("server.py", folder=folder, **settings) as server:
        yield server
        server.stop()


def ask(server, query, *, sampled=True, **variables):
    headers = {"traceparent": f"00-{TRACE}-{PARENT}-{'01' if sampled else '00'}"}
    httpx.post(f"{server.base}/graphql", json={"query": query, "variables": variables}, headers=headers)


def attributes(span) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes}


def test_an_operation_is_a_span_beneath_its_caller_and_calls_are_beneath_it(tmp_path, collector):
    with traced(tmp_path, collector) as server:
        ask(server, WALLET, id=AMARA)
    operation = next(span for span in collector.spans if span.name == "query Wallet")
    calls = [span for span in collector.spans if span is not operation]
    assert {span.trace_id.hex() for span in collector.spans} == {TRACE}
    assert operation.parent_span_id.hex() == PARENT
    assert [span.parent_span_id for span in calls] == [operation.span_id] * 2
    assert {span.name for span in calls} == {
        "GET /v1/customers/{customer}",
        "GET /v1/customers/{customer}/payment_methods",
    }
    assert all(
        operation.start_time_unix_nano <= span.start_time_unix_nano < span.end_time_unix_nano
        and span.end_time_unix_nano <= operation.end_time_unix_nano
        for span in calls
    )
    (resource,) = {str(one.resource) for request in collector.requests for one in request.resource_spans}
    assert '"attache"' in resource


def test_spans_hold_names_and_numbers_alone(tmp_path, collector):
    with traced(tmp_path, collector) as server:
        ask(server, CARD, id=JENNYS_CARD)
        ask(server, '{ paymentMethod(id: "pm_not_there") { id } }')
        ask(server, "{ nothing }")
    found = {span.name: attributes(span) for span in collector.spans}
    assert set(found) == {"query Card", "query", "graphql", "GET /v1/payment_methods/{payment_method}"}
    assert found["query Card"].keys() == {
        "graphql.operation.type", "graphql.operation.name", "graphql.document.hash", "http.response.status_code",
        "attache.outcome", "attache.caller", "attache.stripe_calls",
    }  # fmt: skip
    assert found["graphql"]["attache.outcome"] == "refused"
    everything = b"".join(request.SerializeToString() for request in collector.requests)
    for secret in (JENNYS_CARD, "pm_not_there", "sk_test", "paymentMethod(", "nothing"):
        assert secret.encode() not in everything


def test_an_event_is_a_span_without_ids_of_wallets(tmp_path, collector):
    with traced(tmp_path, collector) as server:
        attach = {"url": f"{server.base}/v1/payment_methods/pm_card_visa/attach", "data": {"customer": AMARA}}
        assert httpx.post(**attach, headers={"authorization": "Bearer sk_test_x"}).status_code == 200
        while "attache.events" not in server.output():
            time.sleep(0.05)
    (span,) = collector.spans
    assert span.name == "stripe event"
    found = attributes(span)
    assert found.pop("stripe.event.id").startswith("evt_")
    assert found == {
        "stripe.event.type": "payment_method.attached",
        "attache.event.source": "webhook",
        "attache.outcome": "handled",
        "attache.wallets": 1,
    }


def test_what_failed_is_marked(tmp_path, collector):
    with traced(tmp_path, collector) as server:
        fault = {"kind": "unavailable", "path": "/payment_methods", "times": None}
        httpx.post(f"{server.base}/_sandbox/faults", json=fault)
        ask(server, CARD, id=JENNYS_CARD)
    operation, call = sorted(collector.spans, key=lambda span: span.start_time_unix_nano)
    assert (operation.status.code, call.status.code) == (2, 2)
    assert attributes(call)["http.response.status_code"] == 503
    assert attributes(operation)["attache.outcome"] == "error"


def test_what_the_caller_does_not_trace_is_not_traced(tmp_path, collector):
    with traced(tmp_path, collector) as server:
        ask(server, CARD, sampled=False, id=JENNYS_CARD)
    assert collector.spans == []


def test_a_trace_of_its_own_is_in_the_log_too(tmp_path, collector):
    with traced(tmp_path, collector) as server:
        httpx.post(f"{server.base}/graphql", json={"query": "{ viewer { kind } }"})
    (span,) = collector.spans
    assert span.parent_span_id == b""
    assert f'"trace_id":"{span.trace_id.hex()}"' in server.output()


def test_an_unavailable_collector_delays_nothing_for_long(tmp_path):
    with running("server.py", folder=tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1") as server:
        ask(server, CARD, id=JENNYS_CARD)
        assert server.stop() in (0, -15)


def test_without_a_collector_nothing_of_it_is_loaded():
    code = "import sys, app; app.create_app(); sys.exit('opentelemetry.sdk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment(), check=False).returncode == 0
