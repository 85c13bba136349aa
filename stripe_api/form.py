"""Stripe's bracketed form encoding: `a[b][c]=v`, lists by index, booleans as `true` and `false`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

Scalar = str | int | bool
Value = Scalar | Mapping[str, "Value | None"] | Sequence["Value"]


def encode(params: Mapping[str, Value | None]) -> str:
    """An application/x-www-form-urlencoded string. None omits a parameter; an empty string unsets it."""
    return "&".join([f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs(params)])


def pairs(params: Mapping[str, Value | None], prefix: str = "") -> Iterator[tuple[str, str]]:
    """The parameters with their bracketed names."""
    for name, value in params.items():
        if value is None:
            continue
        key = f"{prefix}[{name}]" if prefix else name
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, bool):
            yield key, "true" if value else "false"
        elif isinstance(value, int):
            yield key, str(value)
        elif isinstance(value, Mapping):
            yield from pairs(value, key)
        else:
            yield from pairs({str(index): item for index, item in enumerate(value)}, key)
