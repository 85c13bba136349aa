"""`python -m quality.faults.memory` measures the service's memory before and after many failed operations.

Resident memory is measured idle and under healthy load, before and after the failing operations of each kind. It must
not grow by more than ALLOWED_BYTES.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from quality.faults import processes
from quality.faults.processes import Process
from quality.harness import builders, wire
from quality.harness.processes import free_port
from quality.harness.wire import LOCALHOST

ALLOWED_BYTES = 20 * 1024 * 1024
CLIENTS = 32
REST_SECONDS = 2.0
TRY_SECONDS = 0.2
HEALTHY = "pm_healthy"
QUERY = "query Read($id: ID!) { paymentMethod(id: $id) { id displayLabel customer { id name } } }"

Respond = Callable[[asyncio.StreamWriter], Awaitable[None]]


async def _large_error(writer: asyncio.StreamWriter) -> None:
    body = b"<html>" + b"x" * 1_000_000
    writer.write(bytes(wire.response(502, body, "text/html", Stripe_Should_Retry="false")))


async def _over_the_limit(writer: asyncio.StreamWriter) -> None:
    writer.write(bytes(wire.response(200, b'{"id": "pm_1", "pad": "' + b"x" * 5_000_000 + b'"}')))


async def _not_json(writer: asyncio.StreamWriter) -> None:
    writer.write(bytes(wire.response(200, b'{"id": "pm_1", "pad": "' + b"x" * 1_000_000)))


async def _reset(writer: asyncio.StreamWriter) -> None:
    wire.reset(writer)


async def _timeout(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(2 * TRY_SECONDS)


async def _healthy(writer: asyncio.StreamWriter) -> None:
    body = {**builders.payment_method(HEALTHY, customer=builders.customer()), "pad": "x" * 20_000}
    writer.write(bytes(wire.response(200, json.dumps(body).encode())))


KINDS: Mapping[str, Respond] = {
    "a large error": _large_error,
    "a response over the limit": _over_the_limit,
    "a response that is not JSON": _not_json,
    "a reset": _reset,
    "a timeout": _timeout,
}


class Upstream:
    """A fake Stripe. Reads of the payment method HEALTHY succeed. `respond` answers all other requests."""

    def __init__(self) -> None:
        self.respond: Respond = _healthy

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Handle a connection."""
        while (request := await wire.read_message(reader)) is not None:
            await (_healthy if HEALTHY in request.first_line else self.respond)(writer)
            try:
                await writer.drain()
            except OSError:
                break
        writer.close()


@dataclass(frozen=True)
class Measured:
    """Resident bytes of the service before and after the failing operations."""

    rest_before: int
    load_before: int
    rest_after: int
    load_after: int

    @property
    def grown(self) -> int:
        """The larger growth of the two."""
        return max(self.rest_after - self.rest_before, self.load_after - self.load_before)

    def __str__(self) -> str:
        sizes = (self.rest_before, self.rest_after, self.load_before, self.load_after)
        at_rest, to_rest, under, to_under = (f"{size / 2**20:.0f}" for size in sizes)
        return f"at rest {at_rest} to {to_rest} MiB, under load {under} to {to_under} MiB"


async def measure(folder: Path, operations: int, kinds: Mapping[str, Respond] = KINDS) -> Mapping[str, Measured]:
    """Measure the memory before and after `operations` failing operations of each kind."""
    upstream, port = Upstream(), free_port()
    server = await asyncio.start_server(upstream.serve, LOCALHOST, port)
    service = processes.service(folder, "service", _settings(port), planted=None)
    found: dict[str, Measured] = {}
    try:
        await service.start()
        await _load(service.port, HEALTHY, 500)
        for name, respond in kinds.items():
            upstream.respond = respond
            found[name] = await _measure_around(service, operations)
        return found
    finally:
        await processes.stop([service])
        server.close()


async def _measure_around(service: Process, operations: int) -> Measured:
    rest_before, load_before = await _sizes(service)
    await _load(service.port, "pm_failing", operations)
    rest_after, load_after = await _sizes(service)
    return Measured(rest_before, load_before, rest_after, load_after)


async def _sizes(service: Process) -> tuple[int, int]:
    await asyncio.sleep(REST_SECONDS)
    at_rest = (await service.usage()).bytes
    await _load(service.port, HEALTHY, 300)
    return at_rest, (await service.usage()).bytes


async def _load(port: int, id: str, operations: int) -> None:
    body = json.dumps({"query": QUERY, "variables": {"id": id}}).encode()
    message = wire.request("POST", "/graphql", body=body, headers={"Content-Type": "application/json"})
    left = iter(range(operations))

    async def client() -> None:
        for _ in left:
            found = await wire.exchange(port, message)
            assert found is not None
            assert ("errors" in found.json) is (id != HEALTHY), found.body[:500]

    await asyncio.gather(*(client() for _ in range(CLIENTS)))


def _settings(port: int) -> Mapping[str, str]:
    return {
        "STRIPE_SECRET_KEY": "sk_test_faults",
        "STRIPE_API_BASE": f"http://{LOCALHOST}:{port}",
        "STRIPE_TIMEOUT": str(TRY_SECONDS),
        "STRIPE_BREAKER_FAILURES": "0",
        "ALLOW_ANONYMOUS": "true",
        "LOG_LEVEL": "error",
    }


def main() -> int:
    """Measure and report. Returns 1 if memory has grown by more than ALLOWED_BYTES."""
    parser = argparse.ArgumentParser(prog="python -m quality.faults.memory", description=__doc__)
    parser.add_argument("--operations", type=int, default=10_000, help="failing operations of each kind (10000)")
    parser.add_argument("--kind", choices=KINDS, help="measure only this kind")
    options = parser.parse_args()
    kinds = {options.kind: KINDS[options.kind]} if options.kind else KINDS
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(Path(folder), options.operations, kinds))
    for name, measured in found.items():
        verdict = "ok" if measured.grown <= ALLOWED_BYTES else "GREW"
        print(f"{verdict:5}{name}: {measured} after {options.operations} operations")
    return 1 if any(measured.grown > ALLOWED_BYTES for measured in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
