"""The group `stale`: all keep-alive connections to the upstream reset their next request."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import re
from collections.abc import Sequence

from quality.faults.client import Client
from quality.faults.cluster import Cluster, Group
from quality.faults.plan import Fault
from quality.faults.processes import Process
from quality.harness import wire
from serving.auth.development_tokens import create_token

READ = "query Read($id: ID!) { customer(id: $id) { id email } }"


def no_faults(rng: random.Random) -> list[Fault]:
    """No faults for single calls; the group disturbs all connections."""
    return []


def graphql(cluster: Cluster, query: str, *, keep: bool = False, **variables: str) -> bytes:
    """A GraphQL request with a service's token."""
    token = create_token(cluster.settings, customer=None, service=True, subject="faults", lifetime=7200)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if keep:
        headers["Connection"] = "keep-alive"
    body = json.dumps({"query": query, "variables": variables}).encode()
    return bytes(wire.request("POST", "/graphql", body=body, headers=headers))


async def metric(replica: Process, name: str) -> float:
    """The sum of a metric's samples."""
    response = await wire.exchange(replica.port, wire.request("GET", "/metrics"))
    assert response is not None, "no metrics"
    return sum(map(float, re.findall(rf"^{name}(?:{{.*}})? (\S+)$", response.body.decode(), re.MULTILINE)))


ROUNDS = 5
READS = 10


async def stale(cluster: Cluster, rng: random.Random) -> None:
    """Make all keep-alive connections stale, repeatedly. New connections work."""
    customer = (await wire.call(cluster.sandbox.port, "POST", "/v1/customers"))["id"]
    request = wire.Message(graphql(cluster, READ, id=customer), b"")
    for more in itertools.count(ROUNDS, -1):
        # The connections of these reads are stale for the next ones.
        responses = await asyncio.gather(
            *(wire.exchange(one.port, request) for one in cluster.replicas for _ in range(READS))
        )
        cluster.violations += [
            f"not read: {one and one.json}" for one in responses if one is None or b'"errors"' in one.body
        ]
        cluster.proxy.make_stale()
        if not await cluster.is_active_after(rng.uniform(0.05, 0.3)) and more <= 0:
            break


async def calls_succeed_and_are_counted(cluster: Cluster, clients: Sequence[Client]) -> list[str]:
    """Check that each call succeeds on a new connection, that metrics count it, and that the breaker stays closed."""
    violations = [
        f"failed, although new connections work: {result}"
        for client in clients
        for result in client.results
        if (result.extensions or {}).get("code") == "UPSTREAM_UNAVAILABLE"
    ]
    if cluster.proxy.resets < READS:
        violations.append(f"only {cluster.proxy.resets} calls used a stale connection")
    counted = 0.0
    for replica in cluster.replicas:
        counted += await metric(replica, "attache_stripe_call_duration_seconds_count")
        counted += await metric(replica, "attache_stripe_retries_total")
    if cluster.proxy.requests > counted:
        violations.append(f"{cluster.proxy.requests} tries arrived, but metrics count {counted:.0f}")
    return violations + await breaker_stays_closed(cluster)


async def breaker_stays_closed(cluster: Cluster) -> list[str]:
    """Check that no replica opened its circuit breaker."""
    times = [await metric(replica, "attache_stripe_breaker_openings_total") for replica in cluster.replicas]
    return [f"the breaker opened {sum(times):.0f} times, though Stripe is healthy"] if any(times) else []


# All reads must make a call, because calls are counted.
STALE = Group(
    0.1, stale, faults=no_faults, settings={"READ_CACHE_SECONDS": "0"}, final_check=calls_succeed_and_are_counted
)
