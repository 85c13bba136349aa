"""The service behind a real server in the test's own event loop, for responses that stream."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app import Service
from changes.change import ChangeKind, WalletChange
from quality.harness.clients import Recorder
from serving.server.connection_limit import Connections
from serving.server.startup import protocol_options
from serving.settings.settings import Settings

OWN = """subscription Own {
  walletChanged { id kind occurredAt paymentMethodId paymentMethod { id card { last4 } } customer { id } }
}"""
OF = """subscription Of($id: ID) {
  walletChanged(customerId: $id) { id kind paymentMethod { id customer { id } } customer { id name } }
}"""
KINDS = """subscription ($id: ID, $account: ID) {
  walletChanged(customerId: $id, customerAccountId: $account) { id kind }
}"""

SECONDS = 5.0
"""Longest wait for a message."""


@dataclass
class Served:
    """A running service, its address, and the transport to its upstream."""

    service: Service
    stripe: Recorder
    base: str
    http: httpx.AsyncClient

    async def publish(
        self, wallet: str, kind: ChangeKind = ChangeKind.PAYMENT_METHOD_UPDATED, method: str | None = None
    ):
        """A change of a wallet, as the event handler publishes it."""
        await self.service.changes.publish(WalletChange(wallet, kind, 1_700_000_000, method))

    @contextlib.asynccontextmanager
    async def socket(self, *, payload=None, init=True, host="127.0.0.1", **options) -> AsyncIterator[Socket]:
        """A WebSocket. With `init`, its connection is initialised with the payload. `host` is the Host header."""
        port = self.base.rpartition(":")[2]
        url = f"ws://{host}:{port}/graphql"
        options = {"host": "127.0.0.1", "port": int(port), **options}
        options = {"subprotocols": ["graphql-transport-ws"], **options}
        async with connect(url, **options) as connection:
            socket = Socket(connection)
            if init:
                await socket.send(type="connection_init", payload=payload)
                assert await socket.receive() == {"type": "connection_ack"}
            yield socket

    @contextlib.asynccontextmanager
    async def stream(self, query: str, *, get: bool = False, headers=None, **members) -> AsyncIterator[EventStream]:
        """The response to an operation that is sent with Accept: text/event-stream."""
        body = {"query": query, **members}
        sent: Any = {"params": body} if get else {"json": body}
        headers = {"Accept": "text/event-stream", **(headers or {})}
        async with self.http.stream("GET" if get else "POST", "/graphql", headers=headers, **sent) as response:
            yield EventStream(response)


class Socket:
    """A client's WebSocket with JSON messages."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, **message) -> None:
        """Send a message; members that are None are omitted."""
        await self.connection.send(json.dumps({name: value for name, value in message.items() if value is not None}))

    async def subscribe(self, query: str, id: str = "1", **members) -> None:
        """Start an operation."""
        await self.send(type="subscribe", id=id, payload={"query": query, **members})

    async def receive(self):
        """The next message."""
        async with asyncio.timeout(SECONDS):
            return json.loads(await self.connection.recv())

    async def next(self, id: str = "1"):
        """The next message, which must be a result of the operation."""
        message = await self.receive()
        assert (message["type"], message["id"]) == ("next", id), message
        return message["payload"]

    async def closed(self) -> tuple[int, str]:
        """The code and reason with which the server closes the connection."""
        async with asyncio.timeout(SECONDS):
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await self.connection.recv()
        assert self.connection.close_code is not None
        return self.connection.close_code, self.connection.close_reason or ""


class EventStream:
    """A response of Server-Sent Events, parsed."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def block(self) -> dict[str, str] | None:
        """The fields of the next block, with a comment as the field ''; None at the end of the stream."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(SECONDS):
            async for line in self._lines:
                if not line:
                    return fields
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")
        return None

    async def event(self) -> dict[str, str] | None:
        """The next event, without heartbeats."""
        while (found := await self.block()) == {"": ""}:
            pass
        return found

    async def result(self):
        """The data of the next event, which must be a result."""
        found = await self.event()
        assert found is not None
        assert found["event"] == "next", found
        return json.loads(found["data"])

    async def complete(self) -> None:
        """Check that the stream ends with `complete`."""
        assert await self.event() == {"event": "complete", "data": ""}
        assert await self.event() is None


async def errors(stream: EventStream):
    """The codes and messages of a stream that reports errors and completes."""
    result = await stream.result()
    assert "data" not in result
    await stream.complete()
    return [(error["extensions"]["code"], error["message"]) for error in result["errors"]]


async def until(condition):
    """Wait for a condition of the server."""
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110  # there is no event for each condition
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def serving(settings: Settings, stripe: Recorder) -> AsyncIterator[Served]:
    """Run the service until the context ends."""
    service = Service(settings, transport=stripe)
    config = uvicorn.Config(service.app(), port=0, log_level="critical", **protocol_options(settings))
    config.load()
    server = uvicorn.Server(config)
    server.server_state = Connections()
    server.lifespan = config.lifespan_class(config)
    # uvicorn's main loop would only wait for a signal, in steps of 0.1 s.
    await server.startup()
    base = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        # Loading certificates takes longer than most tests.
        async with httpx.AsyncClient(base_url=base, timeout=20, verify=False) as http:
            yield Served(service, stripe, base, http)
    finally:
        service.subscriptions.waiters.interrupt_all()
        # Connections that their clients have closed end one step later.
        await asyncio.sleep(0.01)
        await server.shutdown()
        await asyncio.sleep(0.01)
