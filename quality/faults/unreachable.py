"""The group `unreachable`: the upstream can't be reached, so each operation must be reported as not done."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import trustme
from pydantic import SecretStr

from quality.faults import processes
from quality.faults.auditor import UPSTREAM
from quality.faults.client import Client, Outcome
from quality.faults.cluster import SECRET, SETTINGS
from quality.faults.processes import Process
from quality.faults.scenarios import Scenario
from quality.harness.processes import free_port
from quality.harness.wire import LOCALHOST
from serving.settings.settings import Settings


async def run_unreachable(scenarios: Sequence[Scenario]) -> list[tuple[Scenario, Client, str]]:
    """Run the scenarios with unresolvable names, closed ports, servers without TLS, and untrusted certificates."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sandbox = processes.sandbox(folder)
        await sandbox.start()
        async with _unreachable_addresses() as bases:
            replicas = [
                processes.service(folder, f"to{n}", {**SETTINGS, "STRIPE_API_BASE": base}, planted=None)
                for n, base in enumerate(bases)
            ]
            await asyncio.gather(*(replica.start() for replica in replicas))
            try:
                settings = Settings(sandbox=True, auth_secret=SecretStr(SECRET))
                attempts = (_try_unreachable(scenario, sandbox, replicas, settings) for scenario in scenarios)
                return [found for several in await asyncio.gather(*attempts) for found in several]
            finally:
                await processes.stop([*replicas, sandbox])


async def _try_unreachable(
    scenario: Scenario, sandbox: Process, replicas: Sequence[Process], settings: Settings
) -> list[tuple[Scenario, Client, str]]:
    await scenario.prepare(sandbox.port)
    scenario.behaviours.clear()
    scenario.repeats_settled = False
    client = Client(scenario, [scenario.rng.choice(replicas)], settings)
    await client.run()
    result = client.results[-1]
    code = (result.extensions or {}).get("code")
    known = result.outcome is Outcome.NOT_DONE and code in (*UPSTREAM, "OVERLOADED")
    return [] if known else [(scenario, client, f"the upstream can't be reached: {result}")]


@asynccontextmanager
async def _unreachable_addresses() -> AsyncIterator[list[str]]:
    """Base URLs that can't be reached."""

    async def greet_as_smtp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.com ESMTP\r\n")
        with contextlib.suppress(OSError):
            await reader.read(1000)
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost", LOCALHOST).configure_cert(context)
    plain = await asyncio.start_server(greet_as_smtp, LOCALHOST, 0)
    secure = await asyncio.start_server(greet_as_smtp, LOCALHOST, 0, ssl=context)
    ports = [server.sockets[0].getsockname()[1] for server in (plain, secure)]
    bases = [f"https://{LOCALHOST}:{port}" for port in ports]
    try:
        yield ["http://stripe.invalid", f"http://{LOCALHOST}:{free_port()}", *bases]
    finally:
        plain.close()
        secure.close()
