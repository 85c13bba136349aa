"""Forwards events from the sandbox to the replicas."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from quality.faults.processes import Process
from quality.harness import wire
from quality.harness.wire import LOCALHOST

SECRET = "whsec_of_the_fault_harness"
PATH = "/webhooks/stripe"


class WebhookRelay:
    """Forwards each event to all replicas. If one does not accept it, the sandbox delivers it again."""

    def __init__(self) -> None:
        self.replicas: Sequence[Process] = ()
        self.accepted = 0
        self._server: asyncio.Server | None = None

    async def open(self) -> str:
        """Start listening. Returns the address."""
        self._server = await asyncio.start_server(self._forward, LOCALHOST, 0)
        return f"http://{LOCALHOST}:{self._server.sockets[0].getsockname()[1]}{PATH}"

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        event = await wire.read_message(reader)
        if event is not None:
            responses = await asyncio.gather(*(wire.exchange(replica.port, event) for replica in self.replicas))
            status = max((response.status if response is not None else 503 for response in responses), default=503)
            self.accepted += status == 200
            writer.write(bytes(wire.response(status, b"", Connection="close")))
        writer.close()
