"""Stripe's objects are plain JSON: the type, and how a partial update is merged."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def merged(current: Json, changes: Mapping[str, Any]) -> Json:
    """Returns `current` with `changes` merged in recursively. Members that `changes` omits keep their value."""
    result = dict(current)
    for name, value in changes.items():
        nested = result.get(name)
        result[name] = merged(nested, value) if isinstance(nested, dict) and isinstance(value, dict) else value
    return result
