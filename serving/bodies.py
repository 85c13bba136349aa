"""Request bodies: read within bounds of size and time, unpacked within the same, and understood as JSON."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request

from serving.refusals import NotExecuted, refused
from serving.settings import Settings

MEMBERS = ("query", "variables", "operationName", "extensions", "documentId", "id", "doc_id")
_QUOTED = [f'"{name}"'.encode() for name in MEMBERS]
_BOM = b"\xef\xbb\xbf"
_GZIP = 16 + zlib.MAX_WBITS


async def read(request: Request, settings: Settings) -> bytes:
    """The body, unpacked. Raises NotExecuted: too large, too slow, or packed in a way that is not known."""
    chunks, size = [], 0
    try:
        async with asyncio.timeout(settings.body_timeout):
            async for chunk in request.stream():
                size += len(chunk)
                if size > settings.max_body_bytes:
                    raise _too_large(settings)
                chunks.append(chunk)
    except TimeoutError:
        raise refused("The body took too long to arrive (BODY_TIMEOUT).", status=408) from None
    return unpack(b"".join(chunks), request.headers.get("content-encoding"), settings)


def unpack(body: bytes, encoding: str | None, settings: Settings) -> bytes:
    """The body as it was before gzip. It may not grow beyond what a plain one may have."""
    if encoding is None or encoding.strip().lower() in ("", "identity"):
        return body
    if encoding.strip().lower() not in ("gzip", "x-gzip"):
        raise refused("Pack the body with gzip or not at all.", status=415, headers={"Accept-Encoding": "gzip"})
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
    """The JSON value. Raises NotExecuted for anything else, and for a member of an operation that stands twice."""
    text = text.removeprefix(_BOM)
    try:
        value = msgspec.json.decode(text)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        raise refused(f"{what} is not JSON in UTF-8.", status=400) from None
    if any(text.count(name) > 1 for name in _QUOTED):
        _refuse_twice(text)
    return value


def members_of_query_string(request: Request) -> dict[str, Any]:
    """The members of an operation that came by GET. Raises NotExecuted for one that stands twice."""
    pairs = request.query_params.multi_items()
    for name in MEMBERS:
        if sum(key == name for key, _ in pairs) > 1:
            raise refused(f"{name} stands twice.", status=400)
    members: dict[str, Any] = dict(pairs)
    for name in ("variables", "extensions"):
        if name in members:
            members[name] = decode(members[name].encode(errors="replace"), name)
    return members


def _refuse_twice(text: bytes) -> None:
    # Two readers of one text must not see two operations: a proxy may look at the first where we take the last.
    tops: list[list[str]] = []

    def note(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
        tops.append([name for name, _ in pairs])
        return dict(pairs)

    value = json.loads(text, object_pairs_hook=note)
    if isinstance(value, dict):
        for name in MEMBERS:
            if tops[-1].count(name) > 1:
                raise refused(f"{name} stands twice.", status=400)


def _too_large(settings: Settings) -> NotExecuted:
    return refused(f"The body has at most {settings.max_body_bytes} bytes (MAX_BODY_BYTES).", status=413)
