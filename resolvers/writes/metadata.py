"""Checks metadata against Stripe's documented limits."""

from __future__ import annotations

from typing import Any

from resolvers.errors.exceptions import MutationRejected, invalid_input
from stripe_api.form import Value

_MAX_KEYS, _MAX_KEY, _MAX_VALUE = 50, 40, 500


def metadata_parameter(value: Any) -> Value | None:
    """Stripe's parameter: an empty string removes a key, or all of them. Raises MutationRejected."""
    if value is None:
        return ""
    if not isinstance(value, dict):
        raise _invalid_metadata("Metadata is an object of strings. Send one, or null to remove all keys.")
    kept = sum(item is not None for item in value.values())
    if kept > _MAX_KEYS:
        raise _invalid_metadata(f"Metadata can have at most {_MAX_KEYS} keys. This has {kept}: send fewer.")
    return {_metadata_key(key): _metadata_value(key, item) for key, item in value.items()} or None


def _metadata_key(key: str) -> str:
    if not key:
        raise _invalid_metadata("A metadata key must not be empty. Name it.")
    if "[" in key or "]" in key:
        raise _invalid_metadata(f'The metadata key "{_shortened(key)}" has square brackets. Use a key without them.')
    if len(key) > _MAX_KEY:
        raise _invalid_metadata(
            f'The metadata key "{_shortened(key)}" has {len(key)} characters. Use at most {_MAX_KEY}.'
        )
    return key


def _metadata_value(key: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not value:
        raise _invalid_metadata(
            f'The value of the metadata key "{key}" must be a string that is not empty, or null to remove the key.'
        )
    if len(value) > _MAX_VALUE:
        raise _invalid_metadata(
            f'The value of the metadata key "{key}" has {len(value)} characters. Use at most {_MAX_VALUE}.'
        )
    return value


def _invalid_metadata(message: str) -> MutationRejected:
    return invalid_input("metadata", message)


def _shortened(key: str) -> str:
    return key if len(key) <= _MAX_KEY else f"{key[:_MAX_KEY]}…"
