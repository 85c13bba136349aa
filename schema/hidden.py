"""Fields that are hidden from some callers: they get what says nothing in their place."""

from __future__ import annotations

from typing import Any

from schema.reading import member

_TO_SERVICES = "For services only, unless the operator lets customers see it too"


def fingerprint(description: str) -> Any:
    """A fingerprint; null for those who may not see it."""
    return member(description=f"{description} {_TO_SERVICES}; null otherwise.", hidden_as=lambda value: None)


def metadata(description: str) -> Any:
    """An object's metadata; empty for those who may not see it."""
    return member(absent={}, description=f"{description} {_TO_SERVICES}; empty otherwise.", hidden_as=lambda value: {})


def without_fingerprints(value: Any) -> Any:
    """JSON of Stripe's own shape with every fingerprint in it taken out."""
    if isinstance(value, dict):
        return {name: without_fingerprints(item) for name, item in value.items() if name != "fingerprint"}
    return [without_fingerprints(item) for item in value] if isinstance(value, list) else value
