"""From the bytes of an answer to an object or an error, whatever the bytes are."""

from __future__ import annotations

import json
import math
import re
import zlib
from functools import partial
from typing import Any

import httpx
import msgspec

from stripe_api.errors import APIError, RateLimitError, StripeError, error_from_response
from stripe_api.failure_reasons import Reason
from stripe_api.objects import StripeResponse
from stripe_api.retries import response_allows_retry

_DIGITS = re.compile(r"[0-9]{1,9}")
_MEMBERS = {"id", "object", "data"}
"""An object of Stripe's has the first two, a list the others."""


MAX_ERROR_BYTES = 256 * 1024
"""Of an error's body. What is longer is a proxy's page: its status says all that it has to say."""


async def read_body(response: httpx.Response, *, limit: int) -> bytes:
    """The whole body, unpacked. Raises APIError when a success is longer than `limit` bytes or can't be unpacked.

    An error's body that is too long, or can't be unpacked, counts as empty. The connection is closed in all these
    cases.
    """
    failed = response.status_code >= 400
    try:
        return await _unpacked(response, MAX_ERROR_BYTES if failed else limit)
    except _Unreadable as unreadable:
        if failed:
            return b""
        reason = unreadable.failure_reason
        raise _unusable(response.status_code, response.headers, reason, str(unreadable)) from None
    finally:
        await response.aclose()


class _Unreadable(Exception):
    """A body that is too long, or not packed as its headers say."""

    def __init__(self, message: str, failure_reason: Reason = Reason.BAD_ENCODING) -> None:
        super().__init__(message)
        self.failure_reason = failure_reason


async def _unpacked(response: httpx.Response, limit: int) -> bytes:
    """The body, at most `limit` bytes both as it is sent and unpacked. Raises _Unreadable."""
    decoder = _decoder(response.headers.get("content-encoding"))
    declared = response.headers.get("content-length", "")
    if _DIGITS.fullmatch(declared) and int(declared) > limit:
        raise _too_long(limit)
    chunks: list[bytes] = []
    sent = size = 0
    async for chunk in response.stream:  # type: ignore[union-attr]  # async, as the transport is
        sent += len(chunk)
        if decoder is not None:
            chunk = _inflate(decoder, chunk, limit - size + 1)
        size += len(chunk)
        if max(sent, size) > limit:
            chunks.clear()
            raise _too_long(limit)
        chunks.append(chunk)
    if decoder is not None and not decoder.eof:
        raise _Unreadable("the answer is packed, and ends too early")
    return b"".join(chunks)


def _too_long(limit: int) -> _Unreadable:
    return _Unreadable(f"the answer is longer than {limit} bytes", Reason.RESPONSE_TOO_LARGE)


def _decoder(encoding: str | None) -> zlib._Decompress | None:
    """What unpacks a body. A proxy may pack it although we ask for none; None where it is not packed."""
    encoding = (encoding or "identity").strip().lower()
    if encoding == "identity":
        return None
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise _Unreadable("the answer is packed in a way that was not asked for")
    return zlib.decompressobj(zlib.MAX_WBITS | _GZIP_OR_ZLIB)


_GZIP_OR_ZLIB = 32
"""Added to zlib's window bits, it has the header say which of the two it is."""


def _inflate(decoder: zlib._Decompress, chunk: bytes, most: int) -> bytes:
    try:
        return decoder.decompress(chunk, most)
    except zlib.error:
        raise _Unreadable("the answer is not packed as it says") from None


def parse_response(status: int, headers: httpx.Headers, body: bytes, *, write: bool, tries: int = 1) -> StripeResponse:
    """The object of a successful answer, or the list of a read. Raises the error that any other answer stands for."""
    if status == 200:
        answer = _answer(body, headers, tries)
        if answer is None:
            raise _unusable(status, headers, Reason.NOT_JSON, "the answer is not a JSON object")
        if _MEMBERS.isdisjoint(answer) or (write and not isinstance(answer.get("id"), str)):
            raise _unusable(status, headers, Reason.NOT_STRIPE, "the answer is no object of Stripe's")
        return answer
    if status < 400:
        raise _unusable(status, headers, Reason.NOT_STRIPE, f"unexpected status {status}")
    # Not by a name here: an error that is raised where it has a name holds itself, and with it the whole call.
    raise _error(status, headers, body)


def _error(status: int, headers: httpx.Headers, body: bytes) -> StripeError:
    error = error_from_response(
        status,
        _decode(body),
        request_id=headers.get("request-id"),
        replayed=_is_replayed(headers),
    )
    error.retryable = response_allows_retry(status, headers)
    # A conflict is most often the same request, still running; and what is not Stripe's word settles nothing.
    error.in_doubt = status >= 500 or status == 409 or type(error) is APIError
    if isinstance(error, RateLimitError):
        error.reason = headers.get("stripe-rate-limited-reason")
        error.retry_after = _seconds(headers.get("retry-after"))
    return error


def _seconds(retry_after: str | None) -> float | None:
    """The seconds of a Retry-After header; None without one, and for a date, which Stripe never sends."""
    return float(retry_after) if retry_after is not None and _DIGITS.fullmatch(retry_after) else None


def _is_replayed(headers: httpx.Headers) -> bool:
    return bool(headers.get("idempotent-replayed") == "true")


def _answer(body: bytes, headers: httpx.Headers, tries: int) -> StripeResponse | None:
    """The object; None for what is no JSON object."""
    made = partial(
        StripeResponse,
        mend=_decode_odd,
        replayed=_is_replayed(headers),
        request_id=headers.get("request-id"),
        tries=tries,
    )
    try:
        return made(body)
    except (ValueError, RecursionError):
        json = _decode_odd(body)
        return made(msgspec.json.encode(json)) if isinstance(json, dict) else None


def _decode(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return _decode_odd(body)


def _decode_odd(body: bytes) -> Any:
    """JSON that is whole but odd: half a surrogate pair in a text, a number beyond bounds. None for what is none."""
    try:
        return _mended(json.loads(body, parse_constant=_no_number))
    except (ValueError, RecursionError):
        return None


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {_mended(name): _mended(item) for name, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _unusable(status: int, headers: httpx.Headers, failure_reason: Reason, reason: str) -> APIError:
    request_id = headers.get("request-id")
    error = APIError(reason=reason, failure_reason=failure_reason, http_status=status, request_id=request_id)
    error.in_doubt = True
    return error
