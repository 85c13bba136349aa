"""The body of a webhook request: the raw bytes, within limits of size, time and memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from serving.webhooks.signature import Refusal, WebhookRefused

MAX_EVENT_BYTES = 512 * 1024
"""Maximum size of a body. Stripe's events about payment methods and customers have a few kB."""

MAX_PARTIAL_BYTES = 16 * 1024 * 1024
"""Maximum memory of all incomplete bodies. Their signatures can't be checked yet."""

Headers = Iterable[tuple[bytes, bytes]]


class EventBodies:
    """Receives bodies. `timeout` is the maximum time until a body is complete, in seconds."""

    def __init__(self, *, timeout: float) -> None:
        self._timeout = timeout
        self._free = MAX_PARTIAL_BYTES

    async def receive(self, headers: Headers, receive: Receive) -> bytes:
        """The body as it was sent. Raises WebhookRefused or ClientDisconnect."""
        _check_headers(headers)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._receive(receive)
        except TimeoutError:
            raise WebhookRefused(Refusal.TOO_SLOW) from None

    async def _receive(self, receive: Receive) -> bytes:
        chunks: list[bytes] = []
        size = reserved = 0
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                chunk = message.get("body", b"")
                chunks.append(chunk)
                size += len(chunk)
                if size > MAX_EVENT_BYTES:
                    raise WebhookRefused(Refusal.TOO_LARGE)
                if not message.get("more_body", False):
                    return b"".join(chunks)
                reserved += self._reserve(len(chunk))
        finally:
            self._free += reserved

    def _reserve(self, size: int) -> int:
        if size > self._free:
            raise WebhookRefused(Refusal.TOO_MANY)
        self._free -= size
        return size


def _check_headers(headers: Headers) -> None:
    """Raises WebhookRefused for a body that is compressed, or declared to be too large.

    Stripe signs what it sends and compresses nothing, so that nothing unverified is ever decompressed.
    """
    for name, value in headers:
        if name == b"content-encoding" and value.strip().lower() not in (b"", b"identity"):
            raise WebhookRefused(Refusal.COMPRESSED)
        # The server has checked that it is a number.
        if name == b"content-length" and (len(value) > 9 or int(value) > MAX_EVENT_BYTES):
            raise WebhookRefused(Refusal.TOO_LARGE)
