"""Request bodies: received within limits of size, time and memory, and decompressed."""

from __future__ import annotations

import asyncio
import zlib

from starlette.requests import ClientDisconnect, Request

from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import RequestRejected, rejection
from serving.settings.settings import Settings

MAX_PARTIAL_BYTES = 64 * 1024 * 1024
"""Memory for all bodies that are not complete yet."""

_GZIP = 16 + zlib.MAX_WBITS


class BodyReader:
    """Reads bodies. All incomplete bodies share one memory limit, so that slow clients can't use up the memory."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._free = MAX_PARTIAL_BYTES

    async def read(self, request: Request) -> bytes:
        """The decompressed body. Raises RequestRejected if it is too large, too slow, or in an unknown encoding."""
        try:
            async with asyncio.timeout(self._settings.body_timeout):
                body = await self._receive(request)
        except TimeoutError:
            raise rejection("The body took too long to arrive (BODY_TIMEOUT).", status=408) from None
        return decompress(body, request.headers.get("content-encoding"), self._settings)

    async def _receive(self, request: Request) -> bytes:
        chunks: list[bytes] = []
        size = reserved = 0
        try:
            while True:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                chunks.append(message.get("body", b""))
                size += len(chunks[-1])
                if size > self._settings.max_body_bytes:
                    raise _too_large(self._settings)
                if not message.get("more_body", False):
                    return b"".join(chunks)
                reserved += self._reserve(len(chunks[-1]))
        finally:
            self._free += reserved

    def _reserve(self, size: int) -> int:
        if size > self._free:
            message = "Too many request bodies are arriving slowly. Try again in a second."
            raise rejection(
                message,
                code=ErrorCode.OVERLOADED,
                status=503,
                reason="request_bodies",
                retry_after=1,
            )
        self._free -= size
        return size


def decompress(body: bytes, encoding: str | None, settings: Settings) -> bytes:
    """The decompressed body. It has the same size limit as an uncompressed one."""
    if encoding is None or encoding.strip().lower() in ("", "identity"):
        return body
    if encoding.strip().lower() not in ("gzip", "x-gzip"):
        raise rejection(
            "Compress the body with gzip, or send it without Content-Encoding.",
            status=415,
            headers={"Accept-Encoding": "gzip"},
        )
    decompressor = zlib.decompressobj(_GZIP)
    try:
        decompressed = decompressor.decompress(body, settings.max_body_bytes + 1)
    except zlib.error:
        raise _invalid_gzip() from None
    if len(decompressed) > settings.max_body_bytes:
        raise _too_large(settings)
    if not decompressor.eof or decompressor.unused_data:
        raise _invalid_gzip()
    return decompressed


def _invalid_gzip() -> RequestRejected:
    return rejection("The body is not valid gzip. Compress it again, or send it uncompressed.", status=400)


def _too_large(settings: Settings) -> RequestRejected:
    return rejection(f"Send a body of at most {settings.max_body_bytes} bytes (MAX_BODY_BYTES).", status=413)
