"""The manifest of trusted documents, in the formats of Apollo, Relay and graphql-codegen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from serving.settings.errors import SettingsError


def read_manifest(path: Path) -> Mapping[str, str]:
    """The documents of a manifest by id, in the format of Apollo, Relay or graphql-codegen. Raises SettingsError."""
    try:
        manifest = json.loads(path.read_text())
    except (OSError, ValueError):
        raise SettingsError("TRUSTED_DOCUMENTS: the file can't be read as JSON") from None
    documents = _apollo(manifest) if isinstance(manifest, dict) and "operations" in manifest else manifest
    if not isinstance(documents, dict) or not all(isinstance(text, str) for text in documents.values()):
        raise SettingsError(
            "TRUSTED_DOCUMENTS: use a manifest in the format of Apollo (operations with id and body), or of Relay or "
            "graphql-codegen (documents by id)"
        )
    return documents


def _apollo(manifest: Mapping[str, Any]) -> dict[str, Any] | None:
    operations = manifest["operations"]
    if not isinstance(operations, list) or not all(isinstance(operation, dict) for operation in operations):
        return None
    return {operation.get("id"): operation.get("body") for operation in operations}
