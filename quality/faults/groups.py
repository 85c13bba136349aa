"""The groups of scenarios: the disturbance that runs during the scenarios of each."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import ssl
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import trustme
from pydantic import SecretStr

from quality.faults import connections, kills, processes, webhooks
from quality.faults.auditor import ABANDONED, UPSTREAM, Expected, Ledger, audit, audit_state
from quality.faults.client import Client, Outcome, Result, Unanswered
from quality.faults.kinds import KINDS
from quality.faults.processes import Process, Usage
from quality.faults.proxy import Proxy
from quality.faults.scenarios import CALLERS, Scenario
from quality.faults.scene import Group, Scene
from quality.faults.webhooks import WebhookRelay
from quality.harness.processes import free_port
from quality.harness.wire import LOCALHOST
from serving.settings.settings import Settings

SECRET = "the-secret-of-the-fault-harness-0123456789"
SETTINGS = {
    "STRIPE_SECRET_KEY": "sk_test_faults",
    "AUTH_SECRET": SECRET,
    "STRIPE_TIMEOUT": "0.8",
    "OPERATION_DEADLINE": "2",
    "BODY_TIMEOUT": "1",
    "STRIPE_BREAKER_PAUSE": "0.3",
    "STRIPE_CALLS_PER_SECOND": "200",
    "DRAIN_SECONDS": "0.2",
    "LOG_LEVEL": "warning",
    "READ_CACHE_SECONDS": "600",
    "STRIPE_WEBHOOK_SECRET": webhooks.SECRET,
}
REPLICAS = 2
MORE_FILES = 4
"""How many more descriptors a process may hold after a group than before it, without having leaked."""


# --- Disturbances ----------------------------------------------------------------------------------------------------


async def outages(scene: Scene, draw: random.Random) -> None:
    """The upstream restarts now and then, and a crowd of clients sends half requests."""
    while await scene.is_active_after(draw.uniform(2, 4)):
        await scene.proxy.close()
        await _crowd(draw.choice(scene.replicas).port)
        await asyncio.sleep(draw.uniform(0.1, 0.6))
        await scene.proxy.open()


async def _crowd(port: int, size: int = 60) -> None:
    for _ in range(size):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(LOCALHOST, port)
            writer.write(b"POST /graphql HTTP/1.1\r\nHost: half\r\nContent-Le")
            asyncio.get_running_loop().call_later(1.5, writer.close)


async def stores(scene: Scene, draw: random.Random) -> None:
    """The shared store is killed and started again, or hangs for a while."""
    assert scene.store is not None
    while await scene.is_active_after(draw.uniform(0.3, 1.5)):
        if draw.random() < 0.5:
            await scene.store.end(signal.SIGKILL)
            await asyncio.sleep(draw.uniform(0.1, 1.0))
            await scene.store.start()
        else:
            scene.store.signal(signal.SIGSTOP)
            await asyncio.sleep(draw.uniform(0.1, 1.5))
            scene.store.signal(signal.SIGCONT)


GROUPS: Mapping[str, Group] = {
    "storm": Group(0.35, outages),
    "kill": kills.KILL,
    "store": Group(0.1, stores, needs_store=True),
    "stale": connections.STALE,
    "bodies": connections.BODIES_GROUP,
    "clients": connections.CLIENTS,
    "descriptors": connections.FEW_DESCRIPTORS,
}


# --- Running a group -------------------------------------------------------------------------------------------------


async def run_group(
    group: Group, scenarios: Sequence[Scenario], *, seed: str, at_once: int, planted: str | None
) -> tuple[list[tuple[Scenario, Client, str]], list[str], Proxy]:
    """Violations of scenarios, what else was wrong, and the proxy that knows which faults were met."""
    if group.faults is not None:
        for scenario in scenarios:
            scenario.faults = group.faults(random.Random(scenario.seed))
    async with _scene(group, planted) as scene:
        expected = await _undisturbed(scene)
        before = await _held(scene)
        disturbing = asyncio.ensure_future(group.disturb(scene, random.Random(seed)))
        ledger = Ledger(scene.sandbox.port)
        clients = await _all(scene, scenarios, expected, ledger, at_once)
        scene.over.set()
        await disturbing
        await _quiet(scene, group, before)
        await ledger.read()
        found = [
            (scenario, client, violation)
            for scenario, client in zip(scenarios, clients, strict=True)
            for violation in [
                *audit(scenario, client, ledger.done(scenario), expected),
                *audit_state(scenario, client, await scenario.state(scene.sandbox.port), expected),
                *([ABANDONED] if ledger.abandoned(scenario) else []),
            ]
        ]
        found += [
            (scenario, client, f"a request was not answered within {lost.end - lost.begin:.1f} s, by {lost.port}")
            for scenario, client in zip(scenarios, clients, strict=True)
            for lost in client.unanswered
            if not _excused(scene, lost) and not (group.refuses_connections and lost.end - lost.begin < _REFUSED)
        ]
        scene.wrong += await group.rule(scene, clients)
        scene.wrong += _complaints(scene.replicas)
        scene.wrong += [] if scene.relay.accepted else ["no event was accepted"]
        return found, scene.wrong, scene.proxy


@asynccontextmanager
async def _scene(group: Group, planted: str | None) -> AsyncIterator[Scene]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        relay = WebhookRelay()
        sandbox = processes.sandbox(folder, forward_to=await relay.open(), secret=webhooks.SECRET)
        await sandbox.start()
        proxy = Proxy(sandbox.port)
        await proxy.open()
        variables = {**SETTINGS, **group.settings, "STRIPE_API_BASE": f"http://{LOCALHOST}:{proxy.port}"}
        store = processes.store(folder) if group.needs_store else None
        if store is not None:
            variables["REDIS_URL"] = f"redis://{LOCALHOST}:{store.port}/0"
            await store.start()
        replicas = [
            processes.service(folder, f"replica{n}", variables, planted=planted, descriptors=group.descriptors)
            for n in range(REPLICAS)
        ]
        await asyncio.gather(*(replica.start() for replica in replicas))
        relay.replicas = replicas
        try:
            yield Scene(sandbox, proxy, replicas, store, Settings(sandbox=True, auth_secret=SecretStr(SECRET)), relay)
        finally:
            await processes.stop([*replicas, sandbox, *([store] if store else [])])
            await proxy.close()
            await relay.close()
            await asyncio.sleep(0.1)


async def _undisturbed(scene: Scene) -> Expected:
    """Each kind of work by each caller, with nothing in its way."""
    expected = Expected()
    scenarios = [Scenario.undisturbed(kind, caller) for kind in KINDS for caller in CALLERS]
    clients = await _all(scene, scenarios, None, None, 4)
    ledger = Ledger(scene.sandbox.port)
    await ledger.read()
    for scenario, client in zip(scenarios, clients, strict=True):
        result = client.results[-1]
        assert result.outcome in (Outcome.DONE, Outcome.REFUSED), f"{scenario}: {result}"
        name = (scenario.kind, scenario.caller)
        expected.results[name] = Result(result.outcome, scenario.normalized(result.text))
        expected.done[name] = ledger.done(scenario)
        expected.states[name] = await scenario.state(scene.sandbox.port)
    return expected


async def _all(
    scene: Scene, scenarios: Sequence[Scenario], expected: Expected | None, ledger: Ledger | None, at_once: int
) -> list[Client]:
    """The clients of all scenarios, so many at once."""
    places = asyncio.Semaphore(at_once)

    async def one(number: int, scenario: Scenario) -> Client:
        async with places:
            await scenario.prepare(scene.sandbox.port)
            scene.proxy.plan(scenario.ids.values(), scenario.faults)
            client = Client(scenario, scene.replicas, scene.settings)
            await client.run(expected.results[scenario.kind, scenario.caller] if expected is not None else None)
            if ledger is not None and number % 100 == 99:
                await ledger.read()
            return client

    return list(await asyncio.gather(*(one(*numbered) for numbered in enumerate(scenarios))))


async def _held(scene: Scene) -> list[Usage]:
    """The usage of idle replicas, without their pooled connections to the store."""
    await scene.proxy.close()
    await asyncio.sleep(0.5)
    held = list(await asyncio.gather(*(replica.usage() for replica in scene.replicas)))
    await scene.proxy.open()
    if scene.store is None:
        return held
    kept = [replica.connections_to(scene.store.port) for replica in scene.replicas]
    return [replace(one, files=one.files - files) for one, files in zip(held, kept, strict=True)]


async def _quiet(scene: Scene, group: Group, before: Sequence[Usage]) -> None:
    """Wait until all work has ended. Resources that are still in use have leaked."""
    await scene.proxy.drain()
    leaks: list[str] = []
    for _ in range(15):
        await asyncio.sleep(0.5)
        after = await _held(scene)
        pairs = zip(before if group.keeps_processes else after, after, strict=True)
        leaks = [leak for pair in pairs if (leak := _leaked(*pair, group.more_bytes))]
        if not leaks and all(held.tasks <= _IDLE_TASKS for held in after):
            break
    scene.wrong += leaks
    await scene.proxy.drain()


_IDLE_TASKS = 6
_ARRIVED = 0.5
"""Seconds after which a request has surely come in: a replica that is asked to end must answer it."""


_DYING = 0.2
"""Seconds that a killed process may take to be gone."""
_REFUSED = 1.0
"""Seconds within which a refused connection is closed. What its client still sends resets it: no response arrives."""


def _excused(scene: Scene, lost: Unanswered) -> bool:
    """Whether the replica was killed meanwhile, or asked to end before the request came in."""
    ended = [(moment, number) for moment, port, number in scene.signals if port == lost.port and moment < lost.end]
    return any(number == signal.SIGKILL and moment + _DYING > lost.begin for moment, number in ended) or any(
        number == signal.SIGTERM and moment < lost.begin + _ARRIVED for moment, number in ended[-1:]
    )


def _leaked(before: Usage, after: Usage, more_bytes: int) -> str | None:
    more = after.files > before.files + MORE_FILES or after.tasks > before.tasks or after.threads > before.threads + 8
    return f"leaked: {after} after {before}" if more or after.bytes > before.bytes + more_bytes else None


def _complaints(replicas: Sequence[Process]) -> list[str]:
    words = ("Traceback", "never retrieved", "Unclosed")
    return [
        f"logged: {line[:2000]}"
        for replica in replicas
        for line in replica.log.read_text(errors="replace").splitlines()
        if any(word in line for word in words)
    ]


# --- An upstream that can't be reached -------------------------------------------------------------------------------


async def run_unreachable(scenarios: Sequence[Scenario]) -> list[tuple[Scenario, Client, str]]:
    """No DNS name, no listener, no TLS, an unknown certificate: each is reported as not done."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sandbox = processes.sandbox(folder)
        await sandbox.start()
        async with _strangers() as bases:
            replicas = [
                processes.service(folder, f"to{n}", {**SETTINGS, "STRIPE_API_BASE": base}, planted=None)
                for n, base in enumerate(bases)
            ]
            await asyncio.gather(*(replica.start() for replica in replicas))
            try:
                settings = Settings(sandbox=True, auth_secret=SecretStr(SECRET))
                asked = (_try_unreachable(scenario, sandbox, replicas, settings) for scenario in scenarios)
                return [found for several in await asyncio.gather(*asked) for found in several]
            finally:
                await processes.stop([*replicas, sandbox])


async def _try_unreachable(
    scenario: Scenario, sandbox: Process, replicas: Sequence[Process], settings: Settings
) -> list[tuple[Scenario, Client, str]]:
    await scenario.prepare(sandbox.port)
    scenario.manners.clear()
    scenario.asks_again = False
    client = Client(scenario, [scenario.draw.choice(replicas)], settings)
    await client.run()
    result = client.results[-1]
    code = (result.extensions or {}).get("code")
    known = result.outcome is Outcome.NOT_DONE and code in (*UPSTREAM, "OVERLOADED")
    return [] if known else [(scenario, client, f"the upstream can't be reached: {result}")]


@asynccontextmanager
async def _strangers() -> AsyncIterator[list[str]]:
    """Base URLs that can't be reached."""

    async def chatter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.com ESMTP\r\n")
        with contextlib.suppress(OSError):
            await reader.read(1000)
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost", LOCALHOST).configure_cert(context)
    plain = await asyncio.start_server(chatter, LOCALHOST, 0)
    secure = await asyncio.start_server(chatter, LOCALHOST, 0, ssl=context)
    ports = [server.sockets[0].getsockname()[1] for server in (plain, secure)]
    bases = [f"https://{LOCALHOST}:{port}" for port in ports]
    try:
        yield ["http://stripe.invalid", f"http://{LOCALHOST}:{free_port()}", *bases]
    finally:
        plain.close()
        secure.close()
