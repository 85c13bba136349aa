"""`python -m quality.faults.soak`: a steady load for long, with some faults, and what the service holds meanwhile.

First the capacity is measured, then half of it is put on the service: undisturbed for a while, then with faults.
Memory, descriptors and tasks must stay flat, and the operations that met no fault must stay fast.
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
from quality.faults.kinds import KINDS
from quality.faults.plan import NONE, Fault, draw_plan
from quality.faults.processes import Process, Usage
from quality.faults.proxy import Proxy
from quality.faults.scenarios import Scenario
from quality.faults.scene import SECRET, SETTINGS
from quality.faults.subscribers import Subscribers
from quality.faults.webhooks import WebhookRelay
from quality.harness import wire
from quality.harness.wire import LOCALHOST
from serving.settings.settings import Settings

CUSTOMERS = 200
SUBSCRIBERS = 100
"""Subscriptions at any time, of which about twenty begin and end each second."""

CALLS_OF_ONE = 8
"""At most so many tries are drawn faults for, in one operation."""
MIX = {"read the wallet": 72, "update": 13, "set the default": 14, "attach a token": 1}
TOO_MANY = 429
"""Not among the faults: it tells the service to slow down as a whole, and so it does, for all operations."""
ATTACHED = "payment_method.attached"
SAMPLE_SECONDS = 5.0
SHORT_PAUSES = 5_000
"""Threshold of the garbage collector here."""
MORE_BYTES = 0.03
"""The part by which memory may be more in the last third than in the second."""


@dataclass
class Load:
    """The results of a steady load."""

    quiet: list[float] = field(default_factory=list)
    """Seconds of each operation that met no fault."""
    faulty: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    attached: Counter[str] = field(default_factory=Counter)
    samples: list[Usage] = field(default_factory=list)


@dataclass
class Soak:
    """The service under load, and the customers whose wallets are free."""

    service: Process
    proxy: Proxy
    settings: Settings
    free: list[Scenario]
    draw: random.Random
    share: float = 0.0
    """Of REST calls that meet a fault."""

    async def operate(self, load: Load) -> None:
        """One operation for a customer that no other operation uses."""
        scenario = self.free.pop(self.draw.randrange(len(self.free)))
        scenario.kind = self.draw.choices(list(MIX), list(MIX.values()))[0]
        faults = [self._fault() for _ in range(CALLS_OF_ONE)]
        self.proxy.plan(scenario.ids.values(), faults)
        before = self.proxy.met.total()
        started = time.perf_counter()
        result = parse_result(await wire.exchange(self.service.port, self._request(scenario)))
        seconds = time.perf_counter() - started
        left = len(self.proxy.planned(scenario.ids["customer"]))
        met = any(fault != NONE for fault in faults[: CALLS_OF_ONE - left]) and self.proxy.met.total() > before
        (load.faulty if met else load.quiet).append(seconds)
        load.outcomes[result.outcome.value] += 1
        if scenario.kind == "attach a token":
            load.attached[result.outcome.name] += 1
        self.free.append(scenario)

    def _fault(self) -> Fault:
        if self.draw.random() >= self.share:
            return NONE
        fault = self.draw.choice(draw_plan(self.draw))
        return fault if fault.status != TOO_MANY else self._fault()

    def _request(self, scenario: Scenario) -> wire.Message:
        headers = {"Authorization": f"Bearer {scenario.token(self.settings)}", "Content-Type": "application/json"}
        body = json.loads(scenario.body(None))
        if scenario.kind == "update":
            body["variables"]["input"]["billingDetails"] = {"name": f"Someone {self.draw.random()}"}
        return wire.request("POST", "/graphql", body=json.dumps(body).encode(), headers=headers)


async def measure(soak: Soak, *, workers: int, seconds: float) -> float:
    """Operations per second that so many clients get done, each one after the other."""
    load, end = Load(), time.monotonic() + seconds

    async def work() -> None:
        while time.monotonic() < end:
            await soak.operate(load)

    await asyncio.gather(*(work() for _ in range(workers)))
    return len(load.quiet) / seconds


async def steady(soak: Soak, *, rate: float, seconds: float, share: float) -> Load:
    """A load of so many operations per second, each sent when its time has come."""
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
    """The exit status: 0 when all stayed flat and fast."""
    parser = argparse.ArgumentParser(prog="python -m quality.faults.soak", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--minutes", type=float, default=5.0, help="how long with faults (5)")
    parser.add_argument("--share", type=float, default=0.01, help="part of the REST calls that meet a fault (0.01)")
    parser.add_argument("--rate", type=float, help="operations per second, in place of half of the capacity")
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
            free = [Scenario.undisturbed("set the default", "service") for _ in range(CUSTOMERS)]
            for scenario in free:
                await scenario.prepare(sandbox.port)
            settings = Settings(sandbox=True, auth_secret=SecretStr(SECRET))
            # Garbage collection would pause the clients and distort the latencies.
            gc.freeze()
            gc.set_threshold(SHORT_PAUSES)
            return await work(Soak(service, proxy, settings, free, random.Random(1)), sandbox)
        finally:
            await processes.stop([service, sandbox])
            await proxy.close()
            await relay.close()
            await asyncio.sleep(0.1)


async def _soak(soak: Soak, sandbox: Process, options: argparse.Namespace) -> int:
    await measure(soak, workers=8, seconds=5)
    capacity = await measure(soak, workers=16, seconds=15)
    rate = options.rate or capacity / 2
    print(f"capacity {capacity:.0f} operations/s, load {rate:.0f}/s, {options.share:.1%} of calls faulty", flush=True)
    at_rest = await _at_rest(soak)
    subscribers = Subscribers(soak.service.port, soak.free, soak.settings, random.Random(2))
    subscribers.start(SUBSCRIBERS)
    quiet = await steady(soak, rate=rate, seconds=30, share=0.0)
    ledger = Ledger(sandbox.port)
    await ledger.read()
    before = ledger.count(ATTACHED)
    reading = asyncio.create_task(_read_on(ledger))
    load = await steady(soak, rate=rate, seconds=options.minutes * 60, share=options.share)
    await subscribers.stop()
    await soak.proxy.drain()
    reading.cancel()
    await ledger.read()
    _print_table(quiet, load)
    print(f"at rest: {at_rest}; {subscribers.messages} messages to subscribers")
    wrong = [
        *_leaked(at_rest, await _at_rest(soak)),
        *_grown(load.samples),
        *_slow(quiet, load),
        *_miscounted(load, ledger.count(ATTACHED) - before),
        *([] if subscribers.messages else ["no message reached a subscriber"]),
    ]
    print("\n".join(wrong) or "no leak, no slowdown, no wrong result")
    return int(bool(wrong))


async def _read_on(ledger: Ledger) -> None:
    # Often, so that the sandbox never has to stop for long to tell.
    while True:
        await asyncio.sleep(1)
        await ledger.read()


def _print_table(quiet: Load, load: Load) -> None:
    print("| | operations | median | p99 | most |\n|---|---|---|---|---|")
    rows = {"undisturbed": quiet.quiet, "among faults, met none": load.quiet, "met a fault": load.faulty}
    for name, found in rows.items():
        shown = [f"{1000 * value:.0f} ms" for value in (_median(found), _p99(found), max(found, default=0.0))]
        print(f"| {name} | {len(found)} | {' | '.join(shown)} |")
    print(f"outcomes: {dict(load.outcomes)}")
    for sample in load.samples[:: max(1, len(load.samples) // 8)]:
        print(f"held: {sample}")


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
        return ["too short to tell whether memory grew"]
    old, new = (statistics.median(one.bytes for one in part) for part in (samples[third:-third], samples[-third:]))
    return [f"memory grew from {old:.0f} to {new:.0f} bytes"] if new > old * (1 + MORE_BYTES) else []


def _slow(quiet: Load, load: Load) -> list[str]:
    most = 3 * _median(quiet.quiet)
    return [f"p99 {_p99(load.quiet):.3f} s is over {most:.3f} s"] if _p99(load.quiet) > most else []


def _miscounted(load: Load, attached: int) -> list[str]:
    """Without a client's key, each reported attach is executed once; each unknown one at most once."""
    reported = load.attached[Outcome.DONE.name] + load.attached[Outcome.INCOMPLETE.name]
    unknown = load.attached[Outcome.UNKNOWN.name] + load.attached[Outcome.NOTHING.name]
    fits = reported <= attached <= reported + unknown
    return [] if fits else [f"{attached} attached, but {reported} reported as done and {unknown} as unknown"]


def _median(found: Sequence[float]) -> float:
    return statistics.median(found) if found else 0.0


def _p99(found: Sequence[float]) -> float:
    return sorted(found)[int(len(found) * 0.99)] if found else 0.0


assert set(MIX) <= set(KINDS)

if __name__ == "__main__":
    sys.exit(main())
