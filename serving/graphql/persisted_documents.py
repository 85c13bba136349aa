"""Documents that clients name instead of sending them: by hash once registered, or from a manifest of trusted ones."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakValueDictionary

from cachetools import LRUCache

from serving.redis.store import SharedStore

CALLER_BYTES = 256 * 1024
"""Text of the documents that one caller keeps registered in a process."""

MAX_CALLERS = 200
"""Callers whose documents a process keeps; the least recent caller goes first."""

CALLER_DOCUMENTS = 200
"""Documents that one caller keeps registered in the shared store."""

KEPT_SECONDS = 7 * 24 * 3600
"""How long the shared store keeps a registered document that nobody uses."""


class PersistedQueryNotFound(Exception):
    """Nobody has registered the document yet; the client sends it again with its text."""


class HashMismatch(Exception):
    """The hash is not that of the text."""


class NotTrusted(Exception):
    """The document is not in the manifest."""


class Registry(Protocol):
    """Where registered documents are kept. A caller that has too many loses its own least recent ones."""

    async def get(self, hash: str, caller: str) -> str | None: ...

    async def put(self, hash: str, text: str, caller: str) -> None: ...


@dataclass(frozen=True, slots=True, weakref_slot=True)
class _Registered:
    text: str


class RegistryInProcess:
    """Documents by the callers that registered or used them. A document is kept while any of them keeps it."""

    def __init__(self) -> None:
        self._callers: LRUCache[str, LRUCache[str, _Registered]] = LRUCache(MAX_CALLERS)
        self._documents: WeakValueDictionary[str, _Registered] = WeakValueDictionary()

    def holds(self, hash: str, caller: str) -> bool:
        """Whether the caller keeps the document."""
        return hash in self._callers.get(caller, ())

    async def get(self, hash: str, caller: str) -> str | None:
        """The text, whoever registered it."""
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
    """In the store that replicas share. Each process keeps what its callers use as well."""

    def __init__(self, store: SharedStore) -> None:
        self._keep_there = store.script(_KEEP)
        self._here = RegistryInProcess()

    async def get(self, hash: str, caller: str) -> str | None:
        """The text, whoever registered it."""
        held = self._here.holds(hash, caller)
        known = await self._here.get(hash, caller)
        if held:
            return known
        text = await self._keep(hash, known or "", caller)
        if text is not None:
            await self._here.put(hash, text, caller)
        return text or known

    async def put(self, hash: str, text: str, caller: str) -> None:
        """Register a document for a caller."""
        held = self._here.holds(hash, caller)
        await self._here.put(hash, text, caller)
        if not held:
            await self._keep(hash, text, caller)

    async def _keep(self, hash: str, text: str, caller: str) -> str | None:
        keys = [f"{_DOCUMENT}{hash}", f"attache:documents-of:{sha256(caller)}"]
        found = await self._keep_there(keys, [hash, text, CALLER_DOCUMENTS, KEPT_SECONDS, _DOCUMENT])
        kept = found.decode(errors="replace") if isinstance(found, bytes) else None
        # A text that the store gives must have the hash: whoever can write to the store can't change a document.
        return kept if kept is not None and sha256(kept) == hash else None


class PersistedDocuments:
    """Finds the text of a request's document. With `trusted`, nothing beyond it is executed."""

    def __init__(self, registry: Registry | None, trusted: Mapping[str, str] | None) -> None:
        self._registry = registry
        self._trusted = trusted
        self._trusted_texts = frozenset(trusted.values()) if trusted is not None else frozenset()

    async def text(self, query: str | None, document_id: str | None, hash: str | None, caller: str) -> str | None:
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
            text = await self._registry.get(hash, caller)
            if text is None:
                raise PersistedQueryNotFound
            return text
        if sha256(query) != hash:
            raise HashMismatch
        return query

    async def register(self, hash: str | None, text: str, caller: str) -> None:
        """Keep a document that proved valid under the hash that came with it, for the caller that sent it."""
        if self._trusted is None and self._registry is not None and hash is not None:
            await self._registry.put(hash, text, caller)

    def _from_manifest(self, trusted: Mapping[str, str], query: str | None, id: str | None) -> str:
        if id is not None and id in trusted and (query is None or query == trusted[id]):
            return trusted[id]
        if id is None and query in self._trusted_texts and query is not None:
            return query
        raise NotTrusted


def sha256(text: str) -> str:
    """The hash that Apollo's clients name a document by."""
    return hashlib.sha256(text.encode()).hexdigest()


_DOCUMENT = "attache:registered-document:"
