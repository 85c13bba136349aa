"""Counts operations, calls to Stripe and mutation fields, as an observer of operations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry

from serving.telemetry.metrics import definitions as table
from serving.telemetry.metrics.bounded_labels import OTHER
from serving.telemetry.operation_calls import StripeCall, WriteRecord
from serving.telemetry.operation_record import OperationRecord

MAX_NAMES = 100
"""Maximum number of operation names that become labels, in the order of execution. The others share one label."""

MAX_NAMES_OF_CALLER = 10
"""Maximum number of these names from one caller. Services are exempt, because their operations are the operator's."""

_EXECUTED = ("ok", "error")
_ALERTED_CODES = ("INTERNAL", "RATE_LIMITED", "UPSTREAM_TIMEOUT", "UPSTREAM_UNAVAILABLE")
"""Codes that are exported from 0: to Prometheus, a counter whose first value is 1 has not increased."""

_CALLER_LIMITS = ("rate_limit_calls", "rate_limit_cards", "rate_limit_declines", "stripe_max_calls_per_caller")
"""The limits of a caller that an operation can reach during its execution."""

_SEPARATE_STATUSES = (401, 403, 429)


@dataclass(frozen=True, slots=True)
class _OperationChildren:
    """The metrics of one operation with its labels. `seconds` and `calls` are None for operations without data."""

    count: Any
    seconds: Any
    calls: Any


class OperationMetrics:
    """`origins`: the origin of each reason of a failed call."""

    def __init__(self, registry: CollectorRegistry, origins: Mapping[str, str], *, max_names: int) -> None:
        self._max_names = max_names
        self._names: set[str] = set()
        self._names_by_caller: Counter[str] = Counter()
        self._operations = table.OPERATIONS.create(registry)
        self._operation_seconds = table.OPERATION_SECONDS.create(registry)
        self._operation_calls = table.OPERATION_CALLS.create(registry)
        self._errors = table.ERRORS.create(registry)
        self._failures = table.FAILURES.create(registry)
        self._user_errors = table.USER_ERRORS.create(registry)
        self._writes = table.WRITES.create(registry)
        self._refusals = table.REFUSALS.create(registry)
        limited = table.LIMITED.create(registry)
        self._limited = {limit: limited.labels(limit) for limit in _CALLER_LIMITS}
        self._call_seconds = table.CALL_SECONDS.create(registry)
        failures = table.CALL_FAILURES.create(registry)
        self._call_failures = {reason: failures.labels(reason, origin) for reason, origin in origins.items()}
        self._retries = table.RETRIES.create(registry)
        self._rate_limited = table.RATE_LIMITED.create(registry)
        # Finding a child by its labels takes as long as counting, so the children are cached.
        self._operation_children: dict[tuple[str | None, str | None, str], _OperationChildren] = {}
        self._call_children: dict[tuple[str, str], Any] = {}
        for code in _ALERTED_CODES:
            self._errors.labels(code)
        for reason in (*origins, "internal"):
            self._failures.labels(reason)

    def operation_started(self, record: OperationRecord, headers: Mapping[str, str]) -> None:
        """Nothing is counted at the start."""

    def call_ended(self, record: OperationRecord, call: StripeCall) -> None:
        """Count a call to Stripe."""
        self.count_call(call)

    def count_call(self, call: StripeCall) -> None:
        """Count a call to Stripe, of an operation or of the service itself."""
        if call.reason is not None and (failures := self._call_failures.get(call.reason)) is not None:
            failures.inc()
        if not call.tries:
            return
        status = status_of(call)
        seconds = self._call_children.get((call.endpoint, status))
        if seconds is None:
            seconds = self._call_children[call.endpoint, status] = self._call_seconds.labels(call.endpoint, status)
        seconds.observe(call.seconds)
        if call.tries > 1:
            self._retries.labels(call.endpoint, call.retry_reason).inc(call.tries - 1)
        if call.rate_limited:
            self._rate_limited.labels(call.endpoint).inc(call.rate_limited)

    def operation_ended(self, record: OperationRecord) -> None:
        """Count an operation."""
        labels = (record.name, record.kind, record.outcome)
        children = self._operation_children.get(labels) or self._add_children(record)
        children.count.inc()
        if record.outcome in _EXECUTED:
            children.seconds.observe(record.seconds)
            children.calls.observe(len(record.sent_calls))
        for write in record.writes:
            self._count_write(write)
        if record.outcome == "error":
            self._count_failure(record)
        elif record.reason is not None:
            self._refusals.labels(record.reason).inc()

    def _count_write(self, write: WriteRecord) -> None:
        self._writes.labels(write.mutation, write.outcome).inc()
        for code in write.errors:
            self._user_errors.labels(code).inc()

    def _count_failure(self, record: OperationRecord) -> None:
        for code in record.codes:
            self._errors.labels(code).inc()
        for reason in record.reasons:
            self._failures.labels(reason).inc()
        limit = next((reason for reason in record.reasons if reason in self._limited), None)
        if limit is not None:
            self._limited[limit].inc()

    def _add_children(self, record: OperationRecord) -> _OperationChildren:
        name, kind = self._name_label(record), record.kind or "none"
        executed = record.outcome in _EXECUTED
        children = _OperationChildren(
            self._operations.labels(name, kind, record.outcome),
            self._operation_seconds.labels(name, kind) if executed else None,
            self._operation_calls.labels(name, kind) if executed else None,
        )
        if name != OTHER:
            self._operation_children[record.name, record.kind, record.outcome] = children
        return children

    def _name_label(self, record: OperationRecord) -> str:
        if record.name is None:
            return "none"
        if record.name not in self._names and not self._add_name(record):
            return OTHER
        return record.name

    def _add_name(self, record: OperationRecord) -> bool:
        """Whether the operation's name becomes a label. Later names never replace earlier ones."""
        caller = record.identity or ""
        if record.outcome not in _EXECUTED or len(self._names) >= self._max_names:
            return False
        if record.caller != "service":
            if self._names_by_caller[caller] >= MAX_NAMES_OF_CALLER:
                return False
            self._names_by_caller[caller] += 1
        self._names.add(str(record.name))
        return True


def status_of(call: StripeCall) -> str:
    """The status of a call as a label."""
    # A success with an incomplete or invalid body has no usable response.
    if call.status is None or (call.status < 400 and call.reason is not None):
        return "none"
    return str(call.status) if call.status in _SEPARATE_STATUSES else f"{call.status // 100}xx"
