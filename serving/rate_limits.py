"""How many requests a caller or an address may make: counted in the process, or in the store that replicas share.

While the shared store is away each replica counts for itself, so that the limit holds for each of them.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import limits
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import FixedWindowRateLimiter

from serving.settings import Settings
from serving.shared import SharedStore


class RateLimited(Exception):
    """Too many requests of one caller, or from one address. `retry_after` is when to come back, in whole seconds."""

    def __init__(self, retry_after: int, *, of: str) -> None:
        super().__init__("rate limited")
        self.retry_after = retry_after
        self.of = of


@dataclass(frozen=True, slots=True)
class _Limiter:
    strategy: FixedWindowRateLimiter
    rates: Sequence[limits.RateLimitItem]

    async def hit(self, name: str) -> int | None:
        """Count one request; the seconds to wait where that is one too many."""
        for rate in self.rates:
            if not await self.strategy.hit(rate, name):
                window = await self.strategy.get_window_stats(rate, name)
                return max(1, math.ceil(window.reset_time - time.time()))
        return None


class RateLimits:
    """The limits of the settings. A limit that is not set costs nothing."""

    def __init__(self, settings: Settings, store: SharedStore | None) -> None:
        self._store = store
        self._here = FixedWindowRateLimiter(MemoryStorage())
        self._there = FixedWindowRateLimiter(_storage(settings)) if store is not None else None
        self._caller = _rates(settings.rate_limit_caller)
        self._address = _rates(settings.rate_limit_address)

    async def count_address(self, address: str | None) -> None:
        """Count a request from an address. Raises RateLimited."""
        if self._address and address is not None:
            await self._count(self._address, "address", address)

    async def count_caller(self, identity: str) -> None:
        """Count a request of a caller, whom the counter knows by a hash. Raises RateLimited."""
        if self._caller:
            await self._count(self._caller, "caller", hashlib.sha256(identity.encode()).hexdigest())

    async def _count(self, rates: Sequence[limits.RateLimitItem], of: str, who: str) -> None:
        name = f"{of}:{who}"
        here = _Limiter(self._here, rates)
        if self._store is None or self._there is None:
            retry_after = await here.hit(name)
        else:
            there = _Limiter(self._there, rates)
            retry_after = await self._store.ask(lambda: there.hit(name), lambda: here.hit(name))
        if retry_after is not None:
            raise RateLimited(retry_after, of=of)


def _rates(value: str | None) -> Sequence[limits.RateLimitItem]:
    return limits.parse_many(value) if value is not None else ()


def _storage(settings: Settings) -> Storage:
    from limits.aio.storage import RedisStorage

    assert settings.redis_url is not None
    return RedisStorage(
        f"async+{settings.redis_url.get_secret_value()}", implementation="redispy", key_prefix="attache"
    )
