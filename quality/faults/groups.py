"""The groups of scenarios. Each has its own disturbance, which runs during its scenarios."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
from collections.abc import Mapping, Sequence

from quality.faults import connections, kills, stale
from quality.faults.auditor import DETACHED_WHILE_IN_USE, Expected, Ledger, audit, audit_state, is_settled
from quality.faults.client import Client, Outcome, Result
from quality.faults.cluster import Cluster, Group, start_cluster
from quality.faults.operations import OPERATIONS
from quality.faults.process_checks import measure, unanswered, unexpected_log_lines, wait_until_idle
from quality.faults.proxy import Proxy
from quality.faults.scenarios import CALLERS, Scenario
from quality.harness.wire import LOCALHOST

# --- Disturbances ----------------------------------------------------------------------------------------------------


async def outages(cluster: Cluster, rng: random.Random) -> None:
    """Restart the upstream from time to time, while many clients send incomplete requests."""
    while await cluster.is_active_after(rng.uniform(2, 4)):
        await cluster.proxy.close()
        await _send_incomplete(rng.choice(cluster.replicas).port)
        await asyncio.sleep(rng.uniform(0.1, 0.6))
        await cluster.proxy.open()


async def _send_incomplete(port: int, connections: int = 60) -> None:
    for _ in range(connections):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(LOCALHOST, port)
            writer.write(b"POST /graphql HTTP/1.1\r\nHost: half\r\nContent-Le")
            asyncio.get_running_loop().call_later(1.5, writer.close)


async def stores(cluster: Cluster, rng: random.Random) -> None:
    """Kill and restart the shared store, or suspend it for a while."""
    assert cluster.store is not None
    while await cluster.is_active_after(rng.uniform(0.3, 1.5)):
        if rng.random() < 0.5:
            await cluster.store.end(signal.SIGKILL)
            await asyncio.sleep(rng.uniform(0.1, 1.0))
            await cluster.store.start()
        else:
            cluster.store.signal(signal.SIGSTOP)
            await asyncio.sleep(rng.uniform(0.1, 1.5))
            cluster.store.signal(signal.SIGCONT)


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
    """Run the scenarios. Returns their violations, those of the group as a whole, and the proxy with its counts."""
    if group.faults is not None:
        for scenario in scenarios:
            scenario.faults = group.faults(random.Random(scenario.seed))
    async with start_cluster(group, planted) as cluster:
        expected = await _run_baseline(cluster)
        before = await measure(cluster)
        disturbing = asyncio.ensure_future(group.disturb(cluster, random.Random(seed)))
        ledger = Ledger(cluster.sandbox.port)
        clients = await _run_clients(cluster, scenarios, expected, ledger, at_once)
        cluster.finished.set()
        await disturbing
        await wait_until_idle(cluster, group, before)
        await ledger.read()
        found = [
            (scenario, client, violation)
            for scenario, client in zip(scenarios, clients, strict=True)
            for violation in [
                *audit(scenario, client, ledger.changes(scenario), expected),
                *audit_state(scenario, client, await scenario.state(cluster.sandbox.port), expected),
                *([DETACHED_WHILE_IN_USE] if ledger.subscriptions_losing_their_method(scenario) else []),
                *unanswered(cluster, group, client),
            ]
        ]
        cluster.violations += await group.final_check(cluster, clients)
        cluster.violations += unexpected_log_lines(cluster.replicas)
        cluster.violations += [] if cluster.relay.accepted else ["no event was accepted"]
        return found, cluster.violations, cluster.proxy


async def _run_baseline(cluster: Cluster) -> Expected:
    """Run each operation for each caller without faults."""
    expected = Expected()
    scenarios = [Scenario.without_faults(kind, caller) for kind in OPERATIONS for caller in CALLERS]
    clients = await _run_clients(cluster, scenarios, None, None, 4)
    ledger = Ledger(cluster.sandbox.port)
    await ledger.read()
    for scenario, client in zip(scenarios, clients, strict=True):
        result = client.results[-1]
        assert result.outcome in (Outcome.DONE, Outcome.REFUSED), f"{scenario}: {result}"
        name = (scenario.kind, scenario.caller)
        expected.results[name] = Result(result.outcome, scenario.normalized(result.text))
        expected.changes[name] = ledger.changes(scenario)
        expected.states[name] = await scenario.state(cluster.sandbox.port)
    return expected


async def _run_clients(
    cluster: Cluster, scenarios: Sequence[Scenario], expected: Expected | None, ledger: Ledger | None, at_once: int
) -> list[Client]:
    """Run the clients of all scenarios, at most `at_once` concurrently."""
    slots = asyncio.Semaphore(at_once)

    async def run(number: int, scenario: Scenario) -> Client:
        async with slots:
            await scenario.prepare(cluster.sandbox.port)
            cluster.proxy.plan(scenario.ids.values(), scenario.faults)
            client = Client(scenario, cluster.replicas, cluster.settings)
            await client.run(lambda result: expected is None or is_settled(scenario, result, expected))
            if ledger is not None and number % 100 == 99:
                await ledger.read()
            return client

    return list(await asyncio.gather(*(run(*numbered) for numbered in enumerate(scenarios))))
