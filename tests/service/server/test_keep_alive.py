"""A proxy that keeps idle connections for less time than the service never meets one that is being closed."""

from __future__ import annotations

import asyncio
import random

import httpx

from quality.harness.processes import running
from quality.harness.wallets import JENNYS_CARD
from tests.support import proxies

PROXY_SECONDS = 1.0
SERVICE_SECONDS = 1.25
"""The same relation as nginx's 60 seconds and KEEP_ALIVE_TIMEOUT's 75."""

CLIENTS, MUTATIONS = 100, 20
UPDATE = f"""mutation {{ updatePaymentMethod(
  input: {{paymentMethodId: "{JENNYS_CARD}", metadata: [{{key: "a", value: "b"}}]}}
) {{ errors {{ code }} }} }}"""


async def mutate(base: str, statuses: list[int]) -> None:
    """Send mutations with pauses about as long as the proxy keeps its connections."""
    async with httpx.AsyncClient(timeout=60) as client:
        for _ in range(MUTATIONS):
            statuses.append((await client.post(f"{base}/graphql", json={"query": UPDATE})).status_code)
            await asyncio.sleep(random.uniform(0.9, 1.1) * PROXY_SECONDS)


async def test_mutations_around_the_idle_limit_get_no_502(tmp_path):
    changes = {"keepalive 32;": "keepalive 200;", "keepalive_timeout 60s;": f"keepalive_timeout {PROXY_SECONDS:.0f}s;"}
    with (
        running("server.py", folder=tmp_path, KEEP_ALIVE_TIMEOUT=str(SERVICE_SECONDS)) as server,
        proxies.nginx(tmp_path, server.port, changes=changes) as proxy,
    ):
        statuses: list[int] = []
        await asyncio.gather(*(mutate(proxy, statuses) for _ in range(CLIENTS)))
    assert statuses == [200] * (CLIENTS * MUTATIONS)
