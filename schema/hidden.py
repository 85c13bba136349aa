"""Fields that are hidden from some callers: they get what says nothing in their place."""

from __future__ import annotations

from typing import Any

from schema.reading import Hidden, member

_TO_SERVICES = "For services only, unless the operator lets customers see it too"


def fingerprint(description: str) -> Any:
    """A fingerprint; null for those who may not see it."""
    hidden = Hidden("fingerprint", None)
    return member(description=f"{description} {_TO_SERVICES}; null otherwise.", hidden=hidden)


def metadata(description: str) -> Any:
    """An object's metadata; empty for those who may not see it."""
    hidden = Hidden("metadata", {})
    return member(absent={}, description=f"{description} {_TO_SERVICES}; empty otherwise.", hidden=hidden)


def _without_fingerprints(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_fingerprints(item) for name, item in value.items() if name != "fingerprint"}
    return [_without_fingerprints(item) for item in value] if isinstance(value, list) else value


FINGERPRINTS_WITHIN = Hidden("fingerprint", within=_without_fingerprints)
"""For JSON of Stripe's own shape, from which every fingerprint is taken out."""
