"""The groups of scenarios: the disturbance that runs during the scenarios of each."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
from collections.abc import Mapping, Sequence

from quality.faults import connections, kills, stale
from quality.faults.auditor import ABANDONED, Expected, Ledger, audit, audit_state, settles
from quality.faults.client import Client, Outcome, Result
from quality.faults.kinds import KINDS
from quality.faults.process_checks import complaints, measure, unanswered, wait_until_quiet
from quality.faults.proxy import Proxy
from quality.faults.scenarios import CALLERS, Scenario
from quality.faults.scene import Group, Scene, open_scene
from quality.harness.wire import LOCALHOST

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
    "stale": stale.STALE,
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
    async with open_scene(group, planted) as scene:
        expected = await _undisturbed(scene)
        before = await measure(scene)
        disturbing = asyncio.ensure_future(group.disturb(scene, random.Random(seed)))
        ledger = Ledger(scene.sandbox.port)
        clients = await _all(scene, scenarios, expected, ledger, at_once)
        scene.over.set()
        await disturbing
        await wait_until_quiet(scene, group, before)
        await ledger.read()
        found = [
            (scenario, client, violation)
            for scenario, client in zip(scenarios, clients, strict=True)
            for violation in [
                *audit(scenario, client, ledger.done(scenario), expected),
                *audit_state(scenario, client, await scenario.state(scene.sandbox.port), expected),
                *([ABANDONED] if ledger.abandoned(scenario) else []),
                *unanswered(scene, group, client),
            ]
        ]
        scene.wrong += await group.rule(scene, clients)
        scene.wrong += complaints(scene.replicas)
        scene.wrong += [] if scene.relay.accepted else ["no event was accepted"]
        return found, scene.wrong, scene.proxy


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
            await client.run(lambda result: expected is None or settles(scenario, result, expected))
            if ledger is not None and number % 100 == 99:
                await ledger.read()
            return client

    return list(await asyncio.gather(*(one(*numbered) for numbered in enumerate(scenarios))))
