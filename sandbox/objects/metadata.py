"""Metadata: an update merges into the current keys."""

from collections.abc import Mapping

from sandbox.errors import ParameterError

MAX_KEYS = 50


def merged_metadata(current: Mapping[str, str], changes: Mapping[str, str] | None) -> dict[str, str]:
    """Returns the updated metadata. An empty value deletes its key; None deletes all keys."""
    if changes is None:
        return {}
    result = {key: value for key, value in {**current, **changes}.items() if value != ""}
    if len(result) > MAX_KEYS:
        raise ParameterError(f"Metadata can have up to {MAX_KEYS} keys.", param="metadata")
    return result
