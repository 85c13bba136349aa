"""Metrics for Prometheus: what is counted, how it is counted at little cost, and how it is read.

Every metric is declared once, in a table from which the documentation's own is made. No label holds what a client or
Stripe makes up: operations are counted by name up to a bound, endpoints are templates, statuses are classes.
"""

from __future__ import annotations

import asyncio
import math
import os
import platform
from collections import Counter as Counts
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, multiprocess, values
from prometheus_client.exposition import choose_encoder

from serving.telemetry.operation_record import OperationRecord, StripeCall, WriteRecord

MAX_NAMES = 100
"""Operations that are counted by their own name: the first so many that are executed; the rest are `other`."""

MAX_NAMES_OF_CALLER = 10
"""Names among them that one caller brings in. Services are exempt: their operations are the operator's own."""

REFRESH_SECONDS = 1.0
"""How old numbers that are counted elsewhere may be, in a process that is not the one being asked."""

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30)
CALLS = (0, 1, 2, 3, 4, 5, 10, 20, 50, 120)

prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Metric:
    """One metric. `across` says how the gauges of several processes become one."""

    name: str
    kind: type[Counter] | type[Gauge] | type[Histogram]
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = SECONDS
    across: str = "livesum"

    def make(self, registry: CollectorRegistry) -> Any:
        """The metric itself."""
        options: dict[str, Any] = {"registry": registry, "labelnames": self.labels}
        if self.kind is Histogram:
            options["buckets"] = self.buckets
        if self.kind is Gauge:
            options["multiprocess_mode"] = self.across
        return self.kind(self.name, self.meaning, **options)

    @property
    def sample(self) -> str:
        """The name by which it is read."""
        return f"{self.name}_total" if self.kind is Counter else self.name

    @property
    def row(self) -> str:
        """Its row in the table."""
        labels = ", ".join(f"`{label}`" for label in self.labels)
        return f"| `{self.sample}` | {self.kind.__name__.lower()} | {labels} | {self.meaning} |"


OPERATIONS = Metric(
    "attache_operations",
    Counter,
    "Operations. outcome: ok, error (top-level error), refused (not executed), gone (the client disconnected).",
    ("operation", "kind", "outcome"),
)
OPERATION_SECONDS = Metric(
    "attache_operation_duration_seconds",
    Histogram,
    "Time from the request headers to the response, for operations with outcome ok or error.",
    ("operation", "kind"),
)
OPERATION_CALLS = Metric(
    "attache_operation_stripe_calls",
    Histogram,
    "REST calls per operation with outcome ok or error.",
    ("operation", "kind"),
    CALLS,
)
IN_FLIGHT = Metric("attache_operations_in_flight", Gauge, "Running operations, which count towards MAX_OPERATIONS.")
ERRORS = Metric("attache_operation_errors", Counter, "Operations with outcome error, by error code.", ("code",))
FAILURES = Metric(
    "attache_operation_failures",
    Counter,
    "Operations with outcome error by reason: a reason of the tables above, a limit, or the error code.",
    ("reason",),
)
USER_ERRORS = Metric(
    "attache_user_errors", Counter, "Entries of the payloads' `errors`. No other metric includes them.", ("code",)
)
WRITES = Metric(
    "attache_writes",
    Counter,
    "Completed mutation fields. outcome: DONE, NOT_DONE (nothing changed), PARTIAL, UNKNOWN.",
    ("mutation", "outcome"),
)
REFUSALS = Metric(
    "attache_refusals",
    Counter,
    "Operations with outcome refused. reason: the limit (max_depth, rate_limit_caller), or the error code.",
    ("reason",),
)
LIMITED = Metric(
    "attache_caller_limit_errors",
    Counter,
    "Operations that reached a limit of their caller during execution: rate_limit_calls, rate_limit_cards, …",
    ("limit",),
)
CALL_SECONDS = Metric(
    "attache_stripe_call_duration_seconds",
    Histogram,
    "Duration of a REST call, including retries. status: 401, 403, 429, else 2xx, 4xx, 5xx; none without a usable"
    " response.",
    ("endpoint", "status"),
)
CALL_FAILURES = Metric(
    "attache_stripe_call_failures",
    Counter,
    "Failed REST calls, sent or not, by reason and origin: see the table of reasons.",
    ("reason", "origin"),
)
RETRIES = Metric(
    "attache_stripe_retries",
    Counter,
    "Retries of REST calls. reason: the reason of the last retry, from the table of reasons.",
    ("endpoint", "reason"),
)
RATE_LIMITED = Metric("attache_stripe_rate_limited", Counter, "Attempts that Stripe answered with 429.", ("endpoint",))
BREAKER_OPEN = Metric("attache_stripe_breaker_open", Gauge, "1 while the circuit breaker is open.", across="livemax")
BREAKER_OPENED = Metric("attache_stripe_breaker_openings", Counter, "Times the circuit breaker opened.")
BREAKER_REFUSED = Metric("attache_stripe_breaker_refusals", Counter, "REST calls rejected by the circuit breaker.")
WAITING = Metric("attache_stripe_calls_waiting", Gauge, "REST calls waiting for a slot.")
WAITED_SECONDS = Metric("attache_stripe_wait_seconds", Counter, "Time that REST calls waited for a slot.")
SHED = Metric(
    "attache_stripe_calls_shed", Counter, "REST calls rejected because the queue was full or the wait too long."
)
ALLOWED = Metric(
    "attache_stripe_calls_per_second", Gauge, "Current limit of REST calls per second; +Inf without a limit."
)
OVERLOADS = Metric(
    "attache_overload_refusals", Counter, "Requests rejected because too many operations were running (MAX_OPERATIONS)."
)
PLAN_HITS = Metric("attache_plan_hits", Counter, "Operations executed by a compiled plan.")
PLAN_MISSES = Metric("attache_plan_misses", Counter, "Operations without a compiled plan.")
PLAN_COMPILATIONS = Metric("attache_plan_compilations", Counter, "Compiled plans.")
PLAN_FALLBACKS = Metric(
    "attache_plan_fallbacks", Counter, "Operations whose plan fell back to graphql-core because of unexpected data."
)
PLAN_ERRORS = Metric(
    "attache_plan_errors",
    Counter,
    "Operations with a plan in which a resolver failed; graphql-core creates the errors.",
)
CONNECTIONS_REFUSED = Metric(
    "attache_connections_refused", Counter, "Client connections closed with 503, because too many were open."
)
ACCEPT_FAILURES = Metric(
    "attache_accept_failures", Counter, "Failed attempts to accept a connection, for lack of file descriptors."
)
STORE_UP = Metric(
    "attache_shared_store_up", Gauge, "1 while Valkey or Redis is available; only with REDIS_URL.", across="livemin"
)
BUILD = Metric(
    "attache_build_info",
    Gauge,
    "Always 1; the labels contain the versions.",
    ("version", "python", "stripe_version"),
    across="livemax",
)
CPU = Metric("process_cpu_seconds", Counter, "CPU time of all processes.")
MEMORY = Metric("process_resident_memory_bytes", Gauge, "Resident memory of all processes.")
OPEN_FILES = Metric("process_open_fds", Gauge, "Open files and connections of all processes.")
MAX_FILES = Metric("process_max_fds", Gauge, "Limit of open files and connections per process.", across="livemin")
FILES_USED = Metric(
    "attache_open_files_ratio",
    Gauge,
    "Highest share of the file descriptor limit that a process uses.",
    across="livemax",
)
STARTED = Metric("process_start_time_seconds", Gauge, "Start time of the newest process.", across="livemax")

GUARD_METRICS = (BREAKER_OPEN, BREAKER_OPENED, BREAKER_REFUSED, WAITING, WAITED_SECONDS, SHED, ALLOWED)
"""What the care for the upstream tells of itself."""

CONNECTION_METRICS = (CONNECTIONS_REFUSED, ACCEPT_FAILURES)
"""Counted by the server, before there is a request."""

_PROCESS = (CPU, MEMORY, OPEN_FILES, MAX_FILES, STARTED)

DECLARED = (
    OPERATIONS, OPERATION_SECONDS, OPERATION_CALLS, IN_FLIGHT, ERRORS, FAILURES, USER_ERRORS, WRITES, REFUSALS, LIMITED,
    CALL_SECONDS, CALL_FAILURES, RETRIES, RATE_LIMITED, *GUARD_METRICS, OVERLOADS, *CONNECTION_METRICS,
    PLAN_HITS, PLAN_MISSES, PLAN_COMPILATIONS, PLAN_FALLBACKS, PLAN_ERRORS, STORE_UP, BUILD,
    *_PROCESS, FILES_USED,
)  # fmt: skip


def table() -> str:
    """All metrics with their meanings, as a table in Markdown."""
    return "\n".join(["| metric | type | labels | meaning |", "|---|---|---|---|", *(one.row for one in DECLARED)])


_NO_ORIGINS: Mapping[str, str] = {}


class PlanCounts(Protocol):
    """What compiled plans have done since the process began."""

    hits: int
    misses: int
    compilations: int
    fallbacks: int
    errors: int


class Metrics:
    """Watches operations, and takes in what others count themselves whenever someone asks.

    `origins`: the origin of each reason for which a call can fail.
    """

    def __init__(self, origins: Mapping[str, str] = _NO_ORIGINS, *, max_names: int = MAX_NAMES) -> None:
        self._registry = CollectorRegistry(auto_describe=True)
        self._max_names = max_names
        self._names: set[str] = set()
        self._names_of: Counts[str] = Counts()
        self._sources: list[Callable[[], None]] = []
        self._operations = OPERATIONS.make(self._registry)
        self._operation_seconds = OPERATION_SECONDS.make(self._registry)
        self._operation_calls = OPERATION_CALLS.make(self._registry)
        self._errors = ERRORS.make(self._registry)
        self._failures = FAILURES.make(self._registry)
        self._user_errors = USER_ERRORS.make(self._registry)
        self._writes = WRITES.make(self._registry)
        self._refusals = REFUSALS.make(self._registry)
        limited = LIMITED.make(self._registry)
        self._limited = {limit: limited.labels(limit) for limit in _LIMITS}
        self._call_seconds = CALL_SECONDS.make(self._registry)
        failures = CALL_FAILURES.make(self._registry)
        self._call_failures = {reason: failures.labels(reason, origin) for reason, origin in origins.items()}
        self._retries = RETRIES.make(self._registry)
        self._rate_limited = RATE_LIMITED.make(self._registry)
        # Finding a metric by its labels takes as long as counting, so what was found is kept.
        self._of_operations: dict[tuple[str | None, str | None, str], _OfOperation] = {}
        self._of_calls: dict[tuple[str, str], Any] = {}
        for code in _FAULTS:
            self._errors.labels(code)
        for reason in (*origins, "internal"):
            self._failures.labels(reason)
        self._collect_process()

    # --- As a watcher --------------------------------------------------------------------------------------------

    def operation_started(self, record: OperationRecord, headers: Mapping[str, str]) -> None:
        """Nothing is counted yet."""

    def call_ended(self, record: OperationRecord, call: StripeCall) -> None:
        """Count a call of Stripe."""
        if call.reason is not None and (failures := self._call_failures.get(call.reason)) is not None:
            failures.inc()
        if not call.tries:
            return
        status = _status(call)
        seconds = self._of_calls.get((call.endpoint, status))
        if seconds is None:
            seconds = self._of_calls[call.endpoint, status] = self._call_seconds.labels(call.endpoint, status)
        seconds.observe(call.seconds)
        if call.tries > 1:
            self._retries.labels(call.endpoint, call.retry_reason).inc(call.tries - 1)
        if call.rate_limited:
            self._rate_limited.labels(call.endpoint).inc(call.rate_limited)

    def operation_ended(self, record: OperationRecord) -> None:
        """Count an operation."""
        found = self._of_operations.get((record.name, record.kind, record.outcome)) or self._of_operation(record)
        found.count.inc()
        if record.outcome in _ANSWERED:
            found.seconds.observe(record.seconds)
            found.calls.observe(len(record.sent_calls))
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

    def _of_operation(self, record: OperationRecord) -> _OfOperation:
        name, kind = self._label(record), record.kind or "none"
        answered = record.outcome in _ANSWERED
        found = _OfOperation(
            self._operations.labels(name, kind, record.outcome),
            self._operation_seconds.labels(name, kind) if answered else None,
            self._operation_calls.labels(name, kind) if answered else None,
        )
        if name != "other":
            self._of_operations[record.name, record.kind, record.outcome] = found
        return found

    def _label(self, record: OperationRecord) -> str:
        if record.name is None:
            return "none"
        if record.name not in self._names and not self._takes_in(record):
            return "other"
        return record.name

    def _takes_in(self, record: OperationRecord) -> bool:
        """Whether the operation's name becomes a label. Names are never pushed out by later ones."""
        caller = record.identity or ""
        if record.outcome not in _ANSWERED or len(self._names) >= self._max_names:
            return False
        if record.caller != "service":
            if self._names_of[caller] >= MAX_NAMES_OF_CALLER:
                return False
            self._names_of[caller] += 1
        self._names.add(str(record.name))
        return True

    # --- What others count ---------------------------------------------------------------------------------------

    def collect(self, declared: Metric, read: Callable[[], float]) -> None:
        """Take in a number that is counted elsewhere, whenever metrics are read. A counter's never falls."""
        self.collect_all([declared], lambda: {declared: read()})

    def collect_all(self, declared: Iterable[Metric], read: Callable[[], Mapping[Metric, float]]) -> None:
        """The same for several numbers that are read at once."""
        puts = {one: self._put(one) for one in declared}

        def take() -> None:
            found = read()
            for one, put in puts.items():
                put(found[one])

        self._sources.append(take)

    def _put(self, declared: Metric) -> Callable[[float], None]:
        metric = declared.make(self._registry)
        return _taking_over(metric) if declared.kind is Counter else metric.set

    def collect_plan_counts(self, counts: PlanCounts) -> None:
        """The counts of the compiled plans."""
        self.collect(PLAN_HITS, lambda: counts.hits)
        self.collect(PLAN_MISSES, lambda: counts.misses)
        self.collect(PLAN_COMPILATIONS, lambda: counts.compilations)
        self.collect(PLAN_FALLBACKS, lambda: counts.fallbacks)
        self.collect(PLAN_ERRORS, lambda: counts.errors)

    def set_build_info(self, *, version: str, stripe_version: str) -> None:
        """What runs."""
        BUILD.make(self._registry).labels(version, platform.python_version(), stripe_version).set(1)

    def _collect_process(self) -> None:
        process = prometheus_client.ProcessCollector(registry=None)

        def read() -> Mapping[Metric, float]:
            found = {sample.name: sample.value for family in process.collect() for sample in family.samples}
            told = {one: found.get(one.sample, 0.0) for one in _PROCESS}
            return {**told, FILES_USED: told[OPEN_FILES] / (told[MAX_FILES] or math.inf)}

        self.collect_all((*_PROCESS, FILES_USED), read)

    # --- How it is read ------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Take in what is counted elsewhere, on the thread that counts it."""
        for take in self._sources:
            take()

    async def keep_fresh(self) -> None:
        """Refresh for ever, where another process may be the one that is asked."""
        while is_shared():
            self.refresh()
            await asyncio.sleep(REFRESH_SECONDS)

    def expose(self, accept: str) -> tuple[bytes, str]:
        """All metrics in the format that is asked for, and its media type. It may take milliseconds: use a thread."""
        encode, media_type = choose_encoder(accept)
        return encode(_of_all_processes() if is_shared() else self._registry), media_type


@dataclass(frozen=True, slots=True)
class _OfOperation:
    count: Any
    seconds: Any
    calls: Any


_ANSWERED = ("ok", "error")
_FAULTS = ("INTERNAL", "RATE_LIMITED", "UPSTREAM_TIMEOUT", "UPSTREAM_UNAVAILABLE")
"""Counted from 0: a counter that begins at 1 has not risen, as Prometheus sees it."""

_LIMITS = ("rate_limit_calls", "rate_limit_cards", "rate_limit_declines", "stripe_max_calls_per_caller")
"""Limits of a caller that an operation may meet while it is executed."""

_TOLD_APART = (401, 403, 429)


def _status(call: StripeCall) -> str:
    # A success that broke off, or that is not Stripe's, is none.
    if call.status is None or (call.status < 400 and call.reason is not None):
        return "none"
    return str(call.status) if call.status in _TOLD_APART else f"{call.status // 100}xx"


def _taking_over(counter: Counter) -> Callable[[float], None]:
    taken = 0.0

    def take(now: float) -> None:
        nonlocal taken
        if now > taken:
            counter.inc(now - taken)
            taken = now

    return take


# --- Several processes ----------------------------------------------------------------------------------------------


def is_shared() -> bool:
    """Whether this process shares its metrics with others, through the files of one folder."""
    return values.ValueClass is not values.MutexValue


def _of_all_processes() -> CollectorRegistry:
    registry = CollectorRegistry()
    folder = multiprocess.MultiProcessCollector(registry)._path  # type: ignore[no-untyped-call]
    for pid in {int(file.stem.rpartition("_")[2]) for file in Path(folder).glob("gauge_live*_*.db")}:
        if not _lives(pid):
            multiprocess.mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]
    return registry


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
