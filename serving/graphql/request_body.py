"""Request bodies: read within bounds of size, time and memory, unpacked within the same, and decoded as JSON."""

from __future__ import annotations

import asyncio
import re
import zlib
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request

from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import NotExecuted, refused
from serving.settings.settings import Settings

MEMBERS = ("query", "variables", "operationName", "extensions", "documentId", "id", "doc_id")

MAX_JSON_DEPTH = 100
"""Deepest nesting of objects and lists in a request."""

MAX_PARTIAL_BYTES = 64 * 1024 * 1024
"""Memory for all bodies that have begun to arrive and are not complete."""

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"(?:[ \t\r\n]*(:))?')
"""A string of JSON, and the colon behind it when it names a member."""

_BOM = b"\xef\xbb\xbf"
_GZIP = 16 + zlib.MAX_WBITS


class Bodies:
    """Reads bodies. Those that arrive in parts share a bound of memory, so that slow ones can't use it up."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._free = MAX_PARTIAL_BYTES

    async def read(self, request: Request) -> bytes:
        """The body, unpacked. Raises NotExecuted: too large, too slow, too many at once, or of unknown encoding."""
        try:
            async with asyncio.timeout(self._settings.body_timeout):
                body = await self._receive(request)
        except TimeoutError:
            raise refused("The body took too long to arrive (BODY_TIMEOUT).", status=408) from None
        return unpack(body, request.headers.get("content-encoding"), self._settings)

    async def _receive(self, request: Request) -> bytes:
        chunks: list[bytes] = []
        size = held = 0
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
                held += self._hold(len(chunks[-1]))
        finally:
            self._free += held

    def _hold(self, size: int) -> int:
        if size > self._free:
            message = "Too many request bodies are arriving slowly. Try again in a second."
            raise refused(message, code=ErrorCode.OVERLOADED, status=503, headers={"Retry-After": "1"}, retryAfter=1)
        self._free -= size
        return size


def unpack(body: bytes, encoding: str | None, settings: Settings) -> bytes:
    """The body as it was before gzip. It may not grow beyond what a plain one may have."""
    if encoding is None or encoding.strip().lower() in ("", "identity"):
        return body
    if encoding.strip().lower() not in ("gzip", "x-gzip"):
        raise refused(
            "Compress the body with gzip, or send it without Content-Encoding.",
            status=415,
            headers={"Accept-Encoding": "gzip"},
        )
    unpacker = zlib.decompressobj(_GZIP)
    try:
        unpacked = unpacker.decompress(body, settings.max_body_bytes + 1)
    except zlib.error:
        raise refused("The body is not what gzip makes.", status=400) from None
    if len(unpacked) > settings.max_body_bytes:
        raise _too_large(settings)
    if not unpacker.eof or unpacker.unused_data:
        raise refused("The body is not what gzip makes.", status=400)
    return unpacked


def decode(text: bytes, what: str) -> Any:
    """The JSON value. Raises NotExecuted for anything else, for deep nesting, and for an object with one member twice.

    Two readers of one text must not see two operations: a proxy may look at the first member, and we at the last.
    """
    text = text.removeprefix(_BOM)
    try:
        value = msgspec.json.decode(text)
    except msgspec.ValidationError:
        # Without a type to decode to, only numbers can be invalid.
        message = f"{what} has a number that is too large: write numbers below 1e308, or a string."
        raise refused(message, status=400) from None
    except (ValueError, RecursionError, msgspec.MsgspecError):
        raise refused(f"{what} is not JSON in UTF-8.", status=400) from None
    members, depth, values = _measure(value)
    if values > MAX_JSON_VALUES:
        raise refused(f"{what} has more than {MAX_JSON_VALUES} values.", status=400)
    if depth > MAX_JSON_DEPTH:
        raise refused(f"{what} nests objects and lists more than {MAX_JSON_DEPTH} levels deep.", status=400)
    if sum(map(len, _STRING.findall(text))) > members:
        raise refused(f"{what} has an object with the same member twice.", status=400)
    return value


_CONTAINERS = frozenset({dict, list})


MAX_JSON_VALUES = 20_000
"""Of a request body. A variable's values are limited far below that; a batch has several operations."""


def _measure(value: Any) -> tuple[int, int, int]:
    """The objects' members within a value, its depth, and its values. Counting ends above MAX_JSON_VALUES."""
    members = depth = values = 0
    level = [value]
    while level := [one for one in level if type(one) in _CONTAINERS]:
        depth += 1
        values += sum(map(len, level))
        if values > MAX_JSON_VALUES:
            break
        members += sum(len(one) for one in level if type(one) is dict)
        level = [inner for one in level for inner in (one.values() if type(one) is dict else one)]
    return members, depth, values


def members_of_query_string(request: Request) -> dict[str, Any]:
    """The members of an operation that came by GET. Raises NotExecuted if a parameter is repeated."""
    pairs = request.query_params.multi_items()
    for name in MEMBERS:
        if sum(key == name for key, _ in pairs) > 1:
            raise refused(f"The parameter {name} is repeated. Send it once.", status=400)
    members: dict[str, Any] = dict(pairs)
    for name in ("variables", "extensions"):
        if name in members:
            members[name] = decode(members[name].encode(errors="replace"), name)
    return members


def _too_large(settings: Settings) -> NotExecuted:
    return refused(f"The body has at most {settings.max_body_bytes} bytes (MAX_BODY_BYTES).", status=413)
