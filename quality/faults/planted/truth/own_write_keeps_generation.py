"""The service's own writes evict nothing. Only their events evict."""

from __future__ import annotations

from collections.abc import Collection

from stripe_api.read_cache.cache import ReadCache


async def _evict_nothing(self: ReadCache, wallets: Collection[str], objects: Collection[str]) -> None: ...


ReadCache.evict_written = _evict_nothing  # type: ignore[method-assign]
