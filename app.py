"""Composition: creates the parts of the service from the settings, and the ASGI app from the parts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import strawberry
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp
from strawberry.schema.config import StrawberryConfig

import upstream
from execution.executor import Executor
from live_wallets import LiveWallets, create_embedded_sandbox
from operation_runner import OperationRunner, Parts
from remembered_results import RememberedResults
from resolvers.cursors import Cursors
from resolvers.errors.graphql_errors import ResponseErrors
from resolvers.mutation import Mutation
from resolvers.query import Query
from resolvers.subscription import Subscription
from resolvers.writes.write_outcomes import CALLERS, KeyDigest
from schema.description import describe
from schema.errors import USER_ERRORS
from schema.one_of import declare_one_of
from schema.scalars import SCALARS
from serving.auth.admission import Admission
from serving.auth.issuer_keys import token_keys
from serving.auth.rate_limits import RateLimits
from serving.auth.tokens import Authenticator
from serving.graphql.endpoint import GraphQLEndpoint, Steps
from serving.graphql.limits.document_limits import DocumentLimits
from serving.graphql.operation_request import GRAPHQL, OperationReader
from serving.graphql.persisted_documents import create_documents
from serving.graphql.responses import redirect_to
from serving.graphql.schema_files import schema_routes
from serving.graphql.subscriptions.waiting import END_STREAMS
from serving.http import health
from serving.http.compression import Compression
from serving.http.concurrency_limit import ConcurrencyLimit
from serving.http.cors import Cors
from serving.http.fast_path import FastPath
from serving.http.forwarded_headers import ForwardedHeaders
from serving.http.hosts import LocalHostsOnly
from serving.http.security_headers import SecurityHeaders
from serving.http.single_headers import SingleHeaders
from serving.pages.docs import Docs
from serving.pages.document import favicon_route
from serving.pages.landing import Landing
from serving.pages.playground import Playground
from serving.redis.locks import create_locks
from serving.redis.store import shared_store
from serving.settings.settings import Settings, load
from serving.telemetry.metrics import definitions as table
from serving.telemetry.metrics.endpoint import MetricsEndpoint, ServerCounts
from serving.telemetry.metrics.metrics import Metrics
from serving.telemetry.operation_log_lines import OperationLog
from serving.telemetry.operation_record import Observer, OperationRecord
from serving.telemetry.subscription_log_lines import SubscriptionLog
from serving.version import VERSION
from stripe_api.failures.failure_reasons import ORIGINS
from stripe_api.read_cache.cache import ReadCache
from stripe_api.read_cache.own_writes import OwnWrites
from subscription_runner import Subscriptions, create_stream

if TYPE_CHECKING:
    from serving.telemetry.traces import Traces

Layer = Callable[[ASGIApp], ASGIApp]
"""Middleware: wraps an ASGI app in another."""

schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=USER_ERRORS,
    config=StrawberryConfig(scalar_map=SCALARS),
)
declare_one_of(schema)
describe(schema)


def create_app(settings: Settings | None = None, *, transport: httpx.AsyncBaseTransport | None = None) -> ASGIApp:
    """The service as an ASGI app. `transport` replaces the connection to Stripe or the sandbox."""
    return Service(settings or load(), transport=transport).app()


class Service:
    """The parts of one running service."""

    def __init__(self, settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.settings = settings
        self.metrics = Metrics(ORIGINS)
        self.traces = _traces(settings)
        self.shared = shared_store(settings)
        self.read_cache = upstream.create_read_cache(settings, transport, self.shared)
        self.results = upstream.create_results(settings, self.read_cache)
        self.changes = create_stream(self.shared)
        self.live = self._live_wallets()
        self.sandbox = create_embedded_sandbox(settings, self.live, self.read_cache) if settings.uses_sandbox else None
        self.guard = upstream.create_guard(settings, self.shared)
        observer = self.live.canary.on_own_write
        self.own_writes = OwnWrites(self.read_cache, observer) if self.read_cache is not None else None
        self.stripe = upstream.create_client(settings, transport, self.sandbox, self.guard, self.own_writes)
        self.keys = token_keys(settings)
        self.rates = RateLimits(settings, self.shared)
        self.admission = Admission(settings, Authenticator(settings, self.keys), self.rates)
        self.documents = create_documents(settings, self.shared)
        self.locks = create_locks(self.shared)
        self.response_errors = ResponseErrors()
        self.executor = create_executor(settings)
        self.runner = OperationRunner(settings, self._parts())
        self.concurrency = ConcurrencyLimit(settings.max_operations)
        self._collect_metrics()
        digest = KeyDigest(upstream.api_key(settings), CALLERS).of
        self.log = OperationLog(digest)
        observers: Sequence[Observer] = (self.metrics.operations, self.log)
        if settings.auth_account_claim is not None:
            observers = (self.metrics.accounts, *observers)
        self.observers = observers if self.traces is None else (self.traces, *observers)
        subscription_observers = (self.metrics.subscriptions, SubscriptionLog(digest))
        self.subscriptions = Subscriptions(settings, self.runner, subscription_observers)
        self.metrics.collect(table.SUBSCRIPTIONS, lambda: self.subscriptions.limits.active)

    def app(self) -> ASGIApp:
        """The ASGI app of this service."""
        graphiql = Playground(self.settings) if self.settings.shows_playground else None
        endpoint = self._endpoint(graphiql)
        router = Starlette(routes=[*self._routes(endpoint), *self._pages(graphiql)], lifespan=self._lifespan)
        # Starlette's redirects use the Host header.
        router.router.redirect_slashes = False
        apps: Mapping[str, ASGIApp] = {GRAPHQL: endpoint, **self.live.endpoints}
        app: ASGIApp = FastPath(apps, ServerCounts(router, self.metrics))
        for layer in reversed(self._middleware()):
            app = layer(app)
        return app

    def _middleware(self) -> Sequence[Layer]:
        """The middleware of all requests, outermost first."""
        settings = self.settings
        layers: Sequence[tuple[Layer, object]] = (
            (SecurityHeaders, True),
            (SingleHeaders, True),
            (
                partial(LocalHostsOnly, settings=settings),
                settings.is_loopback and (settings.allows_anonymous or settings.uses_sandbox),
            ),
            (partial(ForwardedHeaders, proxies=settings.trusted_proxies), settings.trusted_proxies),
            (Compression, True),
            (partial(Cors, settings=settings), settings.cors_origins),
        )
        return [layer for layer, is_needed in layers if is_needed]

    def _endpoint(self, graphiql: Playground | None) -> ASGIApp:
        steps = Steps(
            start_record=self.begin,
            admission=self.admission,
            reader=OperationReader(self.settings),
            concurrency=self.concurrency,
            documents=self.documents,
            execute=self.runner.run,
            page=graphiql.page if graphiql is not None else None,
        )
        endpoint = GraphQLEndpoint(steps, max_response_bytes=self.settings.max_response_bytes)
        return self.subscriptions.transports(endpoint, steps)

    def begin(self, headers: Mapping[str, str]) -> OperationRecord:
        """Start the record of an operation whose request has these headers."""
        return OperationRecord(self.observers, headers)

    def _routes(self, endpoint: ASGIApp) -> list[BaseRoute]:
        routes: list[BaseRoute] = [
            Route(GRAPHQL, endpoint),
            Route(f"{GRAPHQL}/", redirect_to(f"..{GRAPHQL}"), methods=["GET", "POST"]),
            *health.routes(),
        ]
        if self.settings.serves_metrics:
            routes.append(Route("/metrics", MetricsEndpoint(self.metrics, self.settings)))
        return [*routes, *schema_routes(schema, self.settings, self.admission.admit)]

    def _pages(self, graphiql: Playground | None) -> list[BaseRoute]:
        """The routes of GraphiQL, the sandbox and its start page, where the settings enable them."""
        routes: list[BaseRoute] = list(graphiql.routes()) if graphiql is not None else []
        if self.sandbox is not None:
            docs = Docs()
            routes += [*_landing(self.settings, docs).routes(), *docs.routes()]
            routes += [Mount(path, self.sandbox) for path in ("/v1", "/v2", "/_sandbox")]
        return [*routes, favicon_route()] if routes else []

    def _parts(self) -> Parts:
        secret = upstream.api_key(self.settings)
        return Parts(
            stripe=self.stripe,
            executor=self.executor,
            present=self.response_errors.present,
            locks=self.locks,
            cursors=Cursors(secret),
            key_digest=KeyDigest(secret),
            rates=self.rates,
            changes=self.changes,
            read_cache=self.read_cache,
            results=self.results,
        )

    def _live_wallets(self) -> LiveWallets:
        return LiveWallets(
            self.settings,
            cache=self.read_cache,
            stream=self.changes,
            store=self.shared,
            metrics=self.metrics,
            traces=self.traces,
        )

    def _collect_metrics(self) -> None:
        """Add the numbers that other parts count to the metrics."""
        counted = self.metrics
        counted.set_build_info(version=VERSION, stripe_version=self.settings.stripe_api_version)
        counted.collect_plan_counts(self.executor.counts)
        counted.collect_all(lambda: upstream.guard_values(self.guard))
        counted.collect(table.OVERLOADS, lambda: self.concurrency.rejected)
        counted.collect(table.IN_FLIGHT, lambda: self.concurrency.running)
        if (cache := self.read_cache) is not None and (results := self.results) is not None:
            counted.collect_by_label(table.CACHE_READS, cache.counts.reads)
            counted.collect_by_label(table.CACHE_EVICTIONS, lambda: cache.counts.evictions)
            counted.collect_all(lambda: _cache_values(cache, results))
        if (store := self.shared) is not None:
            counted.collect(table.STORE_UP, lambda: not store.is_unavailable)

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        refreshing = asyncio.create_task(self.metrics.keep_fresh())
        try:
            async with self.live.running(self.stripe, self.sandbox):
                yield {END_STREAMS: self.subscriptions.waiters.interrupt_all}
        finally:
            refreshing.cancel()
            await self.aclose()

    async def aclose(self) -> None:
        """Close all connections, write the counts of repeated events, and send the remaining traces."""
        await self.stripe.aclose()
        if self.own_writes is not None:
            await self.own_writes.aclose()
        if self.read_cache is not None:
            await self.read_cache.aclose()
        self.log.flush()
        self.response_errors.flush()
        if self.traces is not None:
            await self.traces.aclose()
        await self.locks.aclose()
        await self.changes.aclose()
        if self.shared is not None:
            await self.shared.aclose()


def create_executor(settings: Settings) -> Executor:
    """Create the executor of operations on the schema, within the limits of the settings."""
    return Executor(
        schema,
        limits=DocumentLimits(settings),
        max_tokens=settings.max_document_tokens,
        plans=settings.compiled_plans,
    )


def _traces(settings: Settings) -> Traces | None:
    if settings.traces_url is None:
        return None
    # Importing OpenTelemetry takes half as long as importing the rest of the service.
    from serving.telemetry import traces

    return traces.export_to(settings.traces_url, service=settings.otel_service_name, version=VERSION)


def _cache_values(cache: ReadCache, results: RememberedResults) -> Mapping[table.Metric, float]:
    return {
        table.CACHE_AGE: cache.counts.age_of_hits,
        table.CACHE_FAILURES: cache.counts.failures,
        table.CACHE_BYTES: cache.bytes + results.bytes,
        table.CACHE_RESULTS: results.uses,
        table.CACHE_BOUND: cache.bound,
        table.CACHE_PAUSED: cache.is_paused,
    }


def _landing(settings: Settings, docs: Docs) -> Landing:
    from sandbox.catalog import card_groups, object_groups

    return Landing(settings, object_groups, card_groups, docs)
