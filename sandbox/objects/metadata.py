"""Metadata: a write merges into what is there."""

from collections.abc import Mapping

from sandbox.errors import ParameterError

MOST_KEYS = 50


def merged_metadata(current: Mapping[str, str], changes: Mapping[str, str] | None) -> dict[str, str]:
    """Returns the metadata after a write: None deletes all of it, an empty value deletes its key."""
    if changes is None:
        return {}
    result = {key: value for key, value in {**current, **changes}.items() if value != ""}
    if len(result) > MOST_KEYS:
        raise ParameterError(f"Metadata can have up to {MOST_KEYS} keys.", param="metadata")
    return result
