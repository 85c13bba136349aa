"""Parameters that become members of an object. Those of metadata are merged into the current keys."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.errors import ParameterError
from sandbox.json_object import Json

MAX_KEYS = 50


def with_params(body: Json, params: Mapping[str, Any], names: Iterable[str]) -> Json:
    """Returns the body with the parameters of these names as members of the same name, and with metadata merged."""
    updated = {**body, **{name: params[name] for name in names if name in params}}
    if "metadata" in params:
        updated["metadata"] = merged_metadata(body["metadata"], params["metadata"])
    return updated


def merged_metadata(current: Mapping[str, str], changes: Mapping[str, str] | None) -> dict[str, str]:
    """Returns the updated metadata. An empty value deletes its key; None deletes all keys."""
    if changes is None:
        return {}
    result = {key: value for key, value in {**current, **changes}.items() if value != ""}
    if len(result) > MAX_KEYS:
        raise ParameterError(f"Metadata can have up to {MAX_KEYS} keys.", param="metadata")
    return result
