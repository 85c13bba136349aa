"""Documents that clients name instead of sending them: by hash once registered, or from a manifest of trusted ones."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from cachetools import LRUCache

from serving.settings import SettingsError
from serving.shared import SharedStore

REGISTERED_BYTES = 4 * 1024 * 1024
"""Text of all documents that are registered in one process."""

KEPT_SECONDS = 7 * 24 * 3600
"""How long the shared store keeps a registered document that nobody uses."""


class PersistedQueryNotFound(Exception):
    """Nobody has registered the document yet; the client sends it again with its text."""


class HashMismatch(Exception):
    """The hash is not that of the text."""


class NotTrusted(Exception):
    """The document is not in the manifest."""


class Registry(Protocol):
    """Where registered documents are kept."""

    async def get(self, hash: str) -> str | None: ...

    async def put(self, hash: str, text: str) -> None: ...


class RegistryInProcess:
    """Bounded by the length of all texts; the least used go first."""

    def __init__(self) -> None:
        self._texts: LRUCache[str, str] = LRUCache(REGISTERED_BYTES, getsizeof=len)

    async def get(self, hash: str) -> str | None:
        return self._texts.get(hash)

    async def put(self, hash: str, text: str) -> None:
        if len(text) <= REGISTERED_BYTES // 16:
            self._texts[hash] = text


class SharedRegistry:
    """In the store that replicas share; what was seen is kept in the process too."""

    def __init__(self, store: SharedStore) -> None:
        self._store = store
        self._here = RegistryInProcess()

    async def get(self, hash: str) -> str | None:
        text = await self._here.get(hash)
        if text is None:
            text = await self._store.ask(lambda: self._fetch(hash), lambda: self._here.get(hash))
            if text is not None:
                await self._here.put(hash, text)
        return text

    async def put(self, hash: str, text: str) -> None:
        await self._here.put(hash, text)

        async def keep() -> None:
            await self._store.client.set(_name(hash), text, ex=KEPT_SECONDS)

        await self._store.ask(keep, _nothing)

    async def _fetch(self, hash: str) -> str | None:
        found = await self._store.client.getex(_name(hash), ex=KEPT_SECONDS)
        text = found.decode() if isinstance(found, bytes) else None
        # What the store says is held to its name: nobody who can write to it can put words in a client's mouth.
        return text if text is not None and sha256(text) == hash else None


class PersistedDocuments:
    """Finds the text of a request's document. With `trusted`, nothing beyond it is executed."""

    def __init__(self, registry: Registry | None, trusted: Mapping[str, str] | None) -> None:
        self._registry = registry
        self._trusted = trusted
        self._trusted_texts = frozenset(trusted.values()) if trusted is not None else frozenset()

    async def text(self, query: str | None, document_id: str | None, hash: str | None) -> str | None:
        """The text to execute; None when the request names none.

        Raises PersistedQueryNotFound, HashMismatch or NotTrusted.
        """
        if self._trusted is not None:
            return self._from_manifest(self._trusted, query, document_id or hash)
        if hash is None or self._registry is None:
            if hash is not None and query is None:
                raise PersistedQueryNotFound
            return query
        if query is None:
            text = await self._registry.get(hash)
            if text is None:
                raise PersistedQueryNotFound
            return text
        if sha256(query) != hash:
            raise HashMismatch
        return query

    async def register(self, hash: str | None, text: str) -> None:
        """Keep a document that proved valid under the hash that came with it."""
        if self._trusted is None and self._registry is not None and hash is not None:
            await self._registry.put(hash, text)

    def _from_manifest(self, trusted: Mapping[str, str], query: str | None, id: str | None) -> str:
        if id is not None and id in trusted and (query is None or query == trusted[id]):
            return trusted[id]
        if id is None and query in self._trusted_texts and query is not None:
            return query
        raise NotTrusted


def sha256(text: str) -> str:
    """The hash that Apollo's clients name a document by."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_manifest(path: Path) -> Mapping[str, str]:
    """The documents of a manifest by id, in the format of Apollo, Relay or graphql-codegen. Raises SettingsError."""
    try:
        manifest = json.loads(path.read_text())
    except (OSError, ValueError):
        raise SettingsError("TRUSTED_DOCUMENTS: the file can't be read as JSON") from None
    documents = _apollo(manifest) if isinstance(manifest, dict) and "operations" in manifest else manifest
    if not isinstance(documents, dict) or not all(isinstance(text, str) for text in documents.values()):
        raise SettingsError(
            "TRUSTED_DOCUMENTS: give a manifest of Apollo's (operations with id and body), or of Relay's or "
            "graphql-codegen's (documents by id)"
        )
    return documents


def _apollo(manifest: Mapping[str, Any]) -> dict[str, Any] | None:
    operations = manifest["operations"]
    if not isinstance(operations, list) or not all(isinstance(operation, dict) for operation in operations):
        return None
    return {operation.get("id"): operation.get("body") for operation in operations}


def _name(hash: str) -> str:
    return f"attache:document:{hash}"


async def _nothing() -> None:
    return None
