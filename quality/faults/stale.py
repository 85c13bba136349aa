"""The group of stale connections: all connections that the service keeps reset their next request."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import re
from collections.abc import Sequence

from quality.faults.client import Client
from quality.faults.plan import Fault
from quality.faults.processes import Process
from quality.faults.scene import Group, Scene
from quality.harness import wire
from serving.auth.development_tokens import create_token

READ = "query Read($id: ID!) { customer(id: $id) { id email } }"


def no_faults(draw: random.Random) -> list[Fault]:
    """No faults for single calls; the group disturbs all connections."""
    return []


def graphql(scene: Scene, query: str, *, keep: bool = False, **variables: str) -> bytes:
    """A request of a service."""
    token = create_token(scene.settings, customer=None, service=True, subject="faults", lifetime=7200)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if keep:
        headers["Connection"] = "keep-alive"
    body = json.dumps({"query": query, "variables": variables}).encode()
    return bytes(wire.request("POST", "/graphql", body=body, headers=headers))


async def metric(replica: Process, name: str) -> float:
    """The sum of a metric's samples."""
    answer = await wire.exchange(replica.port, wire.request("GET", "/metrics"))
    assert answer is not None, "no metrics"
    return sum(map(float, re.findall(rf"^{name}(?:{{.*}})? (\S+)$", answer.body.decode(), re.MULTILINE)))


ROUNDS = 5
READS = 10


async def stale(scene: Scene, draw: random.Random) -> None:
    """All connections that the service keeps reset their next request, again and again; new ones work."""
    customer = (await wire.call(scene.sandbox.port, "POST", "/v1/customers"))["id"]
    request = wire.Message(graphql(scene, READ, id=customer), b"")
    for more in itertools.count(ROUNDS, -1):
        # The connections that these reads leave are stale for the next ones.
        answers = await asyncio.gather(
            *(wire.exchange(one.port, request) for one in scene.replicas for _ in range(READS))
        )
        scene.wrong += [f"not read: {one and one.json}" for one in answers if one is None or b'"errors"' in one.body]
        scene.proxy.make_stale()
        if not await scene.is_active_after(draw.uniform(0.05, 0.3)) and more <= 0:
            break


async def answers_and_counts(scene: Scene, clients: Sequence[Client]) -> list[str]:
    """One fresh connection is enough for each call, the breaker stays closed, and all calls are counted."""
    wrong = [
        f"not answered, though fresh connections work: {result}"
        for client in clients
        for result in client.results
        if (result.extensions or {}).get("code") == "UPSTREAM_UNAVAILABLE"
    ]
    if scene.proxy.resets < READS:
        wrong.append(f"only {scene.proxy.resets} calls met a stale connection")
    counted = 0.0
    for replica in scene.replicas:
        counted += await metric(replica, "attache_stripe_call_duration_seconds_count")
        counted += await metric(replica, "attache_stripe_retries_total")
    if scene.proxy.requests > counted:
        wrong.append(f"{scene.proxy.requests} tries came in, but {counted:.0f} are counted")
    return wrong + await breaker_stays_closed(scene)


async def breaker_stays_closed(scene: Scene) -> list[str]:
    """Whether Stripe was blamed for what it has no part in."""
    times = [await metric(replica, "attache_stripe_breaker_openings_total") for replica in scene.replicas]
    return [f"the breaker opened {sum(times):.0f} times, though Stripe is healthy"] if any(times) else []


# All reads must make a call, because calls are counted.
STALE = Group(0.1, stale, faults=no_faults, settings={"READ_CACHE_SECONDS": "0"}, rule=answers_and_counts)
