"""The part of the read cache that events use."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol


class WalletCache(Protocol):
    """Cached reads of wallets. Its methods raise CacheUnavailable if the shared store can't be used."""

    async def evict(self, wallets: Collection[str], cause: str, objects: Collection[str] = ()) -> Collection[str]:
        """Make all cached reads of these wallets invalid, and of those with these objects. Repeating it is safe.

        Returns the wallets, also those that were found by an object or by another name.
        """
        ...

    def set_bound(self, seconds: float) -> None:
        """Set the age at which cached reads are no longer valid, at most to the configured one."""
        ...


class NoCache:
    """Stands for the cache where there is none."""

    async def evict(self, wallets: Collection[str], cause: str, objects: Collection[str] = ()) -> Collection[str]:
        """Nothing is cached, and nothing is known about the objects."""
        return wallets

    def set_bound(self, seconds: float) -> None:
        """Nothing is cached."""
