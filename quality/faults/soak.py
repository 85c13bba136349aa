"""`python -m quality.faults.soak`: runs a steady load with some faults for a long time, and checks for leaks.

It measures the capacity, and then applies half of it: for a while without faults, then with faults. Memory,
descriptors and tasks must stay flat. Operations without a fault must stay fast.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import itertools
import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from quality.faults import processes, webhooks
from quality.faults.auditor import Ledger
from quality.faults.client import Outcome, parse_result
from quality.faults.cluster import SECRET, SETTINGS
from quality.faults.operations import OPERATIONS
from quality.faults.plan import NONE, Fault, draw_plan
from quality.faults.processes import Process, Usage
from quality.faults.proxy import Proxy
from quality.faults.scenarios import Scenario
from quality.faults.subscribers import Subscribers
from quality.faults.webhooks import WebhookRelay
from quality.harness import wire
from quality.harness.wire import LOCALHOST
from serving.settings.settings import Settings

CUSTOMERS = 200
SUBSCRIBERS = 100
"""Concurrent subscriptions. About twenty start and end each second."""

TRIES_WITH_FAULTS = 8
"""The number of an operation's first tries of REST calls that can have a fault."""
MIX = {"read the wallet": 72, "update": 13, "set the default": 14, "attach a token": 1}
TOO_MANY_REQUESTS = 429
"""Not among the faults, because it makes the service slow down all operations."""
ATTACHED = "payment_method.attached"
SAMPLE_SECONDS = 5.0
GC_THRESHOLD = 5_000
"""The garbage collector's threshold in this process."""
ALLOWED_GROWTH = 0.03
"""The allowed growth of memory from the second to the last third of the run, as a fraction."""


@dataclass
class Load:
    """The results of a steady load."""

    unaffected: list[float] = field(default_factory=list)
    """Seconds of each operation without a fault."""
    affected: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    attached: Counter[str] = field(default_factory=Counter)
    samples: list[Usage] = field(default_factory=list)


@dataclass
class Soak:
    """The service under load. `free` has the customers without a running operation."""

    service: Process
    proxy: Proxy
    settings: Settings
    free: list[Scenario]
    rng: random.Random
    share: float = 0.0
    """The share of REST calls that get a fault."""

    async def operate(self, load: Load) -> None:
        """Run one operation for a customer without a running operation."""
        scenario = self.free.pop(self.rng.randrange(len(self.free)))
        scenario.kind = self.rng.choices(list(MIX), list(MIX.values()))[0]
        faults = [self._fault() for _ in range(TRIES_WITH_FAULTS)]
        self.proxy.plan(scenario.ids.values(), faults)
        before = self.proxy.injected.total()
        started = time.perf_counter()
        result = parse_result(await wire.exchange(self.service.port, self._request(scenario)))
        seconds = time.perf_counter() - started
        left = len(self.proxy.planned(scenario.ids["customer"]))
        drew_fault = any(fault != NONE for fault in faults[: TRIES_WITH_FAULTS - left])
        has_fault = drew_fault and self.proxy.injected.total() > before
        (load.affected if has_fault else load.unaffected).append(seconds)
        load.outcomes[result.outcome.value] += 1
        if scenario.kind == "attach a token":
            load.attached[result.outcome.name] += 1
        self.free.append(scenario)

    def _fault(self) -> Fault:
        if self.rng.random() >= self.share:
            return NONE
        fault = self.rng.choice(draw_plan(self.rng))
        return fault if fault.status != TOO_MANY_REQUESTS else self._fault()

    def _request(self, scenario: Scenario) -> wire.Message:
        headers = {"Authorization": f"Bearer {scenario.token(self.settings)}", "Content-Type": "application/json"}
        body = json.loads(scenario.body(None))
        if scenario.kind == "update":
            body["variables"]["input"]["billingDetails"] = {"name": f"Someone {self.rng.random()}"}
        return wire.request("POST", "/graphql", body=json.dumps(body).encode(), headers=headers)


async def measure_throughput(soak: Soak, *, workers: int, seconds: float) -> float:
    """The operations per second of `workers` clients in a closed loop."""
    load, end = Load(), time.monotonic() + seconds

    async def work() -> None:
        while time.monotonic() < end:
            await soak.operate(load)

    await asyncio.gather(*(work() for _ in range(workers)))
    return len(load.unaffected) / seconds


async def run_at_rate(soak: Soak, *, rate: float, seconds: float, share: float) -> Load:
    """Run an open-loop load of `rate` operations per second."""
    load, tasks, started = Load(), set[asyncio.Task[None]](), time.monotonic()
    soak.share = share
    sampling = asyncio.create_task(_sample(soak.service, load))
    for number in itertools.count():
        due = started + number / rate
        if due > started + seconds:
            break
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        if soak.free:
            task = asyncio.create_task(soak.operate(load))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    sampling.cancel()
    return load


async def _sample(service: Process, load: Load) -> None:
    while True:
        await asyncio.sleep(SAMPLE_SECONDS)
        load.samples.append(await service.usage())


def main() -> int:
    """Run and report. Returns 0 if there is no violation."""
    parser = argparse.ArgumentParser(prog="python -m quality.faults.soak", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--minutes", type=float, default=5.0, help="duration with faults (5)")
    parser.add_argument("--share", type=float, default=0.01, help="share of REST calls that get a fault (0.01)")
    parser.add_argument("--rate", type=float, help="operations per second, instead of half of the capacity")
    options = parser.parse_args()
    return asyncio.run(_with_processes(lambda soak, sandbox: _soak(soak, sandbox, options)))


async def _with_processes(work: Callable[[Soak, Process], Awaitable[int]]) -> int:
    with tempfile.TemporaryDirectory() as name:
        relay = WebhookRelay()
        sandbox = processes.sandbox(Path(name), forward_to=await relay.open(), secret=webhooks.SECRET)
        await sandbox.start()
        proxy = Proxy(sandbox.port)
        await proxy.open()
        base = f"http://{LOCALHOST}:{proxy.port}"
        variables = {"STRIPE_API_BASE": base, **{name: SETTINGS[name] for name in ("STRIPE_SECRET_KEY", "AUTH_SECRET")}}
        variables |= {"LOG_LEVEL": "warning", "STRIPE_TIMEOUT": "2", "OPERATION_DEADLINE": "10"}
        variables["STRIPE_WEBHOOK_SECRET"] = webhooks.SECRET
        service = processes.service(Path(name), "service", variables, planted=None)
        await service.start()
        relay.replicas = [service]
        try:
            free = [Scenario.without_faults("set the default", "service") for _ in range(CUSTOMERS)]
            for scenario in free:
                await scenario.prepare(sandbox.port)
            settings = Settings(sandbox=True, auth_secret=SecretStr(SECRET))
            # Garbage collection would pause the clients and distort the latencies.
            gc.freeze()
            gc.set_threshold(GC_THRESHOLD)
            return await work(Soak(service, proxy, settings, free, random.Random(1)), sandbox)
        finally:
            await processes.stop([service, sandbox])
            await proxy.close()
            await relay.close()
            await asyncio.sleep(0.1)


async def _soak(soak: Soak, sandbox: Process, options: argparse.Namespace) -> int:
    await measure_throughput(soak, workers=8, seconds=5)
    capacity = await measure_throughput(soak, workers=16, seconds=15)
    rate = options.rate or capacity / 2
    print(f"capacity {capacity:.0f} operations/s, load {rate:.0f}/s, {options.share:.1%} of calls faulty", flush=True)
    at_rest = await _at_rest(soak)
    subscribers = Subscribers(soak.service.port, soak.free, soak.settings, random.Random(2))
    subscribers.start(SUBSCRIBERS)
    baseline = await run_at_rate(soak, rate=rate, seconds=30, share=0.0)
    ledger = Ledger(sandbox.port)
    await ledger.read()
    before = ledger.count(ATTACHED)
    reading = asyncio.create_task(_read_regularly(ledger))
    load = await run_at_rate(soak, rate=rate, seconds=options.minutes * 60, share=options.share)
    await subscribers.stop()
    await soak.proxy.drain()
    reading.cancel()
    await ledger.read()
    _print_table(baseline, load)
    print(f"at rest: {at_rest}; {subscribers.messages} messages to subscribers")
    violations = [
        *_leaked(at_rest, await _at_rest(soak)),
        *_grown(load.samples),
        *_slow(baseline, load),
        *_miscounted(load, ledger.count(ATTACHED) - before),
        *([] if subscribers.messages else ["no message reached a subscriber"]),
    ]
    print("\n".join(violations) or "no leak, no slowdown, no wrong result")
    return int(bool(violations))


async def _read_regularly(ledger: Ledger) -> None:
    # Frequent reads keep each response short, so that the sandbox is never blocked for long.
    while True:
        await asyncio.sleep(1)
        await ledger.read()


def _print_table(baseline: Load, load: Load) -> None:
    print("| | operations | median | p99 | max |\n|---|---|---|---|---|")
    rows = {
        "without faults": baseline.unaffected,
        "during faults, unaffected": load.unaffected,
        "with a fault": load.affected,
    }
    for name, times in rows.items():
        cells = [f"{1000 * value:.0f} ms" for value in (_median(times), _p99(times), max(times, default=0.0))]
        print(f"| {name} | {len(times)} | {' | '.join(cells)} |")
    print(f"outcomes: {dict(load.outcomes)}")
    for sample in load.samples[:: max(1, len(load.samples) // 8)]:
        print(f"usage: {sample}")


async def _at_rest(soak: Soak) -> Usage:
    """The usage of the idle service, after the upstream has closed its connections."""
    await asyncio.sleep(3)
    await soak.proxy.close()
    await asyncio.sleep(2)
    held = await soak.service.usage()
    await soak.proxy.open()
    return held


def _leaked(before: Usage, after: Usage) -> list[str]:
    more = after.files > before.files or after.tasks > before.tasks or after.threads > before.threads
    return [f"leaked: {after} at rest, after {before}"] if more else []


def _grown(samples: Sequence[Usage]) -> list[str]:
    third = len(samples) // 3
    if not third:
        return ["too few samples to compare memory"]
    old, new = (statistics.median(one.bytes for one in part) for part in (samples[third:-third], samples[-third:]))
    return [f"memory grew from {old:.0f} to {new:.0f} bytes"] if new > old * (1 + ALLOWED_GROWTH) else []


def _slow(baseline: Load, load: Load) -> list[str]:
    limit = 3 * _median(baseline.unaffected)
    return [f"p99 {_p99(load.unaffected):.3f} s is over {limit:.3f} s"] if _p99(load.unaffected) > limit else []


def _miscounted(load: Load, attached: int) -> list[str]:
    """Clients send no keys: an attach reported as done was executed once, and an unknown one at most once."""
    reported = load.attached[Outcome.DONE.name] + load.attached[Outcome.INCOMPLETE.name]
    unknown = load.attached[Outcome.UNKNOWN.name] + load.attached[Outcome.NOTHING.name]
    fits = reported <= attached <= reported + unknown
    return [] if fits else [f"{attached} attached, but {reported} reported as done and {unknown} as unknown"]


def _median(found: Sequence[float]) -> float:
    return statistics.median(found) if found else 0.0


def _p99(found: Sequence[float]) -> float:
    return sorted(found)[int(len(found) * 0.99)] if found else 0.0


assert set(MIX) <= set(OPERATIONS)

if __name__ == "__main__":
    sys.exit(main())
