"""Reads a response of Stripe, and parses it to an object or an error. Any bytes are possible."""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Mapping
from functools import partial
from typing import Any

import httpx
import msgspec

from stripe_api.errors import APIError
from stripe_api.failures.error_response import error_from_response, is_replayed
from stripe_api.failures.failure_reasons import Reason
from stripe_api.failures.unusable_body import UnusableBody
from stripe_api.objects import StripeResponse

MAX_ERROR_BYTES = 256 * 1024
"""Maximum size of an error's body. A longer body is a proxy's page, of which only the status matters."""

_DIGITS = re.compile(r"[0-9]{1,9}")
_MEDIA_TYPE = re.compile(r"[a-z]{1,20}/[a-z0-9.+-]{1,60}")
_MEMBERS = {"id", "object", "data"}
"""An object of Stripe has `id` and `object`, a list has `object` and `data`."""

_GZIP_OR_ZLIB = 32
"""Added to zlib's window bits: the header of the data says which format it has."""


async def read_body(response: httpx.Response, headers: Mapping[str, str], *, limit: int) -> bytes:
    """The complete body, decompressed. Raises APIError if the body of a success is too long or can't be decompressed.

    An error's body that is too long or can't be decompressed counts as empty. The connection is closed in all these
    cases.
    """
    failed = response.status_code >= 400
    try:
        return await _decompressed(response, headers, MAX_ERROR_BYTES if failed else limit)
    except _UnreadableBody as unreadable:
        if failed:
            return b""
        body = UnusableBody(_media_type(headers), unreadable.size, unreadable.limit)
        reason = unreadable.failure_reason
        raise _invalid_response(response.status_code, headers, reason, str(unreadable), body) from None
    finally:
        await response.aclose()


class _UnreadableBody(Exception):
    """A body that is too long, or that is not compressed as its headers say."""

    failure_reason = Reason.BAD_ENCODING
    size: int | None = None
    limit: int | None = None


class _TooLong(_UnreadableBody):
    """`size` is None if it is not declared."""

    failure_reason = Reason.RESPONSE_TOO_LARGE

    def __init__(self, size: int | None, limit: int) -> None:
        super().__init__(f"the response is longer than {limit} bytes")
        self.size = size
        self.limit = limit


async def _decompressed(response: httpx.Response, headers: Mapping[str, str], limit: int) -> bytes:
    """The body, with at most `limit` bytes both before and after decompression. Raises _UnreadableBody."""
    decoder = _decoder(headers.get("content-encoding"))
    text = headers.get("content-length", "")
    declared = int(text) if _DIGITS.fullmatch(text) else None
    if declared is not None and declared > limit:
        raise _TooLong(declared, limit)
    chunks: list[bytes] = []
    received = size = 0
    async for chunk in response.stream:  # type: ignore[union-attr]  # The transport's streams are async.
        received += len(chunk)
        if decoder is not None:
            chunk = _decompress(decoder, chunk, limit - size + 1)
        size += len(chunk)
        if max(received, size) > limit:
            chunks.clear()
            raise _TooLong(declared if decoder is None else None, limit)
        chunks.append(chunk)
    if decoder is not None and not decoder.eof:
        raise _UnreadableBody("the compressed response is incomplete")
    return b"".join(chunks)


def _decoder(encoding: str | None) -> zlib._Decompress | None:
    """The decompressor for a body, or None without compression. Proxies may compress without being asked to."""
    encoding = (encoding or "identity").strip().lower()
    if encoding == "identity":
        return None
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise _UnreadableBody("the response has a compression that was not requested")
    return zlib.decompressobj(zlib.MAX_WBITS | _GZIP_OR_ZLIB)


def _decompress(decoder: zlib._Decompress, chunk: bytes, max_length: int) -> bytes:
    try:
        return decoder.decompress(chunk, max_length)
    except zlib.error:
        raise _UnreadableBody("the response is not compressed as its header says") from None


def parse_response(
    status: int, headers: Mapping[str, str], body: bytes, *, write: bool, tries: int = 1
) -> StripeResponse:
    """The object of a successful response, or the list for a read. Raises StripeError for any other response."""
    if status == 200:
        response = _object(body, headers, tries)
        if response is None:
            raise _unusable(status, headers, body, Reason.NOT_JSON, "the response is not a JSON object")
        if _MEMBERS.isdisjoint(response) or (write and not _is_written(response)):
            raise _unusable(status, headers, body, Reason.NOT_STRIPE, "the response is not an object of Stripe")
        return response
    if status < 400:
        raise _unusable(status, headers, body, Reason.NOT_STRIPE, f"unexpected status {status}")
    # Without a local variable: an error that its own frame references is a reference cycle.
    raise error_from_response(status, headers, decode_json(body))


def _is_written(response: StripeResponse) -> bool:
    """Whether this can be the response to a write: an object with an id. A customer session has only a secret."""
    name = "client_secret" if response.get("object") == "customer_session" else "id"
    return isinstance(response.get(name), str)


def _object(body: bytes, headers: Mapping[str, str], tries: int) -> StripeResponse | None:
    """The object. None if the body is not a JSON object."""
    create = partial(
        StripeResponse,
        decode_leniently=_decode_leniently,
        replayed=is_replayed(headers),
        request_id=headers.get("request-id"),
        tries=tries,
    )
    try:
        return create(body)
    except (ValueError, RecursionError):
        json = _decode_leniently(body)
        return create(msgspec.json.encode(json)) if isinstance(json, dict) else None


def decode_json(body: bytes) -> Any:
    """The decoded JSON that Stripe sent. None if it is not JSON, or nested too deeply."""
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return _decode_leniently(body)


def _decode_leniently(body: bytes) -> Any:
    """Decode JSON that msgspec rejects: with lone surrogates, or numbers out of range. None if it is not JSON."""
    try:
        return replace_surrogates(json.loads(body, parse_constant=_reject_constant))
    except (ValueError, RecursionError):
        return None


def _reject_constant(name: str) -> Any:
    raise ValueError(name)


def replace_surrogates(value: Any) -> Any:
    """Decoded JSON, with the replacement character for lone surrogates, and null for infinite numbers."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [replace_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {replace_surrogates(name): replace_surrogates(item) for name, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _unusable(status: int, headers: Mapping[str, str], body: bytes, failure_reason: Reason, reason: str) -> APIError:
    facts = UnusableBody(_media_type(headers), len(body))
    return _invalid_response(status, headers, failure_reason, reason, facts)


def _invalid_response(
    status: int, headers: Mapping[str, str], failure_reason: Reason, reason: str, body: UnusableBody
) -> APIError:
    return APIError(
        reason=reason,
        failure_reason=failure_reason,
        body=body,
        http_status=status,
        request_id=headers.get("request-id"),
        in_doubt=True,
    )


def _media_type(headers: Mapping[str, str]) -> str | None:
    """The media type of a body, without parameters. None if there is none or it is invalid."""
    found = headers.get("content-type", "").partition(";")[0].strip().lower()
    return found if _MEDIA_TYPE.fullmatch(found) else None
