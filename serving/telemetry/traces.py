"""OpenTelemetry traces: one span for each operation, with a child span for each REST call, and one for each event.

This module is imported only if traces are sent. The parent of an operation's span is the caller's W3C trace context.
Requests to Stripe contain no trace context. Spans contain names, codes and numbers, as the log does.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from serving.telemetry.event_record import EventRecord
from serving.telemetry.operation_calls import StripeCall
from serving.telemetry.operation_record import OperationRecord

FLUSH_SECONDS = 5.0
"""Maximum seconds that the shutdown waits until the last spans are sent."""

_propagator = TraceContextTextMapPropagator()


class Traces:
    """Creates spans, as an observer of operations."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("attache")

    def operation_started(self, record: OperationRecord, headers: Mapping[str, str]) -> None:
        """Start the operation's span, as a child of the caller's span if there is one."""
        context = _propagator.extract(headers)
        span = self._tracer.start_span("graphql", context, SpanKind.SERVER, start_time=time.time_ns())
        record.trace(span, f"{span.get_span_context().trace_id:032x}")

    def call_ended(self, record: OperationRecord, call: StripeCall) -> None:
        """Create the span of a call."""
        if not record.span.is_recording():
            return
        end = time.time_ns()
        begin = end - _nanoseconds(call.seconds)
        context = set_span_in_context(record.span)
        span = self._tracer.start_span(
            call.endpoint, context, SpanKind.CLIENT, _call_attributes(call), start_time=begin
        )
        if call.reason is not None or call.status is None or call.status >= 400:
            span.set_status(StatusCode.ERROR)
        span.end(end)

    def operation_ended(self, record: OperationRecord) -> None:
        """End the operation's span."""
        span: Span = record.span
        if span.is_recording():
            if record.kind is not None:
                span.update_name(f"{record.kind} {record.name}" if record.name is not None else record.kind)
            span.set_attributes(_operation_attributes(record))
            if record.outcome == "error":
                span.set_status(StatusCode.ERROR)
        span.end()

    def event_handled(self, record: EventRecord) -> None:
        """Create the span of an event."""
        end = time.time_ns()
        begin = end - _nanoseconds(record.seconds)
        kind = SpanKind.CONSUMER
        span = self._tracer.start_span(
            "stripe event", kind=kind, attributes=_event_attributes(record), start_time=begin
        )
        if record.outcome == "unavailable":
            span.set_status(StatusCode.ERROR)
        span.end(end)

    async def aclose(self) -> None:
        """Send the remaining spans, within FLUSH_SECONDS."""
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def flush() -> None:
            self._provider.shutdown()
            loop.call_soon_threadsafe(done.set)

        # A daemon thread, so that the process can exit while a collector does not respond.
        threading.Thread(target=flush, daemon=True).start()
        try:
            async with asyncio.timeout(FLUSH_SECONDS):
                await done.wait()
        except TimeoutError:
            return


def _call_attributes(call: StripeCall) -> dict[str, AttributeValue]:
    method, _, path = call.endpoint.partition(" ")
    found = {
        "http.request.method": method,
        "url.template": path,
        "http.response.status_code": call.status,
        "http.request.resend_count": call.tries - 1 if call.tries > 1 else None,
        "stripe.request_id": call.request_id,
        "stripe.account": call.account,
        "error.type": call.reason,
    }
    return {name: value for name, value in found.items() if value is not None}


def _event_attributes(record: EventRecord) -> dict[str, AttributeValue]:
    found = {
        "stripe.event.id": record.id,
        "stripe.event.type": record.type,
        "stripe.account": record.account,
        "attache.event.source": record.source,
        "attache.outcome": record.outcome,
        "attache.wallets": record.wallets,
    }
    return {name: value for name, value in found.items() if value is not None}


def _operation_attributes(record: OperationRecord) -> dict[str, AttributeValue]:
    found = {
        "graphql.operation.type": record.kind,
        "graphql.operation.name": record.name,
        "graphql.document.hash": record.document_hash,
        "http.response.status_code": record.status,
        "attache.outcome": record.outcome,
        "attache.caller": record.caller,
        "stripe.account": record.account,
        "attache.codes": record.codes or None,
        "attache.reason": record.reason,
        "attache.stripe_calls": len(record.sent_calls),
    }
    return {name: value for name, value in found.items() if value is not None}


def _nanoseconds(seconds: float) -> int:
    return int(seconds * 1e9)


def export_to(url: str, *, service: str, version: str) -> Traces:
    """Traces that are sent to a collector by OTLP over HTTP. The library reads all other OTEL_… variables."""
    provider = TracerProvider(
        resource=Resource.create({"service.name": service, "service.version": version}), shutdown_on_exit=False
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(url)))
    return Traces(provider)
