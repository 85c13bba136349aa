"""A simulated network between the service and the sandbox, with delays and lost responses."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.http.connection import DROP_EXTENSION


@dataclass(frozen=True)
class Delays:
    """Delays in seconds before and after the execution of a request: usually up to `short`, sometimes up to `long`."""

    short: float
    long: float

    def draw(self, rng: random.Random) -> float:
        """Draw the next delay."""
        is_long = rng.random() < 0.06
        return rng.uniform(self.short, self.long) if is_long else rng.uniform(self.short / 20, self.short)


class Network:
    """An ASGI app in front of the sandbox. `calls` is the number of requests."""

    def __init__(self, sandbox: ASGIApp, rng: random.Random, delays: Delays) -> None:
        self._sandbox = sandbox
        self._rng = rng
        self._delays = delays
        self.calls = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._sandbox(scope, receive, send)
            return
        self.calls += 1
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)

        await asyncio.sleep(self._delays.draw(self._rng))
        await self._sandbox(scope, receive, hold)
        await asyncio.sleep(self._delays.draw(self._rng))
        if self._rng.random() < 0.01:
            _drop(scope)
            return
        for message in held:
            await send(message)


def _drop(scope: Scope) -> None:
    """Drop the connection. In process, raise the error of a lost connection in the client's transport."""
    drop = scope.get("extensions", {}).get(DROP_EXTENSION)
    if drop is None:
        raise httpx.ReadError("the response was lost")
    drop()
