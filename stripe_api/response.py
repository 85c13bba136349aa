"""Reads a response of Stripe, and parses it to an object or an error. Any bytes are possible."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping

import httpx
import msgspec

from stripe_api.errors import APIError, UnusableBody
from stripe_api.failures.error_response import error_from_response, is_replayed
from stripe_api.failures.failure_reasons import Reason
from stripe_api.json_decoding import decode_json, decode_leniently
from stripe_api.objects import StripeResponse

MAX_ERROR_BYTES = 256 * 1024
"""Maximum size of an error's body. A longer body is a proxy's page, of which only the status matters."""

_DIGITS = re.compile(r"[0-9]{1,9}")
_MEDIA_TYPE = re.compile(r"[a-z]{1,20}/[a-z0-9.+-]{1,60}")
_MEMBERS = {"id", "object", "data"}
"""An object of Stripe has `id` and `object`, a list has `object` and `data`."""

_GZIP_OR_ZLIB = 32
"""Added to zlib's window bits: the header of the data says which format it has."""


def headers_of(response: httpx.Response) -> Mapping[str, str]:
    """The headers by lowercase name, joined if repeated. Looking up one in httpx's own takes twenty times as long."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def read_body(response: httpx.Response, headers: Mapping[str, str], *, limit: int) -> bytes:
    """The complete body, decompressed. Raises APIError if the body of a success is too long or can't be decompressed.

    An error's body that is too long or can't be decompressed counts as empty. The connection is closed in all these
    cases.
    """
    failed = response.status_code >= 400
    try:
        return await _decompressed(response, headers, MAX_ERROR_BYTES if failed else limit)
    except APIError:
        if failed:
            return b""
        raise
    finally:
        await response.aclose()


async def _decompressed(response: httpx.Response, headers: Mapping[str, str], limit: int) -> bytes:
    """The body, with at most `limit` bytes both before and after decompression. Raises APIError."""
    status = response.status_code
    decoder = _decoder(status, headers)
    text = headers.get("content-length", "")
    declared = int(text) if _DIGITS.fullmatch(text) else None
    if declared is not None and declared > limit:
        raise _too_long(status, headers, declared, limit)
    chunks: list[bytes] = []
    received = size = 0
    async for chunk in response.stream:  # type: ignore[union-attr]  # The transport's streams are async.
        received += len(chunk)
        if decoder is not None:
            try:
                chunk = decoder.decompress(chunk, limit - size + 1)
            except zlib.error:
                raise _undecodable(status, headers, "the response is not compressed as its header says") from None
        size += len(chunk)
        if max(received, size) > limit:
            chunks.clear()
            raise _too_long(status, headers, declared if decoder is None else None, limit)
        chunks.append(chunk)
    if decoder is not None and not decoder.eof:
        raise _undecodable(status, headers, "the compressed response is incomplete")
    return b"".join(chunks)


def _decoder(status: int, headers: Mapping[str, str]) -> zlib._Decompress | None:
    """The decompressor for a body, or None without compression. Proxies may compress without being asked to."""
    encoding = headers.get("content-encoding", "").strip().lower() or "identity"
    if encoding == "identity":
        return None
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise _undecodable(status, headers, "the response has a compression that was not requested")
    return zlib.decompressobj(zlib.MAX_WBITS | _GZIP_OR_ZLIB)


def parse_response(
    status: int, headers: Mapping[str, str], body: bytes, *, write: bool, tries: int = 1
) -> StripeResponse:
    """The object of a successful response, or the list for a read. Raises StripeError for any other response."""
    if status == 200:
        response = _object(body, headers, tries)
        if response is None:
            raise _unusable(status, headers, Reason.NOT_JSON, "the response is not a JSON object", len(body))
        if _MEMBERS.isdisjoint(response) or (write and not _is_written(response)):
            raise _unusable(status, headers, Reason.NOT_STRIPE, "the response is not an object of Stripe", len(body))
        return response
    if status < 400:
        raise _unusable(status, headers, Reason.NOT_STRIPE, f"unexpected status {status}", len(body))
    # Without a local variable: an error that its own frame references is a reference cycle.
    raise error_from_response(status, headers, decode_json(body))


def _is_written(response: StripeResponse) -> bool:
    """Whether this can be the response to a write: an object with an id. A customer session has only a secret."""
    name = "client_secret" if response.get("object") == "customer_session" else "id"
    return isinstance(response.get(name), str)


def _object(body: bytes, headers: Mapping[str, str], tries: int) -> StripeResponse | None:
    """The object. None if the body is not a JSON object."""
    facts = is_replayed(headers), headers.get("request-id"), tries
    try:
        return StripeResponse(body, *facts)
    except (ValueError, RecursionError):
        json = decode_leniently(body)
        return StripeResponse(msgspec.json.encode(json), *facts) if isinstance(json, dict) else None


def _too_long(status: int, headers: Mapping[str, str], size: int | None, limit: int) -> APIError:
    reason = f"the response is longer than {limit} bytes"
    return _unusable(status, headers, Reason.RESPONSE_TOO_LARGE, reason, size, limit)


def _undecodable(status: int, headers: Mapping[str, str], reason: str) -> APIError:
    return _unusable(status, headers, Reason.BAD_ENCODING, reason, None)


def _unusable(
    status: int,
    headers: Mapping[str, str],
    failure_reason: Reason,
    reason: str,
    size: int | None,
    limit: int | None = None,
) -> APIError:
    return APIError(
        reason=reason,
        failure_reason=failure_reason,
        body=UnusableBody(_media_type(headers), size, limit),
        http_status=status,
        request_id=headers.get("request-id"),
        in_doubt=True,
    )


def _media_type(headers: Mapping[str, str]) -> str | None:
    """The media type of a body, without parameters. None if there is none or it is invalid."""
    found = headers.get("content-type", "").partition(";")[0].strip().lower()
    return found if _MEDIA_TYPE.fullmatch(found) else None
