"""Workloads: an operation, a number of concurrent clients and a setting. A curve varies one parameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from quality.benchmarks import operations
from quality.benchmarks.operations import MARK, Operation
from quality.benchmarks.servers import APOLLO, FLOOR, MERCURIUS, PLAIN, SERVERS, SERVICE, Setting

ALL = tuple(server.name for server in SERVERS)
CORE = (FLOOR.name, SERVICE.name, MERCURIUS.name, APOLLO.name)


@dataclass(frozen=True)
class Workload:
    """An operation under a load, and the servers to measure.

    `calls` is the number of REST calls per operation, `duration_factor` multiplies the duration of the measurement, and
    `distinct` is the number of distinct documents.
    """

    key: str
    title: str
    operation: Operation
    connections: int
    setting: Setting = PLAIN
    servers: tuple[str, ...] = ALL
    calls: int = 1
    distinct: int = 1
    duration_factor: int = 1

    def sample(self) -> bytes:
        """The body of a request, with the first document if there are many."""
        return self.operation.body().replace(MARK.encode(), b"0" * 10)


SLOW_CONNECTIONS = 500

W1 = Workload("W1", "attach", operations.attach(), 64)
W2 = Workload("W2", "a customer's 100 payment methods", operations.listing(), 16)
W3 = Workload("W3", "wallet screen: customer, default, page of 10", operations.wallet(), 32, calls=2)
W1_SLOW = Workload(
    "W1slow", "attach, upstream 50 ms away", operations.attach(), SLOW_CONNECTIONS, Setting("slow"), duration_factor=2
)
W5 = Workload("W5", "a payment method of each type, every field of every type", operations.all_types(), 16)
W1_TLS = replace(W1, key="W1tls", title="attach, upstream over TLS", setting=Setting("tls"), servers=CORE)
W1_SLOW_TLS = replace(
    W1_SLOW,
    key="W1slowtls",
    title="attach, upstream over TLS, 50 ms away",
    setting=Setting("slowtls"),
    servers=CORE,
)
W3_CACHED = replace(
    W3,
    key="W3cached",
    title="wallet screen from the service's warm read cache, in process",
    setting=Setting(read_cache="process"),
    servers=(SERVICE.name, MERCURIUS.name),
)
W3_STORED = replace(
    W3_CACHED,
    key="W3stored",
    title="wallet screen from the service's warm read cache, in Valkey or Redis",
    setting=Setting(read_cache="store"),
)

COMPARED: Sequence[Workload] = (W1, W2, W3, W1_SLOW, W5, W1_TLS, W1_SLOW_TLS, W3_CACHED, W3_STORED)
"""The workloads that compare servers. The peers have no read cache, and call the upstream in all of them."""


@dataclass(frozen=True)
class Curve:
    """Workloads that vary one parameter. `points` has the workload for each value of the parameter."""

    name: str
    title: str
    axis: str
    points: Sequence[tuple[int, Workload]]
    servers: Sequence[str] = (FLOOR.name, SERVICE.name, MERCURIUS.name)

    def workloads(self) -> list[Workload]:
        """The workloads of all points."""
        return [workload for _, workload in self.points]


def _length(first: int) -> Workload:
    return Workload(f"length={first}", f"a list of {first}", operations.listing(first), 16)


def _selection(count: int) -> Workload:
    listing = operations.listing(10, operations.FIELDS[:count])
    return Workload(f"selection={count}", f"{count} fields of each of 10", listing, 16)


def _documents(distinct: int) -> Workload:
    wallet = operations.numbered(operations.short_wallet(), MARK if distinct > 1 else "0" * 10)
    title = f"wallet screen in {distinct} documents"
    # Long enough to send each document at 230 requests per second.
    duration_factor = {1000: 5, 10_000: 25}.get(distinct, 1)
    return Workload(
        f"documents={distinct}", title, wallet, 32, calls=2, distinct=distinct, duration_factor=duration_factor
    )


def _connections(count: int) -> Workload:
    return Workload(f"connections={count}", f"attach, {count} connections", operations.attach(), count)


def _workers(count: int) -> Workload:
    setting = Setting(workers=count, pinned=False)
    return Workload(f"workers={count}", f"attach, {count} workers", operations.attach(), 64, setting)


CURVES: Sequence[Curve] = (
    Curve("length", "List length", "payment methods in a page", [(x, _length(x)) for x in (1, 10, 25, 50, 100)]),
    Curve(
        "selection",
        "Selection",
        "fields of each of 10",
        [(x, _selection(x)) for x in (1, 10, 30, len(operations.FIELDS))],
    ),
    Curve(
        "documents",
        "Distinct documents",
        "distinct documents, sent in rotation",
        [(x, _documents(x)) for x in (1, 10, 100, 1000, 10000)],
        (SERVICE.name, MERCURIUS.name),
    ),
    Curve("connections", "Connections", "concurrent clients", [(x, _connections(x)) for x in (1, 8, 64, 256, 512)]),
    Curve("workers", "Workers", "processes, not pinned", [(x, _workers(x)) for x in (1, 2)], (SERVICE.name,)),
)
