"""JSON of requests: decoded strictly, so that a proxy and the service can't read different operations in one text."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from serving.graphql.errors import rejection

MAX_JSON_DEPTH = 100
"""Maximum nesting of objects and lists in a request."""

MAX_JSON_VALUES = 20_000
"""Maximum number of values in a request. The variables of each operation in it are limited further."""

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"(?:[ \t\r\n]*(:))?')
"""A JSON string, and the colon after it if it is a member's name."""

_SPACED_NAME = re.compile(rb'"[ \t\r\n]+:')
"""The end of a member's name that is not directly followed by its colon."""

_BOM = b"\xef\xbb\xbf"
_CONTAINERS = frozenset({dict, list})


def decode(text: bytes, what: str) -> Any:
    """The JSON value. Raises RequestRejected if it is not JSON, is nested too deeply, or repeats a member.

    A proxy may read the first member of a name, and this service the last.
    """
    text = text.removeprefix(_BOM)
    try:
        value = msgspec.json.decode(text)
    except msgspec.ValidationError:
        # Without a type to decode to, only numbers can be invalid.
        message = f"{what} has a number that is too large: write numbers below 1e308, or a string."
        raise rejection(message, status=400) from None
    except (ValueError, RecursionError, msgspec.MsgspecError):
        raise rejection(f"{what} is not JSON in UTF-8.", status=400) from None
    members, depth, values = _measure(value)
    if values > MAX_JSON_VALUES:
        raise rejection(f"{what} has more than {MAX_JSON_VALUES} values.", status=400)
    if depth > MAX_JSON_DEPTH:
        raise rejection(f"{what} nests objects and lists more than {MAX_JSON_DEPTH} levels deep.", status=400)
    if _count_names(text, members) > members:
        raise rejection(f"{what} has an object with the same member twice.", status=400)
    return value


def _count_names(text: bytes, least: int) -> int:
    """Counts the names of members in JSON text that has at least some."""
    # Strings may contain `":` too. So this is the number of names, or more, unless a space precedes a colon.
    if text.count(b'":') == least and _SPACED_NAME.search(text) is None:
        return least
    return sum(map(len, _STRING.findall(text)))


def _measure(value: Any) -> tuple[int, int, int]:
    """Counts the members of objects, the depth, and all values. Counting stops above MAX_JSON_VALUES."""
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
