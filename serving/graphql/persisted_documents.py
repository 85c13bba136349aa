"""Documents that clients send once and then name by hash (APQ), and trusted documents from a manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakValueDictionary

import msgspec
from cachetools import LRUCache

from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import rejection
from serving.graphql.operation_request import NO_DOCUMENT, Operation
from serving.graphql.trusted_manifest import read_manifest
from serving.redis.store import SharedStore
from serving.settings.settings import Settings

CALLER_BYTES = 256 * 1024
"""Total size of the documents that a process keeps for one caller."""

MAX_CALLERS = 200
"""Maximum number of callers whose documents a process keeps. The least recently used are dropped."""

CALLER_DOCUMENTS = 200
"""Maximum number of documents that the shared store keeps for one caller."""

KEPT_SECONDS = 7 * 24 * 3600
"""How long the shared store keeps an unused document."""


class Registry(Protocol):
    """Registered documents. Above a caller's limit, its least recently used documents are dropped."""

    async def get(self, hash: str, caller: str) -> str | None: ...

    async def put(self, hash: str, text: str, caller: str) -> None: ...


@dataclass(frozen=True, slots=True, weakref_slot=True)
class _Registered:
    text: str


class RegistryInProcess:
    """The documents of one process, by caller. A document is kept as long as one caller keeps it."""

    def __init__(self) -> None:
        self._callers: LRUCache[str, LRUCache[str, _Registered]] = LRUCache(MAX_CALLERS)
        self._documents: WeakValueDictionary[str, _Registered] = WeakValueDictionary()

    def holds(self, hash: str, caller: str) -> bool:
        """Whether the caller keeps the document."""
        return hash in self._callers.get(caller, ())

    async def get(self, hash: str, caller: str) -> str | None:
        """The document, registered by any caller."""
        document = self._documents.get(hash)
        if document is None:
            return None
        self._keep(hash, document, caller)
        return document.text

    async def put(self, hash: str, text: str, caller: str) -> None:
        """Register a document for a caller."""
        if len(text) <= CALLER_BYTES:
            self._keep(hash, self._documents.setdefault(hash, _Registered(text)), caller)

    def _keep(self, hash: str, document: _Registered, caller: str) -> None:
        kept = self._callers.get(caller)
        if kept is None:
            kept = self._callers[caller] = LRUCache(CALLER_BYTES, getsizeof=lambda one: len(one.text))
        kept[hash] = document


_KEEP = """
-- Keeps a document for a caller, and returns its text. Without a text it must be there already.
-- KEYS: the document, the caller's list. ARGV: hash, text, the caller's most documents, seconds, prefix of documents.
local document, list, hash, text = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
if text ~= '' then
  redis.call('HSET', document, 'text', text)
else
  text = redis.call('HGET', document, 'text')
  if not text then return false end
end
local now = redis.call('TIME')
if redis.call('ZADD', list, now[1] * 1000000 + now[2], hash) == 1 then
  redis.call('HINCRBY', document, 'callers', 1)
end
redis.call('EXPIRE', document, ARGV[4])
redis.call('EXPIRE', list, ARGV[4])
local excess = redis.call('ZCARD', list) - tonumber(ARGV[3])
if excess > 0 then
  for _, oldest in ipairs(redis.call('ZPOPMIN', list, excess)) do
    local other = ARGV[5] .. oldest
    if redis.call('EXISTS', other) == 1 and redis.call('HINCRBY', other, 'callers', -1) <= 0 then
      redis.call('DEL', other)
    end
  end
end
return text
"""


class SharedRegistry:
    """The documents in the shared store. Each process also keeps those that its callers use."""

    def __init__(self, store: SharedStore) -> None:
        self._keep_in_store = store.script(_KEEP)
        self._local = RegistryInProcess()

    async def get(self, hash: str, caller: str) -> str | None:
        """The document, registered by any caller."""
        held = self._local.holds(hash, caller)
        known = await self._local.get(hash, caller)
        if held:
            return known
        text = await self._keep(hash, known or "", caller)
        if text is not None:
            await self._local.put(hash, text, caller)
        return text or known

    async def put(self, hash: str, text: str, caller: str) -> None:
        """Register a document for a caller."""
        held = self._local.holds(hash, caller)
        await self._local.put(hash, text, caller)
        if not held:
            await self._keep(hash, text, caller)

    async def _keep(self, hash: str, text: str, caller: str) -> str | None:
        keys = [f"{_DOCUMENT}{hash}", f"attache:documents-of:{sha256(caller)}"]
        found = await self._keep_in_store(keys, [hash, text, CALLER_DOCUMENTS, KEPT_SECONDS, _DOCUMENT])
        kept = found.decode(errors="replace") if isinstance(found, bytes) else None
        # Compare the hash, so that write access to the store is not enough to change a document.
        return kept if kept is not None and sha256(kept) == hash else None


class PersistedDocuments:
    """Finds the documents of operations. With `trusted`, all other documents are rejected."""

    def __init__(self, registry: Registry | None, trusted: Mapping[str, str] | None) -> None:
        self._registry = registry
        self._trusted = trusted
        self._trusted_texts = frozenset(trusted.values()) if trusted is not None else frozenset()

    async def find(self, operation: Operation, caller: str) -> Operation:
        """The operation with its document as `query`. Raises RequestRejected if there is none."""
        text = operation.query
        if self._trusted is not None:
            text = self._from_manifest(self._trusted, operation)
        elif operation.sha256 is not None and (self._registry is not None or text is None):
            text = await self._from_registry(operation.sha256, text, caller)
        if text is None:
            raise rejection(NO_DOCUMENT, status=400)
        return operation if text is operation.query else msgspec.structs.replace(operation, query=text)

    async def register(self, operation: Operation, caller: str) -> None:
        """Keep the document of an operation that was executed, for the caller that sent its hash."""
        if operation.sha256 is not None and self._trusted is None and self._registry is not None:
            await self._registry.put(operation.sha256, operation.query or "", caller)

    async def _from_registry(self, hash: str, query: str | None, caller: str) -> str:
        if query is not None:
            if sha256(query) != hash:
                raise rejection("provided sha does not match query")
            return query
        text = await self._registry.get(hash, caller) if self._registry is not None else None
        if text is None:
            # Apollo's mobile clients match on this text and on status 200.
            raise rejection("PersistedQueryNotFound", code=ErrorCode.PERSISTED_QUERY_NOT_FOUND, status=200)
        return text

    def _from_manifest(self, trusted: Mapping[str, str], operation: Operation) -> str:
        id, query = operation.document_id or operation.sha256, operation.query
        if id is not None and id in trusted and (query is None or query == trusted[id]):
            return trusted[id]
        if id is None and query is not None and query in self._trusted_texts:
            return query
        message = "Only the documents of the manifest are executed here (TRUSTED_DOCUMENTS)."
        raise rejection(message, code=ErrorCode.PERSISTED_QUERY_NOT_IN_LIST)


def sha256(text: str) -> str:
    """The hash of a document, as Apollo's clients send it."""
    return hashlib.sha256(text.encode()).hexdigest()


_DOCUMENT = "attache:registered-document:"


def create_documents(settings: Settings, store: SharedStore | None) -> PersistedDocuments:
    """The documents that the settings allow."""
    trusted = read_manifest(settings.trusted_documents) if settings.trusted_documents is not None else None
    if not settings.persisted_queries:
        return PersistedDocuments(None, trusted)
    return PersistedDocuments(SharedRegistry(store) if store is not None else RegistryInProcess(), trusted)
