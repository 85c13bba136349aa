"""A thousand clients with an upstream limit of 25 calls per second: `uv run python -m quality.benchmarks.overload`.

Server and sandbox run as processes, and the sandbox records the arrival time of each request. Each client repeats its
request after a second, or after the `retryAfter` of a rejection. One client in twenty writes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from quality.harness.call_rates import busiest_second
from quality.harness.processes import running
from quality.harness.wallets import JENNY
from sandbox import create_sandbox

LIMIT = 25
CLIENTS = 1000
WRITERS = 50
SECONDS = 20.0
REJECTION_LIMIT = 0.1
"""Seconds within which a client gets a rejection."""

IDLE = 3.0
"""Seconds after which clients close idle connections. The server closes them after five."""

READ = f'{{ customer(id: "{JENNY}") {{ email }} }}'
WRITE = f"""mutation {{ attachPaymentMethod(input: {{paymentMethodId: "pm_card_visa", customerId: "{JENNY}"}}) {{
  paymentMethod {{ id }} errors {{ code }} }} }}"""

ResponseTimes = dict[tuple[str, str], list[float]]
"""The response times in seconds, by operation and error code."""


class ArrivalRecorder:
    """An ASGI app that records when each request arrived, and lists the times at /arrivals."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._arrivals: list[float] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and Request(scope).url.path == "/arrivals":
            await JSONResponse(self._arrivals)(scope, receive, send)
            return
        self._arrivals.append(time.monotonic())
        await self._app(scope, receive, send)


async def _client(session: aiohttp.ClientSession, url: str, number: int, end: float, responses: ResponseTimes) -> None:
    kind, query = ("write", WRITE) if number < WRITERS else ("read", READ)
    await asyncio.sleep(random.random() * 2)
    while (began := time.monotonic()) < end:
        try:
            async with session.post(url, json={"query": query}) as response:
                body: dict[str, Any] = await response.json(content_type=None)
            extensions = body["errors"][0]["extensions"] if "errors" in body else {}
        except aiohttp.ClientError:
            extensions = {"code": "no response"}
        responses[kind, extensions.get("code", "done")].append(time.monotonic() - began)
        await asyncio.sleep(min(extensions.get("retryAfter", 1) * random.uniform(1, 2), max(0, end - time.monotonic())))


async def _run_clients(url: str, seconds: float) -> ResponseTimes:
    responses: ResponseTimes = defaultdict(list)
    end = time.monotonic() + seconds
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE)) as session:
        await asyncio.gather(*(_client(session, url, number, end, responses) for number in range(CLIENTS)))
    return responses


async def _arrivals(base: str) -> list[float]:
    async with aiohttp.ClientSession() as session, session.get(f"{base}/arrivals") as response:
        times: list[float] = await response.json()
    return times


def _report(responses: ResponseTimes, arrivals: list[float], seconds: float) -> bool:
    busiest = busiest_second(arrivals)
    print(f"\nThe upstream received {len(arrivals)} calls in {seconds:.0f} s.")
    print(f"It received {busiest} in its busiest second; the limit is {LIMIT}.\n")
    print("| operation | result | times | median | 99 % | longest |\n|---|---|--:|--:|--:|--:|")
    for (kind, code), times in sorted(responses.items()):
        times.sort()
        shown = (f"{times[int(part * (len(times) - 1))] * 1000:.0f} ms" for part in (0.5, 0.99, 1))
        print(f"| {kind} | {code} | {len(times)} | {' | '.join(shown)} |")
    rejections = sorted(time for (_, code), times in responses.items() if code == "OVERLOADED" for time in times)
    in_time = sum(time < REJECTION_LIMIT for time in rejections)
    print(f"\n{in_time} of {len(rejections)} rejections arrived within {REJECTION_LIMIT * 1000:.0f} ms.")
    print(f"The machine's load was {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")
    writes, reads = len(responses["write", "OVERLOADED"]), len(responses["read", "OVERLOADED"])
    print(f"{writes} writes and {reads} reads were rejected.")
    return busiest <= LIMIT


def main() -> None:
    """Run the clients and print the results. Exits with 1 if the upstream got more calls than its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--upstream", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.upstream:
        uvicorn.run(ArrivalRecorder(create_sandbox()), port=options.port, log_level="warning")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        upstream = running("-m", "quality.benchmarks.overload", "--upstream", folder=folder, ready="/arrivals")
        with upstream as stripe:
            settings = {"STRIPE_SECRET_KEY": "sk_test_x", "STRIPE_API_BASE": stripe.base, "ALLOW_ANONYMOUS": "true"}
            settings |= {"STRIPE_CALLS_PER_SECOND": str(LIMIT), "LOG_LEVEL": "error"}
            with running("server.py", folder=folder, **settings) as server:
                responses = asyncio.run(_run_clients(f"{server.base}/graphql", options.seconds))
            arrivals = asyncio.run(_arrivals(stripe.base))
    raise SystemExit(not _report(responses, arrivals, options.seconds))


if __name__ == "__main__":
    main()
