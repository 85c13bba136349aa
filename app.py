"""The composition of the service: from its settings to its parts, and from these to an ASGI app."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import httpx
import strawberry
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp
from strawberry.schema.config import StrawberryConfig

from execution.executor import Executor
from operation_runner import OperationRunner, Parts
from resolvers.cursors import Cursors
from resolvers.errors.response_errors import ResponseErrors
from resolvers.mutation import Mutation
from resolvers.query import Query
from resolvers.writes import KeyDigest
from schema.errors import USER_ERRORS
from schema.scalars import SCALARS
from serving.auth.admission import Gate
from serving.auth.issuer_keys import IssuersKeys, fetch_json
from serving.auth.rate_limits import RateLimits
from serving.auth.tokens import Authenticator, Keys, SharedSecret
from serving.graphql.document_limits import DocumentLimits
from serving.graphql.endpoint import GraphQLEndpoint, redirect_to
from serving.graphql.persisted_documents import PersistedDocuments, RegistryInProcess, SharedRegistry
from serving.graphql.schema_files import schema_routes
from serving.graphql.trusted_documents import read_manifest
from serving.http import health
from serving.http.compression import Packed, Shortcut
from serving.http.concurrency_limit import ConcurrencyLimit
from serving.http.cors import Cors
from serving.http.forwarded_headers import ForwardedHeaders
from serving.http.hosts import LocalHostsOnly
from serving.http.security_headers import SecurityHeaders
from serving.http.single_headers import SingleHeaders
from serving.pages.document import favicon_route
from serving.pages.landing import Landing
from serving.pages.playground import Playground
from serving.redis.locks import Locks, LocksInProcess, SharedLocks
from serving.redis.store import SharedStore, shared_store
from serving.settings.settings import Settings, load
from serving.telemetry import logs, metrics
from serving.telemetry.metrics_endpoint import MetricsEndpoint, ServerCounts
from serving.telemetry.operation_record import Observer, OperationRecord
from serving.version import VERSION
from stripe_api import StripeClient
from stripe_api.failure_reasons import ORIGINS
from stripe_api.rate_limiting.circuit_breaker import CircuitBreaker, State
from stripe_api.rate_limiting.guard import UpstreamGuard
from stripe_api.rate_limiting.redis_limit import RedisScheduler
from stripe_api.rate_limiting.scheduler import ALL, Scheduler
from stripe_api.transport import PooledTransport

if TYPE_CHECKING:
    from serving.telemetry.traces import Traces

GRAPHQL = "/graphql"
SANDBOX_KEY = "sk_test_sandbox"
SANDBOX_BASE = "http://sandbox"

schema = strawberry.Schema(
    query=Query, mutation=Mutation, types=USER_ERRORS, config=StrawberryConfig(scalar_map=SCALARS)
)


def create_app(settings: Settings | None = None, *, transport: httpx.AsyncBaseTransport | None = None) -> ASGIApp:
    """The service as an ASGI app. `transport` replaces the connection to Stripe or the sandbox."""
    return Service(settings or load(), transport=transport).app()


class Service:
    """The parts of one running service."""

    def __init__(self, settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.settings = settings
        self.sandbox: ASGIApp | None = _sandbox(settings) if settings.uses_sandbox else None
        self.shared = shared_store(settings)
        self.guard = _guard(settings, self.shared)
        self.stripe = _stripe_client(settings, transport or _transport(settings, self.sandbox), self.guard)
        self.keys = _keys(settings)
        self.rates = RateLimits(settings, self.shared)
        self.gate = Gate(settings, Authenticator(settings, self.keys), self.rates)
        self.locks = _locks(self.shared)
        self.response_errors = ResponseErrors()
        self.executor = create_executor(settings, self.response_errors.present)
        self.runner = OperationRunner(settings, self._parts())
        self.metrics = self._metrics()
        self.traces = _traces(settings)
        self.log = logs.OperationLog()
        observers: Sequence[Observer] = (self.metrics, self.log)
        self.observers = observers if self.traces is None else (self.traces, *observers)

    def _parts(self) -> Parts:
        return Parts(
            stripe=self.stripe,
            executor=self.executor,
            documents=_persisted_documents(self.settings, self.shared),
            locks=self.locks,
            cursors=Cursors(_stripe_key(self.settings)),
            key_digest=KeyDigest(_stripe_key(self.settings)),
            rates=self.rates,
        )

    def _metrics(self) -> metrics.Metrics:
        """The metrics, with the sources of numbers that other parts count."""
        counted = metrics.Metrics(ORIGINS)
        counted.set_build_info(version=VERSION, stripe_version=self.settings.stripe_api_version)
        counted.collect_plan_counts(self.executor.counts)
        counted.collect_all(metrics.GUARD_METRICS, lambda: _guard_values(self.guard))
        if (store := self.shared) is not None:
            counted.collect(metrics.STORE_UP, lambda: not store.is_unavailable)
        return counted

    def begin(self, headers: Mapping[str, str]) -> OperationRecord:
        """The record of an operation whose request has these headers."""
        return OperationRecord(self.observers, headers)

    def app(self) -> ASGIApp:
        """The ASGI app of this service."""
        graphiql = Playground(self.settings) if self.settings.shows_playground else None
        endpoint = self._endpoint(graphiql)
        router = Starlette(routes=[*self._routes(endpoint), *self._pages(graphiql)], lifespan=self._lifespan)
        # Starlette's redirects use the Host header.
        router.router.redirect_slashes = False
        others = ServerCounts(self._middleware(router), self.metrics)
        app = Shortcut(GRAPHQL, self._middleware(endpoint), others)
        return SecurityHeaders(SingleHeaders(self._access_checks(app)))

    def _endpoint(self, graphiql: Playground | None) -> GraphQLEndpoint:
        running = ConcurrencyLimit(self.settings.max_operations)
        self.metrics.collect(metrics.OVERLOADS, lambda: running.refused)
        self.metrics.collect(metrics.IN_FLIGHT, lambda: running.running)
        page = graphiql.page if graphiql is not None else None
        return GraphQLEndpoint(self.settings, self.gate, self.runner.run, self.begin, running, page=page)

    def _routes(self, endpoint: GraphQLEndpoint) -> list[BaseRoute]:
        routes: list[BaseRoute] = [
            Route(GRAPHQL, endpoint),
            Route(f"{GRAPHQL}/", redirect_to(f"..{GRAPHQL}"), methods=["GET", "POST"]),
            *health.routes(),
        ]
        if self.settings.serves_metrics:
            routes.append(Route("/metrics", MetricsEndpoint(self.metrics, self.settings)))
        return [*routes, *schema_routes(schema, self.settings, self.gate.admit)]

    def _pages(self, graphiql: Playground | None) -> list[BaseRoute]:
        """GraphiQL, and the sandbox with its start page, where they are served."""
        routes: list[BaseRoute] = list(graphiql.routes()) if graphiql is not None else []
        if self.sandbox is not None:
            routes += _landing(self.settings).routes()
            routes += [Mount(path, self.sandbox) for path in ("/v1", "/v2", "/_sandbox")]
        return [*routes, favicon_route()] if routes else []

    def _access_checks(self, app: ASGIApp) -> ASGIApp:
        """The app behind the checks of how a request reached the service."""
        if self.settings.trusted_proxies:
            app = ForwardedHeaders(app, self.settings.trusted_proxies)
        if self.settings.is_loopback and self.settings.allows_anonymous:
            app = LocalHostsOnly(app, self.settings)
        return app

    def _middleware(self, app: ASGIApp) -> ASGIApp:
        return Packed(Cors(app, self.settings) if self.settings.cors_origins else app)

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        refreshing = asyncio.create_task(self.metrics.keep_fresh())
        try:
            yield
        finally:
            refreshing.cancel()
            await self.aclose()

    async def aclose(self) -> None:
        """Close all connections, write the counts of repeated events, and send the remaining traces."""
        await self.stripe.aclose()
        self.log.flush()
        self.response_errors.flush()
        if self.traces is not None:
            await self.traces.aclose()
        await self.locks.aclose()
        if self.shared is not None:
            await self.shared.aclose()


def create_executor(settings: Settings, present: Callable[[GraphQLError], GraphQLError]) -> Executor:
    """Create the executor of operations on the schema, within the limits of the settings.

    `present` converts each error into the one that the client receives.
    """
    return Executor(
        schema,
        present=present,
        limits=DocumentLimits(settings),
        max_tokens=settings.max_document_tokens,
        plans=settings.compiled_plans,
    )


def _traces(settings: Settings) -> Traces | None:
    if settings.traces_url is None:
        return None
    # Importing OpenTelemetry takes half as long as importing the rest of the service.
    from serving.telemetry import traces

    return traces.sent_to(settings.traces_url, service=settings.otel_service_name, version=VERSION)


def _guard_values(guard: UpstreamGuard) -> Mapping[metrics.Metric, float]:
    found = guard.snapshot()
    slots = found.slots[ALL]
    return {
        metrics.BREAKER_OPEN: found.breaker is not State.CLOSED,
        metrics.BREAKER_OPENED: found.breaker_opened,
        metrics.BREAKER_REFUSED: found.breaker_refused,
        metrics.WAITING: sum(found.waiting.values()),
        metrics.WAITED_SECONDS: found.waited_seconds,
        metrics.SHED: sum(found.shed.values()),
        metrics.ALLOWED: math.inf if slots is None else slots,
    }


def _sandbox(settings: Settings) -> ASGIApp:
    # Not imported where Stripe is called.
    from sandbox import create_sandbox

    return create_sandbox(public_url=settings.base_url)


def _landing(settings: Settings) -> Landing:
    from sandbox.catalog import card_groups, object_groups

    return Landing(settings, object_groups(), card_groups())


def _transport(settings: Settings, sandbox: ASGIApp | None) -> httpx.AsyncBaseTransport:
    if sandbox is not None:
        return httpx.ASGITransport(app=sandbox)
    return PooledTransport(
        settings.stripe_api_base,
        max_connections=settings.stripe_max_connections,
        proxy=settings.proxy_for(settings.stripe_api_base),
    )


def _guard(settings: Settings, store: SharedStore | None) -> UpstreamGuard:
    bounds: dict[str, Any] = {
        "per_second": settings.calls_per_second,
        "per_endpoint": settings.calls_per_second_per_endpoint,
        "concurrent": settings.max_concurrent_calls,
        "max_waiting": settings.stripe_max_waiting_calls,
        "max_wait": settings.stripe_max_wait,
    }
    scheduler = Scheduler(**bounds)
    if store is not None and settings.limits_calls and settings.stripe_secret_key is not None:
        scheduler = RedisScheduler(store.script, account=settings.stripe_secret_key.get_secret_value(), **bounds)
    return UpstreamGuard(
        scheduler, CircuitBreaker(failures=settings.breaker_failures, pause=settings.stripe_breaker_pause)
    )


def _stripe_client(settings: Settings, transport: httpx.AsyncBaseTransport, guard: UpstreamGuard) -> StripeClient:
    return StripeClient(
        transport,
        api_key=_stripe_key(settings),
        base_url=settings.stripe_api_base if settings.stripe_secret_key is not None else SANDBOX_BASE,
        api_version=settings.stripe_api_version,
        try_timeout=settings.stripe_timeout,
        max_calls=settings.max_calls,
        guard=guard,
    )


def _stripe_key(settings: Settings) -> str:
    key = settings.stripe_secret_key
    return key.get_secret_value() if key is not None else SANDBOX_KEY


def _keys(settings: Settings) -> Keys | None:
    if settings.shared_secret is not None:
        return SharedSecret(settings.shared_secret)
    if settings.auth_issuer is None:
        return None

    def fetch(url: str) -> Awaitable[Mapping[str, Any]]:
        return fetch_json(url, proxy=settings.proxy_for(url))

    return IssuersKeys(fetch, issuer=settings.auth_issuer, jwks_url=settings.auth_jwks_url)


def _locks(store: SharedStore | None) -> Locks:
    return LocksInProcess() if store is None else SharedLocks(store)


def _persisted_documents(settings: Settings, store: SharedStore | None) -> PersistedDocuments:
    trusted = read_manifest(settings.trusted_documents) if settings.trusted_documents is not None else None
    if not settings.persisted_queries:
        return PersistedDocuments(None, trusted)
    return PersistedDocuments(SharedRegistry(store) if store is not None else RegistryInProcess(), trusted)
