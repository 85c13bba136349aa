"""Decodes the JSON that Stripe sends, also where msgspec rejects it."""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec


def decode_json(body: bytes) -> Any:
    """The decoded JSON that Stripe sent. None if it is not JSON, or nested too deeply."""
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return decode_leniently(body)


def decode_leniently(body: bytes | msgspec.Raw) -> Any:
    """Decode JSON that msgspec rejects: with lone surrogates, or numbers out of range. None if it is not JSON."""
    try:
        return _replace_surrogates(json.loads(body, parse_constant=_reject_constant))
    except (ValueError, RecursionError):
        return None


def _reject_constant(name: str) -> Any:
    raise ValueError(name)


def _replace_surrogates(value: Any) -> Any:
    """Decoded JSON, with the replacement character for lone surrogates, and null for infinite numbers."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_replace_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_replace_surrogates(name): _replace_surrogates(item) for name, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
