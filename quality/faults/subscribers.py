"""Subscribers to wallet changes. Each receives messages for a while, and then resets its connection."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Sequence

from quality.faults.scenarios import Scenario
from quality.harness import wire
from quality.harness.wire import LOCALHOST
from serving.settings.settings import Settings

STAYS = 10.0
"""The longest duration of a subscription in seconds."""

QUERY = "subscription($id: ID) { walletChanged(customerId: $id) { kind customer { id email } } }"


class Subscribers:
    """Keeps a number of subscriptions open on one port. `messages` is the number of received messages."""

    def __init__(self, port: int, scenarios: Sequence[Scenario], settings: Settings, rng: random.Random) -> None:
        self.messages = 0
        self._port = port
        self._requests = [_request(scenario, settings) for scenario in scenarios]
        self._rng = rng
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, number: int) -> None:
        """Start a number of subscribers."""
        self._tasks = [asyncio.ensure_future(self._subscribe_repeatedly()) for _ in range(number)]

    async def stop(self) -> None:
        """Reset all connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _subscribe_repeatedly(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._rng.uniform(0.1, STAYS)):
                    await self._receive()
            except (TimeoutError, OSError):
                continue
            await asyncio.sleep(0.1)

    async def _receive(self) -> None:
        reader, writer = await asyncio.open_connection(LOCALHOST, self._port)
        try:
            writer.write(bytes(self._rng.choice(self._requests)))
            while line := await reader.readline():
                self.messages += line.startswith(b"event: next")
        finally:
            wire.reset(writer)


def _request(scenario: Scenario, settings: Settings) -> wire.Message:
    headers = {
        "Authorization": f"Bearer {scenario.token(settings)}",
        "Content-Type": "application/json",
        "Accept": "text/event-stream",
    }
    body = json.dumps({"query": QUERY, "variables": {"id": scenario.ids["customer"]}}).encode()
    return wire.request("POST", "/graphql", body=body, headers=headers)
