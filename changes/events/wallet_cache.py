"""The part of the read cache that events use."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol


class WalletCache(Protocol):
    """Cached reads of wallets. Its methods raise CacheUnavailable if the shared store can't be used."""

    async def evict(self, wallets: Collection[str], cause: str, objects: Collection[str] = ()) -> Collection[str]:
        """Invalidate all cached reads of these wallets, and of the wallets with these objects. Repeating it is safe.

        Returns all of these wallets, including those that were found by an object or by another name.
        """
        ...

    def set_bound(self, seconds: float) -> None:
        """Set the maximum age of a cached read, in seconds. The configured maximum still applies."""
        ...


class NoCache:
    """Takes the place of the cache where there is none."""

    async def evict(self, wallets: Collection[str], cause: str, objects: Collection[str] = ()) -> Collection[str]:
        """Nothing is cached, and nothing is known about the objects."""
        return wallets

    def set_bound(self, seconds: float) -> None:
        """Nothing is cached."""
