"""The connection to Stripe or the sandbox, as the settings describe it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import httpx
from starlette.types import ASGIApp

from remembered_results import RememberedResults
from serving.redis.store import SharedStore
from serving.settings.settings import Settings
from serving.telemetry.metrics import definitions as table
from stripe_api import StripeClient
from stripe_api.rate_limiting.circuit_breaker import CircuitBreaker, State
from stripe_api.rate_limiting.guard import UpstreamGuard
from stripe_api.rate_limiting.redis_scheduler import RedisScheduler
from stripe_api.rate_limiting.scheduler import Scheduler
from stripe_api.rate_limiting.shared_calls import SharedCalls
from stripe_api.read_cache.cache import ReadCache
from stripe_api.read_cache.in_process import InProcessStorage
from stripe_api.read_cache.own_writes import OwnWrites
from stripe_api.read_cache.redis.storage import RedisStorage
from stripe_api.transport import PooledTransport

SANDBOX_KEY = "sk_test_sandbox"
SANDBOX_BASE = "http://sandbox"


def _transport(settings: Settings, sandbox: ASGIApp | None) -> httpx.AsyncBaseTransport:
    """The HTTP transport to the sandbox, or to Stripe."""
    if sandbox is not None:
        return httpx.ASGITransport(app=sandbox)
    return PooledTransport(
        settings.stripe_api_base,
        max_connections=settings.stripe_max_connections,
        proxy=settings.proxy_for(settings.stripe_api_base),
    )


def create_guard(settings: Settings, store: SharedStore | None) -> UpstreamGuard:
    """The guard of all REST calls: rate limits, the queue and the circuit breaker."""
    bounds: dict[str, Any] = {
        "per_second": settings.calls_per_second,
        "per_endpoint": settings.calls_per_second_per_endpoint,
        "concurrent": settings.max_concurrent_calls,
        "max_waiting": settings.stripe_max_waiting_calls,
        "max_wait": settings.stripe_max_wait,
        "shared": SharedCalls(),
    }
    shares_calls = store is not None and settings.limits_calls and settings.stripe_secret_key is not None

    def create(account: str | None = None) -> Scheduler:
        if store is None or not shares_calls:
            return Scheduler(**bounds)
        return RedisScheduler(store.script, account=api_key(settings), connected=account, **bounds)

    breaker = CircuitBreaker(failures=settings.breaker_failures, pause=settings.stripe_breaker_pause)
    return UpstreamGuard(create(), breaker, create_connected=create)


def guard_values(guard: UpstreamGuard) -> Mapping[table.Metric, float]:
    """The numbers of the guard, for metrics."""
    found = guard.snapshot()
    return {
        table.BREAKER_OPEN: found.breaker is not State.CLOSED,
        table.BREAKER_OPENED: found.breaker_opened,
        table.BREAKER_REFUSED: found.breaker_refused,
        table.WAITING: sum(found.waiting.values()),
        table.WAITED_SECONDS: found.waited_seconds,
        table.SHED: sum(found.shed.values()),
        table.ALLOWED: found.slots,
    }


def create_read_cache(
    settings: Settings, transport: httpx.AsyncBaseTransport | None, store: SharedStore | None
) -> ReadCache | None:
    """The read cache; None if it is off. By default it is off over another transport, from which no events come."""
    seconds = settings.cached_seconds
    if not seconds or (transport is not None and settings.read_cache_seconds is None):
        return None
    # The data of an embedded sandbox are its process's own.
    storage = _redis_storage(settings, store) if store is not None and not settings.uses_sandbox else None
    return ReadCache(storage or InProcessStorage(settings.read_cache_bytes // 2), seconds=seconds)


def create_results(settings: Settings, cache: ReadCache | None) -> RememberedResults | None:
    """The remembered results, for which half of the read cache's memory is used. None without a read cache."""
    return RememberedResults(cache, settings.read_cache_bytes // 2) if cache is not None else None


def _redis_storage(settings: Settings, store: SharedStore) -> RedisStorage:
    from stripe_api.read_cache.redis.encryption import Encrypted, Unencrypted, decode_key

    keys = [decode_key(key) for key in settings.read_cache_keys]
    account = json.dumps([settings.stripe_api_base, api_key(settings), settings.stripe_api_version])
    return RedisStorage(
        store.script,
        namespace=hashlib.sha256(account.encode()).hexdigest(),
        seconds=settings.cached_seconds,
        cipher=Encrypted(keys) if keys else Unencrypted(),
    )


def create_client(
    settings: Settings,
    transport: httpx.AsyncBaseTransport | None,
    sandbox: ASGIApp | None,
    guard: UpstreamGuard,
    own_writes: OwnWrites | None = None,
) -> StripeClient:
    """The client for Stripe or the sandbox, over `transport` if it is given."""
    return StripeClient(
        transport or _transport(settings, sandbox),
        api_key=api_key(settings),
        base_url=settings.stripe_api_base if settings.stripe_secret_key is not None else SANDBOX_BASE,
        api_version=settings.stripe_api_version,
        try_timeout=settings.stripe_timeout,
        max_calls=settings.max_calls,
        guard=guard,
        own_writes=own_writes,
    )


def api_key(settings: Settings) -> str:
    """The key of the REST calls, which also derives the digests of cursors and idempotency keys."""
    key = settings.stripe_secret_key
    return key.get_secret_value() if key is not None else SANDBOX_KEY
