"""One HTTP exchange over ASGI: the request read whole, the answer sent, or not."""

import asyncio
from collections.abc import Callable
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from sandbox.http.request import MOST_BYTES, Incoming
from sandbox.http.response import Answer

# An extension that a server may offer: a callable that aborts the connection under it.
DROP = "sandbox.drop"


class Connection:
    """What the sandbox does with a caller, good and bad."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send

    async def read(self) -> Incoming | None:
        """Returns the request, or None when the caller left before sending all of it."""
        body: bytes | None = b""
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                return None
            body = _joined(body, message.get("body", b""))
            more = message.get("more_body", False)
        return self._incoming(body)

    async def send(self, answer: Answer) -> None:
        """Sends the answer."""
        await self._send(_start(answer))
        await self._send({"type": "http.response.body", "body": answer.body})

    async def send_half(self, answer: Answer) -> None:
        """Promises the whole body, sends the first half of it, and drops the connection."""
        await self._send(_start(answer))
        half = answer.body[: len(answer.body) // 2]
        await self._send({"type": "http.response.body", "body": half, "more_body": True})
        await self.drop()

    async def drop(self) -> None:
        """Breaks the connection. Raises ConnectionResetError where the server offers no way to."""
        drop: Callable[[], None] | None = self._scope.get("extensions", {}).get(DROP)
        if drop is None:
            raise ConnectionResetError("The sandbox was told to drop this connection.")
        drop()
        await asyncio.sleep(0)  # The server has to notice, or it would answer in our place.

    async def until_closed(self) -> None:
        """Waits until the caller has gone."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def _incoming(self, body: bytes | None) -> Incoming:
        scope = self._scope
        raw_path: bytes | None = scope.get("raw_path")
        return Incoming(
            method=scope["method"],
            path=raw_path.decode("latin-1") if raw_path else quote(scope["path"]),
            query=scope["query_string"],
            headers=Headers(scope=scope),
            body=body,
            scheme=scope.get("scheme", "http"),
        )


def _joined(body: bytes | None, chunk: bytes) -> bytes | None:
    """Returns the body so far, or None once it has grown past what is read."""
    if body is None or len(body) + len(chunk) > MOST_BYTES:
        return None
    return body + chunk


def _start(answer: Answer) -> Message:
    length = [] if answer.status == 204 else [(b"content-length", str(len(answer.body)).encode())]
    headers = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
    return {"type": "http.response.start", "status": answer.status, "headers": [*headers, *length]}
