"""Fields that are hidden from customers, unless the operator allows them."""

from __future__ import annotations

from typing import Any

from schema.reading import Hidden, member

_FOR_SERVICES = "Only for services, unless the operator allows it for customers"


def fingerprint(description: str) -> Any:
    """A fingerprint; null for callers that it is hidden from."""
    hidden = Hidden("fingerprint", None)
    return member(f"{description} {_FOR_SERVICES}; null otherwise.", hidden=hidden)


def metadata(description: str) -> Any:
    """An object's metadata; empty for callers that it is hidden from."""
    hidden = Hidden("metadata", {})
    return member(f"{description} {_FOR_SERVICES}; empty otherwise.", absent={}, hidden=hidden)


def _without_fingerprints(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_fingerprints(item) for name, item in value.items() if name != "fingerprint"}
    return [_without_fingerprints(item) for item in value] if isinstance(value, list) else value


FINGERPRINTS_WITHIN = Hidden("fingerprint", within=_without_fingerprints)
"""For Stripe's JSON as it is, without any fingerprint in it."""
