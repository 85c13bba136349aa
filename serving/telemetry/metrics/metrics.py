"""The service's Prometheus metrics: what operations count, what other parts count, and the output of both."""

from __future__ import annotations

import asyncio
import math
import os
import platform
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, multiprocess, values
from prometheus_client.exposition import choose_encoder

from serving.telemetry.metrics import definitions as table
from serving.telemetry.metrics.account_metrics import AccountMetrics
from serving.telemetry.metrics.definitions import Metric
from serving.telemetry.metrics.event_metrics import EventMetrics
from serving.telemetry.metrics.operation_metrics import MAX_NAMES, OperationMetrics
from serving.telemetry.metrics.subscription_metrics import SubscriptionMetrics

REFRESH_SECONDS = 1.0
"""Maximum age of numbers that other parts count, in a process that does not receive the request for metrics."""

_PROCESS_METRICS = (table.CPU, table.MEMORY, table.OPEN_FILES, table.MAX_FILES, table.STARTED)
_NO_ORIGINS: Mapping[str, str] = {}

K = TypeVar("K")
SetNumber = Callable[[float], None]

prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]


class PlanCounts(Protocol):
    """The counts of compiled plans since the start of the process."""

    hits: int
    misses: int
    compilations: int
    fallbacks: int
    errors: int


class Metrics:
    """`operations`, `accounts`, `subscriptions` and `events` count as observers. `collect` adds a number of another
    part.
    """

    def __init__(self, origins: Mapping[str, str] = _NO_ORIGINS, *, max_names: int = MAX_NAMES) -> None:
        self._registry = CollectorRegistry(auto_describe=True)
        self._sources: list[Callable[[], None]] = []
        self.operations = OperationMetrics(self._registry, origins, max_names=max_names)
        self.accounts = AccountMetrics(self._registry)
        self.subscriptions = SubscriptionMetrics(self._registry)
        self.events = EventMetrics(self._registry)
        self._collect_process()

    def collect(self, metric: Metric, read: Callable[[], float]) -> None:
        """Read a number from its source whenever the metrics are read. The number of a counter must not decrease."""
        self.collect_all(lambda: {metric: read()})

    def collect_all(self, read: Callable[[], Mapping[Metric, float]]) -> None:
        """Like `collect`, for several numbers with one source."""
        self._collect(read, self._setter)

    def collect_by_label(self, metric: Metric, read: Callable[[], Mapping[str, float]]) -> None:
        """Like `collect`, for a counter with one label. The numbers are by its values."""
        created = metric.create(self._registry)
        self._collect(read, lambda value: _increaser(created.labels(value)))

    def _collect(self, read: Callable[[], Mapping[K, float]], create_setter: Callable[[K], SetNumber]) -> None:
        setters: dict[K, SetNumber] = {}

        def update() -> None:
            for key, number in read().items():
                if key not in setters:
                    setters[key] = create_setter(key)
                setters[key](number)

        self._sources.append(update)

    def _setter(self, metric: Metric) -> SetNumber:
        created = metric.create(self._registry)
        return _increaser(created) if metric.kind is Counter else created.set

    def collect_plan_counts(self, counts: PlanCounts) -> None:
        """Collect the counts of compiled plans."""
        self.collect(table.PLAN_HITS, lambda: counts.hits)
        self.collect(table.PLAN_MISSES, lambda: counts.misses)
        self.collect(table.PLAN_COMPILATIONS, lambda: counts.compilations)
        self.collect(table.PLAN_FALLBACKS, lambda: counts.fallbacks)
        self.collect(table.PLAN_ERRORS, lambda: counts.errors)

    def set_build_info(self, *, version: str, stripe_version: str) -> None:
        """Export the versions of the service, of Python and of Stripe's API."""
        table.BUILD.create(self._registry).labels(version, platform.python_version(), stripe_version).set(1)

    def _collect_process(self) -> None:
        process = prometheus_client.ProcessCollector(registry=None)

        def read() -> Mapping[Metric, float]:
            samples = {sample.name: sample.value for family in process.collect() for sample in family.samples}
            numbers = {metric: samples.get(metric.sample, 0.0) for metric in _PROCESS_METRICS}
            used = numbers[table.OPEN_FILES] / (numbers[table.MAX_FILES] or math.inf)
            return {**numbers, table.FILES_USED: used}

        self.collect_all(read)

    def refresh(self) -> None:
        """Read all sources. Call it on the thread of the event loop."""
        for update in self._sources:
            update()

    async def keep_fresh(self) -> None:
        """Refresh regularly if several processes share their metrics, because any of them may get the request."""
        while is_shared():
            self.refresh()
            await asyncio.sleep(REFRESH_SECONDS)

    def expose(self, accept: str) -> tuple[bytes, str]:
        """All metrics in the requested format, and its media type. It may take milliseconds: call it in a thread."""
        encode, media_type = choose_encoder(accept)
        return encode(_registry_of_all_processes() if is_shared() else self._registry), media_type


def _increaser(counter: Counter) -> SetNumber:
    """A setter for a counter, which has no setter itself."""
    value = 0.0

    def set_value(new: float) -> None:
        nonlocal value
        if new > value:
            counter.inc(new - value)
            value = new

    return set_value


# --- Several processes ----------------------------------------------------------------------------------------------


def is_shared() -> bool:
    """Whether this process shares its metrics with others, through the files of one folder."""
    return values.ValueClass is not values.MutexValue


def _registry_of_all_processes() -> CollectorRegistry:
    registry = CollectorRegistry()
    folder = multiprocess.MultiProcessCollector(registry)._path  # type: ignore[no-untyped-call]
    for pid in {int(file.stem.rpartition("_")[2]) for file in Path(folder).glob("gauge_live*_*.db")}:
        if not _is_running(pid):
            multiprocess.mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]
    return registry


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
