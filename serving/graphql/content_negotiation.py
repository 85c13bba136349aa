"""Media types: of the requested response, and of the request body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
HTML = "text/html"
EVENT_STREAM = "text/event-stream"

_QUALITY = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


@lru_cache(maxsize=64)
def preferred(accept: str | None, offered: tuple[str, ...]) -> str | None:
    """The offered type that the Accept header prefers; None if none is acceptable.

    Among equal qualities, the first in the header wins, then the first offered. Without a header, the first offered.
    """
    if accept is None or not accept.strip():
        return offered[0]
    ranges = _ranges(accept)
    scored = [(_score(ranges, media_type), -rank, media_type) for rank, media_type in enumerate(offered)]
    (quality, _), _, best = max(scored)
    return best if quality > 0 else None


@lru_cache(maxsize=64)
def prefers_event_stream(accept: str) -> bool:
    """Whether the Accept header prefers an event stream to a JSON response."""
    return preferred(accept, (JSON, RESPONSE_JSON, EVENT_STREAM)) == EVENT_STREAM


@lru_cache(maxsize=64)
def is_json(content_type: str | None) -> bool:
    """Whether a body of this type is JSON in UTF-8."""
    media_type, *parameters = (content_type or "").split(";")
    if media_type.strip().lower() != JSON:
        return False
    charsets = [value for name, value in map(_parameter, parameters) if name == "charset"]
    return all(charset in ("utf-8", "utf8") for charset in charsets)


def _score(ranges: Sequence[tuple[str, float]], media_type: str) -> tuple[float, int]:
    """The quality of a type from its most specific matching range, and the position of that range."""
    wildcard = media_type.split("/")[0] + "/*"
    for pattern in (media_type, wildcard, "*/*"):
        for position, (candidate, quality) in enumerate(ranges):
            if candidate == pattern:
                return quality, -position
    return 0.0, 0


def _ranges(accept: str) -> list[tuple[str, float]]:
    ranges = []
    for part in accept.split(","):
        pattern, *parameters = part.split(";")
        quality = next((value for name, value in map(_parameter, parameters) if name == "q"), "1")
        ranges.append((pattern.strip().lower(), float(quality) if _QUALITY.fullmatch(quality) else 0.0))
    return ranges


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip().lower(), value.strip().strip('"').lower()
