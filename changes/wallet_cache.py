"""The part of the read cache that events use."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol


class WalletCache(Protocol):
    """Cached reads of wallets. Its methods raise CacheUnavailable if the shared store can't be used."""

    async def evict(self, wallets: Collection[str], cause: str) -> None:
        """Make all cached reads of these wallets invalid. Repeating it is safe."""
        ...

    async def wallets_of(self, payment_method: str) -> Collection[str]:
        """The wallets whose cached reads contain the payment method."""
        ...

    def set_bound(self, seconds: float) -> None:
        """Set the age at which cached reads are no longer valid, at most to the configured one."""
        ...


class NoCache:
    """Stands for the cache where there is none."""

    async def evict(self, wallets: Collection[str], cause: str) -> None:
        """Nothing is cached."""

    async def wallets_of(self, payment_method: str) -> Collection[str]:
        """No wallets."""
        return ()

    def set_bound(self, seconds: float) -> None:
        """Nothing is cached."""
