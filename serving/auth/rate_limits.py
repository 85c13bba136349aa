"""Rate limits of requests, REST calls and cards, per caller and per address.

Replicas count in the shared store. While it is unavailable, each replica counts and limits separately.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import math
import time
from collections.abc import Sequence
from functools import lru_cache

import limits
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import FixedWindowRateLimiter

from serving.auth.tokens import Caller, CallerKind
from serving.redis.store import SharedStore
from serving.settings.groups.limits import RATES
from serving.settings.settings import Settings


class RateLimited(Exception):
    """A rate limit was exceeded. `retry_after` is the time to wait in whole seconds, `setting` the limit."""

    def __init__(self, retry_after: int, *, setting: str) -> None:
        what = _OF.get(setting, "requests")
        super().__init__(f"Too many {what} ({setting}). Try again in {_seconds(retry_after)}.")
        self.retry_after = retry_after
        self.setting = setting


_OF = {"RATE_LIMIT_CARDS": "attempts to save a card", "RATE_LIMIT_DECLINES": "declined cards"}


class RateLimits:
    """The rate limits from the settings. Service callers are exempt from limits per caller."""

    def __init__(self, settings: Settings, store: SharedStore | None) -> None:
        self._store = store
        self._local = FixedWindowRateLimiter(MemoryStorage())
        self._shared = FixedWindowRateLimiter(_storage(settings, store)) if store is not None else None
        self._rates = {name: _rates(settings.rate(name)) for name in RATES}

    async def count_address(self, address: str | None, count: int = 1) -> None:
        """Count requests from an address. Raises RateLimited."""
        if address is not None:
            await self._count("rate_limit_address", address_group(address), count)

    async def count_caller(self, caller: Caller, count: int = 1) -> None:
        """Count requests of a caller. Raises RateLimited."""
        await self._count_caller("rate_limit_caller", caller, count)

    async def count_call(self, caller: Caller) -> None:
        """Count a REST call. Raises RateLimited."""
        await self._count_caller("rate_limit_calls", caller, 1)

    async def count_card(self, caller: Caller) -> None:
        """Count a mutation that tries a card. Raises RateLimited, including after too many declines."""
        await self._count_caller("rate_limit_declines", caller, 0)
        await self._count_caller("rate_limit_cards", caller, 1)

    async def count_decline(self, caller: Caller) -> None:
        """Count a card that was declined."""
        with contextlib.suppress(RateLimited):
            await self._count_caller("rate_limit_declines", caller, 1)

    def limits_calls(self, caller: Caller) -> bool:
        """Whether the REST calls of this caller are counted."""
        return bool(self._rates["rate_limit_calls"]) and caller.kind is not CallerKind.SERVICE

    async def _count_caller(self, name: str, caller: Caller, count: int) -> None:
        # Counters contain only a hash of the caller.
        if self._rates[name] and caller.kind is not CallerKind.SERVICE:
            await self._count(name, hashlib.sha256(caller.identity.encode()).hexdigest(), count)

    async def _count(self, name: str, who: str, count: int) -> None:
        if not (rates := self._rates[name]):
            return
        key = f"{name.removeprefix('rate_limit_')}:{who}"
        local, shared = self._local, self._shared
        if self._store is None or shared is None:
            retry_after = await _hit(local, rates, key, count)
        else:
            retry_after = await self._store.ask(
                lambda: _hit(shared, rates, key, count), lambda: _hit(local, rates, key, count)
            )
        if retry_after is not None:
            raise RateLimited(retry_after, setting=name.upper())


async def _hit(
    strategy: FixedWindowRateLimiter, rates: Sequence[limits.RateLimitItem], key: str, count: int
) -> int | None:
    """Count requests. Returns the seconds to wait if a limit is exceeded. A count of 0 only checks."""
    for rate in rates:
        allowed = strategy.hit(rate, key, cost=count) if count else strategy.test(rate, key)
        if not await allowed:
            window = await strategy.get_window_stats(rate, key)
            return max(1, math.ceil(window.reset_time - time.time()))
    return None


class CardAttempts:
    """Counts one caller's mutations that try a card."""

    def __init__(self, rates: RateLimits, caller: Caller) -> None:
        self._rates = rates
        self._caller = caller

    async def count(self) -> None:
        """Count a mutation before it is executed. Raises RateLimited."""
        await self._rates.count_card(self._caller)

    async def count_decline(self) -> None:
        """Count a mutation whose card was declined."""
        await self._rates.count_decline(self._caller)


@lru_cache(maxsize=10_000)
def address_group(address: str) -> str:
    """The group of addresses that is counted together: for IPv6 the /64 network, which belongs to one client."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network((int(parsed), 64), strict=False))
    return str(parsed)


def _seconds(count: int) -> str:
    return "a second" if count == 1 else f"{count} seconds"


def _rates(value: str | None) -> Sequence[limits.RateLimitItem]:
    return limits.parse_many(value) if value is not None else ()


def _storage(settings: Settings, store: SharedStore) -> Storage:
    """Counters in the store, through its connection pool and so within its limits."""
    from limits.aio.storage import RedisStorage

    assert settings.redis_url is not None
    return RedisStorage(
        f"async+{settings.redis_url.get_secret_value()}",
        implementation="redispy",
        key_prefix="attache",
        connection_pool=store.pool,  # type: ignore[arg-type]
    )
