"""Sends responses over ASGI, and breaks connections for faults."""

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.http.request import HttpRequest, read_request
from sandbox.http.response import HttpResponse

# An ASGI extension that a server may offer: a callable that aborts the connection.
DROP_EXTENSION = "sandbox.drop"


class Connection:
    """One HTTP exchange."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send

    async def read(self) -> HttpRequest:
        """Returns the request. Raises ClientDisconnect when the caller disconnects before sending all of it."""
        return await read_request(Request(self._scope, self._receive))

    async def send(self, response: HttpResponse) -> None:
        """Sends the response."""
        await _to_starlette(response)(self._scope, self._receive, self._send)

    async def send_half(self, response: HttpResponse) -> None:
        """Announces the full length, sends the first half of the body and drops the connection."""
        headers = _to_starlette(response).raw_headers
        half = response.body[: len(response.body) // 2]
        await self._send({"type": "http.response.start", "status": response.status, "headers": headers})
        await self._send({"type": "http.response.body", "body": half, "more_body": True})
        await self.drop()

    async def drop(self) -> None:
        """Breaks the connection. Raises ConnectionResetError where the server lacks the extension."""
        drop: Callable[[], None] | None = self._scope.get("extensions", {}).get(DROP_EXTENSION)
        if drop is None:
            raise ConnectionResetError("A fault dropped this connection.")
        drop()
        # uvicorn must see the lost connection before the app returns, or it sends an error response.
        await asyncio.sleep(0)

    async def wait_until_closed(self) -> None:
        """Waits until the caller disconnects."""
        while (await self._receive())["type"] != "http.disconnect":
            pass


def _to_starlette(response: HttpResponse) -> Response:
    return Response(response.body, response.status, response.headers)
