"""A proxy between the service and the sandbox that injects the faults of each scenario's plan."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import Any

from quality.faults.plan import NONE, REFUSALS, Delivery, Fault, Reply
from quality.harness import wire
from quality.harness.wire import LOCALHOST, Message, Streams

PRIVATE = "The upstream misbehaves."
"""The message of upstream errors. It must not reach clients."""

_IDS = re.compile(rb"\b(?:cus|pi|pm|seti|sub)_\w+")
_PIECES = 8
_JSON = b'{"id": "pm_1", "object": "payment_method", "metadata": {"pad": "'
UNUSABLE = {
    Reply.LARGE_ERROR: wire.response(502, b"<html>" + b"x" * 1_000_000, "text/html", Stripe_Should_Retry="false"),
    Reply.TOO_LONG: wire.response(200, _JSON + b"x" * 5_000_000 + b'"}}'),
    Reply.CUT_JSON: wire.response(200, _JSON + b"x" * 1_000_000),
    Reply.GARBAGE: wire.response(200, bytes(range(256)) * 4_000),
    Reply.BROKEN_GZIP: wire.response(200, gzip.compress(_JSON + b'"}}')[:-12] + b"broken", Content_Encoding="gzip"),
}
"""Bodies that can't be used."""


class Proxy:
    """Forwards requests and injects faults. An id in a request selects its plan: each scenario has its own customer."""

    def __init__(self, upstream: int) -> None:
        self.port = 0
        self.injected: Counter[str] = Counter()
        """The number of injected faults by name."""
        self.requests = 0
        """The number of requests received."""
        self.resets = 0
        """The number of requests that were reset because their connection was stale."""
        self.crash: Callable[[int], None] = lambda port: None
        """Called with a port to crash the process that is connected from it."""

        self._upstream = upstream
        self._plans: dict[str, deque[Fault]] = {}
        self._seen: set[str] = set()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.StreamWriter] = set()
        self._kept_alive: set[asyncio.StreamWriter] = set()
        self._stale: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[Any] | None] = set()
        self._late: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Start listening. A second call listens on the same port."""
        self._server = await asyncio.start_server(self._serve, LOCALHOST, self.port, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening, and reset all connections."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._connections):
            wire.reset(writer)
        for task in list(self._serving):
            if task is not None:
                task.cancel()

    def make_stale(self) -> None:
        """Reset the next request on each keep-alive connection."""
        self._stale |= self._kept_alive

    def reset_kept_alive(self) -> None:
        """Reset all keep-alive connections."""
        for writer in list(self._kept_alive):
            wire.reset(writer)

    async def drain(self) -> None:
        """Wait until all late requests have been forwarded."""
        while self._late:
            await asyncio.wait(self._late)

    def plan(self, ids: Iterable[str], faults: Iterable[Fault]) -> None:
        """Set the faults for requests that name one of the ids."""
        remaining = deque(faults)
        self._plans |= dict.fromkeys(ids, remaining)

    def planned(self, id: str) -> deque[Fault]:
        """The remaining faults for requests that name the id."""
        return self._plans[id]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._connections.add(writer)
        self._serving.add(task)
        try:
            while (request := await wire.read_message(reader)) is not None:
                self.requests += 1
                if writer in self._stale:
                    self.resets += 1
                    wire.reset(writer)
                    break
                if not await self._respond(request, (reader, writer)):
                    break
                self._kept_alive.add(writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for writers in (self._connections, self._kept_alive, self._stale):
                writers.discard(writer)
            self._serving.discard(task)
            writer.close()

    def _planned(self, request: Message) -> deque[Fault] | None:
        ids = _IDS.findall(request.first_line.encode() + b" " + request.body)
        return next((self._plans[id] for found in ids if (id := found.decode()) in self._plans), None)

    def _next(self, request: Message, plan: deque[Fault] | None) -> Fault:
        fault = plan.popleft() if plan else NONE
        key = request.header("idempotency-key") or request.first_line
        if fault.status in REFUSALS and key in self._seen:
            fault = NONE
        self._seen.add(key)
        if fault != NONE:
            self.injected[fault.name] += 1
        return fault

    async def _respond(self, request: Message, streams: Streams) -> bool:
        """Send a response, or none. Returns whether the connection can be reused."""
        plan = self._planned(request)
        fault = self._next(request, plan)
        if fault.delivery is Delivery.LATE:
            await _wait_for_disconnect(streams)
            task = asyncio.create_task(self._forward_late(request, fault.delay, plan))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
            return False
        await asyncio.sleep(0 if fault.after else fault.delay)
        found = await self._forward(request, plan) if fault.delivery is Delivery.NOW else None
        await asyncio.sleep(fault.delay if fault.after else 0)
        if fault.reply is Reply.CRASH:
            self.crash(streams[1].get_extra_info("peername")[1])
        return await _reply(fault, found, streams)

    async def _forward(self, request: Message, plan: deque[Fault] | None) -> Message:
        response = await wire.exchange(self._upstream, request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        if response is None:
            raise ConnectionError("no response from the sandbox")
        created = response.json
        if plan is not None and isinstance(created, dict) and isinstance(created.get("id"), str):
            self._plans.setdefault(created["id"], plan)
        return response.replace(b"connection: close\r\n", b"")

    async def _forward_late(self, request: Message, delay: float, plan: deque[Fault] | None) -> None:
        await asyncio.sleep(delay)
        with contextlib.suppress(ConnectionError):
            await self._forward(request, plan)


async def _wait_for_disconnect(streams: Streams) -> None:
    with contextlib.suppress(OSError):
        await streams[0].read()


async def _reply(fault: Fault, found: Message | None, streams: Streams) -> bool:
    """Send a response, or none. Returns whether the connection can be reused."""
    writer = streams[1]
    kind = fault.reply
    if kind in (Reply.STALL, Reply.CRASH):
        await _wait_for_disconnect(streams)
    elif kind is Reply.RESET:
        wire.reset(writer)
    elif kind is Reply.CLOSE:
        writer.close()
    elif kind in (Reply.HALF_HEAD, Reply.HALF_BODY):
        await _send_half(kind, found or _error(500), writer)
    elif kind is Reply.DRIP:
        return await _drip(found or _error(500), fault.delay, writer)
    else:
        writer.write(bytes(_response_for(fault, found)))
        await writer.drain()
        return kind is not Reply.NOT_HTTP
    return False


async def _send_half(kind: Reply, message: Message, writer: asyncio.StreamWriter) -> None:
    cut = len(message.head) // 2 if kind is Reply.HALF_HEAD else len(message.head) + len(message.body) // 2
    writer.write(bytes(message)[:cut])
    await writer.drain()
    writer.close()


async def _drip(message: Message, seconds: float, writer: asyncio.StreamWriter) -> bool:
    data = bytes(message)
    size = len(data) // _PIECES + 1
    for start in range(0, len(data), size):
        writer.write(data[start : start + size])
        await writer.drain()
        await asyncio.sleep(seconds / _PIECES)
    return True


def _response_for(fault: Fault, found: Message | None) -> Message:
    if fault.reply is Reply.STATUS:
        return _error(fault.status)
    if fault.reply in UNUSABLE:
        return UNUSABLE[fault.reply]
    if fault.reply is Reply.NOT_JSON:
        return wire.response(200, b'{"id": "pm_', "application/json")
    if fault.reply is Reply.OTHER_JSON:
        return wire.response(200, b'{"page": "maintenance"}')
    if fault.reply is Reply.NOT_HTTP:
        return Message(b"SSH-2.0-OpenSSH_9.7\r\n\r\n", b"")
    assert found is not None
    if fault.reply is Reply.WRONG_TYPE:
        return found.replace(b"application/json", b"text/html")
    return found


_TYPES = {402: "card_error", 500: "api_error", 502: "html", 503: "api_error", 504: "html"}
_CODES = {402: "card_declined", 409: "idempotency_key_in_use", 423: "lock_timeout", 429: "rate_limit"}


def _error(status: int) -> Message:
    type = _TYPES.get(status, "invalid_request_error")
    if type == "html":
        return wire.response(status, b"<html>Bad gateway</html>", "text/html")
    message = "Your card was declined." if status == 402 else PRIVATE
    error = {"type": type, "message": message, "code": _CODES.get(status)}
    body = json.dumps({"error": {name: value for name, value in error.items() if value}}).encode()
    if status == 423:
        return wire.response(429, body, Stripe_Should_Retry="true")
    return wire.response(status, body)
