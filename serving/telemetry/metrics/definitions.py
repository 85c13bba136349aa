"""The declarations of all metrics. The table in the documentation is generated from them.

No label has values that clients or Stripe choose without a bound: the numbers of operation names and of connected
accounts are limited, endpoints are templates, and statuses are classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30)
EVENT_SECONDS = (0.5, 1, 2, 3, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
CALLS = (0, 1, 2, 3, 4, 5, 10, 20, 50, 120)


@dataclass(frozen=True)
class Metric:
    """The declaration of one metric. `across` is the way in which the gauges of several processes are combined."""

    name: str
    kind: type[Counter] | type[Gauge] | type[Histogram]
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = SECONDS
    across: str = "livesum"

    def create(self, registry: CollectorRegistry) -> Any:
        """The Prometheus metric, registered in `registry`."""
        options: dict[str, Any] = {"registry": registry, "labelnames": self.labels}
        if self.kind is Histogram:
            options["buckets"] = self.buckets
        if self.kind is Gauge:
            options["multiprocess_mode"] = self.across
        return self.kind(self.name, self.meaning, **options)

    @property
    def sample(self) -> str:
        """The name in the output."""
        return f"{self.name}_total" if self.kind is Counter else self.name

    @property
    def row(self) -> str:
        """The row in the table."""
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
ACCOUNT_OPERATIONS = Metric(
    "attache_account_operations",
    Counter,
    "Operations of callers with a connected account. The first 100 accounts have their own values, the others: other.",
    ("account", "outcome"),
)
ACCOUNT_CALLS = Metric(
    "attache_account_stripe_calls",
    Counter,
    "REST calls for connected accounts. account: as above; status: as for attache_stripe_call_duration_seconds.",
    ("account", "status"),
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
CACHE_READS = Metric(
    "attache_read_cache_reads",
    Counter,
    "Reads of wallets. source: hit (from the read cache), joined (shared the REST call of an equal read), miss (a REST"
    " call), bypass (a REST call, because the request has no-cache, or the store is unavailable).",
    ("source",),
)
CACHE_EVICTIONS = Metric(
    "attache_read_cache_evictions",
    Counter,
    "Wallets whose cached reads became invalid. cause: own_write, not_found for a read that shows that the customer "
    "is gone, or the kind of the event.",
    ("cause",),
)
CACHE_AGE = Metric(
    "attache_read_cache_hit_age_seconds",
    Counter,
    "Sum of the ages of hits. Divided by their number, it is the average age.",
)
CACHE_RESULTS = Metric(
    "attache_read_cache_results",
    Counter,
    "Queries that were answered with the result of an equal query. Their reads are counted as hits.",
)
CACHE_FAILURES = Metric("attache_read_cache_failures", Counter, "Uses of the store by the read cache that failed.")
CACHE_BYTES = Metric(
    "attache_read_cache_bytes",
    Gauge,
    "Memory of the read cache in the process. With REDIS_URL, only results of queries are in the process.",
)
CACHE_BOUND = Metric(
    "attache_read_cache_bound_seconds",
    Gauge,
    "Current staleness bound. It is below READ_CACHE_SECONDS while events are missing.",
    across="livemin",
)
CACHE_PAUSED = Metric(
    "attache_read_cache_paused",
    Gauge,
    "1 while the read cache is not used, because an own write could not evict its wallets from the store.",
    across="livemax",
)
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
CONNECTIONS_REFUSED = Metric(
    "attache_connections_refused", Counter, "Client connections closed with 503, because too many were open."
)
ACCEPT_FAILURES = Metric(
    "attache_accept_failures", Counter, "Failed attempts to accept a connection, for lack of file descriptors."
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
SUBSCRIPTIONS = Metric("attache_subscriptions", Gauge, "Active subscriptions, which count towards MAX_SUBSCRIPTIONS.")
SUBSCRIPTIONS_ENDED = Metric(
    "attache_subscriptions_ended",
    Counter,
    "Subscriptions that ended. transport: sse, websocket. reason: client, drain, token_expired, not_allowed, failed.",
    ("transport", "reason"),
)
SUBSCRIPTION_EVENTS = Metric(
    "attache_subscription_events", Counter, "Changes sent to subscribers. Each is also an operation of kind event."
)
SUBSCRIPTION_RESYNCS = Metric(
    "attache_subscription_resyncs", Counter, "RESYNC changes sent to subscribers, which may have missed changes."
)
STORE_UP = Metric(
    "attache_shared_store_up", Gauge, "1 while Valkey or Redis is available; only with REDIS_URL.", across="livemin"
)
EVENTS = Metric(
    "attache_events",
    Counter,
    "Events from Stripe. type: other if it concerns no wallet. source: webhook or sweep. outcome: handled, seen "
    "(handled before), no_wallet, other_type, other_account, malformed, not_json, unavailable (the shared store).",
    ("type", "source", "outcome"),
)
EVENT_DELAY = Metric(
    "attache_event_delay_seconds",
    Histogram,
    "Time from a change at Stripe, in whole seconds, until the service has handled its event.",
    ("source",),
    EVENT_SECONDS,
)
WEBHOOK_REFUSALS = Metric(
    "attache_webhook_refusals",
    Counter,
    "Webhook requests that were rejected. reason: no_signature, malformed_signature, old_signature, wrong_signature, "
    "compressed, too_large, too_slow, too_many (bodies that arrive slowly).",
    ("reason",),
)
SWEEP_FAILURES = Metric("attache_event_sweep_failures", Counter, "Sweeps that failed.")
SWEEP_AGE = Metric(
    "attache_event_sweep_age_seconds",
    Gauge,
    "Time since a replica has last read the events that were not delivered; with EVENTS=poll, all events.",
    across="livemax",
)
EVENTS_MISSING = Metric(
    "attache_events_missing",
    Gauge,
    "1 while the service's own changes don't come back as events, or sweeps fail: cached reads then live 5 seconds.",
    across="livemax",
)
CANARY_MISSES = Metric(
    "attache_event_misses", Counter, "Changes by the service itself that did not come back as an event in time."
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
STARTED = Metric("process_start_time_seconds", Gauge, "Start time of the newest process.", across="livemax")
FILES_USED = Metric(
    "attache_open_files_ratio",
    Gauge,
    "Highest share of the file descriptor limit that a process uses.",
    across="livemax",
)

METRICS = tuple(declared for declared in list(globals().values()) if isinstance(declared, Metric))
"""All metrics, in the order of their declarations."""


def table() -> str:
    """The table of all metrics in Markdown."""
    return "\n".join(["| metric | type | labels | meaning |", "|---|---|---|---|", *(metric.row for metric in METRICS)])
