"""Runs an ASGI app in this process, without a server, and sends requests to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import httpx
from starlette.types import ASGIApp

RawHeaders = list[tuple[bytes, bytes]]


@asynccontextmanager
async def running(app: ASGIApp) -> AsyncIterator[None]:
    """Run the app's lifespan. Raises RuntimeError if start-up or shutdown fails."""
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    received: asyncio.Queue[Any] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}

    async def run() -> None:
        await app(scope, sent.get, received.put)

    task = asyncio.ensure_future(run())
    try:
        await _passed("startup", sent, received)
        yield
        await _passed("shutdown", sent, received)
        await task
    finally:
        task.cancel()


async def _passed(phase: str, sent: asyncio.Queue[dict[str, Any]], received: asyncio.Queue[Any]) -> None:
    await sent.put({"type": f"lifespan.{phase}"})
    message = await received.get()
    if message["type"] != f"lifespan.{phase}.complete":
        raise RuntimeError(f"{phase} failed: {message}")


@dataclass(frozen=True)
class Response:
    """A complete response."""

    status: int
    headers: RawHeaders
    body: bytes


async def request(
    app: ASGIApp, method: str, target: str, headers: Mapping[str, str] | RawHeaders, body: bytes = b""
) -> Response:
    """Send a request and return the response. Takes a tenth of the time that httpx needs."""
    return await _Exchange(body).run(app, _scope(method, target, headers, len(body)))


def _scope(method: str, target: str, headers: Mapping[str, str] | RawHeaders, length: int) -> dict[str, Any]:
    path, _, query = target.partition("?")
    fields = headers if isinstance(headers, list) else [(k.lower().encode(), v.encode()) for k, v in headers.items()]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"localhost"), (b"content-length", b"%d" % length), *fields],
        "client": ("127.0.0.1", 50_000),
        "server": ("localhost", 80),
    }


class _Exchange:
    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self._ended = asyncio.Event()
        self._start: Any = None
        self._chunks: list[bytes] = []

    async def run(self, app: ASGIApp, scope: dict[str, Any]) -> Response:
        await app(scope, self._receive, self._send)
        if self._start is None:
            raise RuntimeError(f"{scope['method']} {scope['path']} got no response")
        return Response(self._start["status"], list(self._start.get("headers", ())), b"".join(self._chunks))

    async def _receive(self) -> dict[str, Any]:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._ended.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            self._ended.set()


class Transport(httpx.AsyncBaseTransport):
    """Sends the requests of an httpx client to an app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def handle_async_request(self, request_: httpx.Request) -> httpx.Response:
        target = request_.url.raw_path.decode()
        skipped = (b"host", b"content-length")
        headers = [(name.lower(), value) for name, value in request_.headers.raw if name.lower() not in skipped]
        found = await request(self._app, request_.method, target, headers, await request_.aread())
        return httpx.Response(found.status, headers=found.headers, stream=httpx.ByteStream(found.body))


@asynccontextmanager
async def stream(
    app: ASGIApp, target: str, headers: Mapping[str, str], body: bytes
) -> AsyncIterator[asyncio.Queue[bytes]]:
    """Send a POST request. Yields the chunks of the response's body. Leaving the context disconnects the client."""
    chunks: asyncio.Queue[bytes] = asyncio.Queue()
    requests: asyncio.Queue[Any] = asyncio.Queue()
    requests.put_nowait({"type": "http.request", "body": body, "more_body": False})

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            chunks.put_nowait(message.get("body", b""))

    async def run() -> None:
        await app(_scope("POST", target, headers, len(body)), requests.get, send)

    task = asyncio.ensure_future(run())
    try:
        yield chunks
    finally:
        requests.put_nowait({"type": "http.disconnect"})
        await task
