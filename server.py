"""Attaché: introduces the rooms to each other, and runs them."""

from __future__ import annotations

import gc

# The collector would look at what is loaded again and again while it is: a tenth of the start.
gc.disable()

import argparse
import asyncio
import contextlib
import functools
import math
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import strawberry
from graphql import ExecutionResult, GraphQLError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp
from strawberry.schema.config import StrawberryConfig

from execution.documents import OperationNotAllowed, RequestError
from execution.executor import Executor
from execution.field_count import ResponseTooLarge
from resolvers.context import RequestContext
from resolvers.cursors import Cursors
from resolvers.errors import present
from resolvers.mutation import Mutation
from resolvers.query import Query
from schema.errors import USER_ERRORS
from schema.scalars import SCALARS
from serving import checkup, guards, logs, metrics, process
from serving.auth import Authenticator, Caller, CallerKind, Keys, SharedSecret, mint
from serving.caller_limits import at_once
from serving.door import ConcurrencyLimit
from serving.forwarded import ForwardedHeaders
from serving.gate import Gate
from serving.graphql_http import GraphQLEndpoint, Operation
from serving.headers import SecurityHeaders
from serving.hosts import LocalHostsOnly
from serving.http_protocol import bounded
from serving.jwks import IssuersKeys, fetch_json
from serving.limits import DocumentLimits
from serving.locks import Locks, LocksInProcess, SharedLocks
from serving.metrics_endpoint import MetricsEndpoint
from serving.observability import OperationNote, Watcher
from serving.origins import Cors
from serving.pages.document import favicon_route
from serving.pages.landing import Landing
from serving.pages.playground import Playground
from serving.persisted import (
    HashMismatch,
    NotTrusted,
    PersistedDocuments,
    PersistedQueryNotFound,
    RegistryInProcess,
    SharedRegistry,
    read_manifest,
)
from serving.rate_limits import CardAttempts, RateLimited, RateLimits
from serving.refusals import NotExecuted, refused, response_too_large
from serving.schema_files import SCHEMA_FILES, schema_routes
from serving.settings import Settings, SettingsError, load, table
from serving.shared import PLACES, SharedStore, shared_store
from serving.single_headers import SingleHeaders
from serving.ways import Packed, Shortcut
from stripe_api import Stripe, StripeClient
from stripe_api.breaker import Breaker, State
from stripe_api.caller_limit import CallerLimit, CallsAtOnce
from stripe_api.care import Care
from stripe_api.errors import (
    APIConnectionError,
    AuthenticationError,
    CallerLimitReached,
    InvalidRequestError,
    PermissionDenied,
    StripeError,
)
from stripe_api.governor import ALL, Governor
from stripe_api.shared_governor import SharedGovernor
from stripe_api.transport import PooledTransport

if TYPE_CHECKING:
    from serving.traces import Traces

gc.freeze()
gc.enable()

logger = logs.logger("attache")

VERSION = "0.1.0"
GRAPHQL = "/graphql"
SANDBOX_KEY = "sk_test_sandbox"
SANDBOX_BASE = "http://sandbox"

schema = strawberry.Schema(
    query=Query, mutation=Mutation, types=USER_ERRORS, config=StrawberryConfig(scalar_map=SCALARS)
)


class Service:
    """One running service: its settings, its client of Stripe, and how it executes an operation."""

    def __init__(self, settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.settings = settings
        self.sandbox: ASGIApp | None = _sandbox(settings) if settings.uses_sandbox else None
        self.shared = shared_store(settings)
        self.care = _care(settings, self.shared)
        self.stripe = _stripe_client(settings, transport or _transport(settings, self.sandbox), self.care)
        self.keys = _keys(settings)
        self.cursors = Cursors(_stripe_key(settings))
        self.rates = RateLimits(settings, self.shared)
        self.calls_at_once = CallsAtOnce()
        self.gate = Gate(settings, Authenticator(settings, self.keys), self.rates)
        self.documents = _persisted_documents(settings, self.shared)
        self.locks = _locks(self.shared)
        self.executor = _executor(settings)
        self.metrics = self._counted()
        self.traces = _traces(settings)
        self.log = logs.OperationLog()
        watchers: Sequence[Watcher] = (self.metrics, self.log)
        self.watchers = watchers if self.traces is None else (self.traces, *watchers)
        self._hidden_from_customers = _HIDEABLE.difference(settings.customer_sees)

    def _counted(self) -> metrics.Metrics:
        """The metrics, with the sources of what is counted elsewhere."""
        counted = metrics.Metrics()
        counted.tell_build(version=VERSION, stripe_version=self.settings.stripe_api_version)
        counted.follow_plans(self.executor.counts)
        counted.follow_all(metrics.OF_CARE, lambda: _of_care(self.care))
        if (store := self.shared) is not None:
            counted.follow(metrics.STORE_UP, lambda: not store.is_unavailable)
        return counted

    def begin(self, headers: Mapping[str, str]) -> OperationNote:
        """The note of an operation whose request came in with these headers."""
        return OperationNote(self.watchers, headers)

    async def execute(self, operation: Operation, caller: Caller, note: OperationNote) -> ExecutionResult:
        """One GraphQL operation, within its deadline. Raises NotExecuted."""
        left = self.settings.operation_deadline - note.admission_seconds
        deadline = asyncio.get_running_loop().time() + left
        stripe = self.stripe.operation(deadline=deadline, ended=note.called, limit=self._limit_of(caller))
        result = await self._execute(operation, caller, stripe, note)
        if result.errors:
            note.failed(result.errors)
        return result

    def _limit_of(self, caller: Caller) -> CallerLimit | None:
        """What holds the REST calls of an operation to the limits of its caller."""
        limit = self.settings.calls_per_caller
        count = functools.partial(self._count_call, caller) if self.rates.limits_calls(caller) else None
        if limit is None:
            return CallerLimit(None, count) if count is not None else None
        return CallerLimit(self.calls_at_once.of(caller.identity, at_once(limit, caller)), count)

    async def _count_call(self, caller: Caller) -> None:
        try:
            await self.rates.count_call(caller)
        except RateLimited as limited:
            raise CallerLimitReached(limited.retry_after, setting=limited.setting) from None

    async def _execute(
        self, operation: Operation, caller: Caller, stripe: Stripe, note: OperationNote
    ) -> ExecutionResult:
        hidden = self._hidden_from_customers if caller.kind is CallerKind.CUSTOMER else frozenset()
        cards = CardAttempts(self.rates, caller)
        context = RequestContext(caller, stripe, self.locks, self.cursors, cards, hidden=hidden)
        hash = _hash(operation)
        text = await self._text(operation, hash, caller)
        note.document = text
        try:
            async with asyncio.timeout_at((stripe.deadline or 0.0) + _GRACE_SECONDS):
                result = await self.executor.execute(
                    text,
                    variables=operation.variables,
                    operation_name=operation.operation_name,
                    context=context,
                    hidden=hidden,
                    introspection=self.settings.allows_introspection(service=caller.kind is CallerKind.SERVICE),
                    queries_only=operation.queries_only,
                    note=note,
                )
        except OperationNotAllowed as refusal:
            raise NotExecuted(refusal.errors, status=405, headers={"Allow": "POST"}) from None
        except RequestError as refusal:
            raise NotExecuted(refusal.errors) from None
        except ResponseTooLarge:
            raise response_too_large("MAX_COST", self.settings.max_cost, "fields", stripe.calls) from None
        except TimeoutError:
            raise _took_too_long(stripe) from None
        finally:
            context.forget_reads()
        await self.documents.register(hash, text, caller.identity)
        if self.settings.shows_calls and operation.extensions.get("calls") is True:
            calls = [call.endpoint for call in stripe.calls]
            result.extensions = {"calls": {"count": len(calls), "endpoints": calls}}
        return result

    async def _text(self, operation: Operation, hash: str | None, caller: Caller) -> str:
        """The document's text. Raises NotExecuted where it is named and not known."""
        try:
            text = await self.documents.text(operation.query, operation.document_id, hash, caller.identity)
        except PersistedQueryNotFound:
            # Apollo's mobile clients wait for this very text, with status 200.
            raise refused("PersistedQueryNotFound", code="PERSISTED_QUERY_NOT_FOUND", status=200) from None
        except HashMismatch:
            raise refused("provided sha does not match query") from None
        except NotTrusted:
            message = "Only documents of the manifest are executed here."
            raise refused(message, code="PERSISTED_QUERY_NOT_IN_LIST") from None
        if text is None:
            raise refused("query is a string that holds a GraphQL document.", status=400)
        return text

    def app(self) -> ASGIApp:
        """The ASGI app of this service."""
        graphiql = Playground(self.settings) if self.settings.shows_playground else None
        page = graphiql.page if graphiql is not None else None
        running = ConcurrencyLimit(self.settings.max_operations)
        endpoint = GraphQLEndpoint(self.settings, self.gate, self.execute, self.begin, running, page=page)
        self.metrics.follow(metrics.OVERLOADS, lambda: running.refused)
        self.metrics.follow(metrics.IN_FLIGHT, lambda: running.running)
        routes: list[BaseRoute] = [
            Route(GRAPHQL, endpoint),
            Route(f"{GRAPHQL}/", _without_slash, methods=["GET", "POST"]),
            Route("/healthz", _alive),
            Route("/readyz", _ready),
        ]
        if self.settings.serves_metrics:
            routes.append(Route("/metrics", MetricsEndpoint(self.metrics, self.settings)))
        routes += schema_routes(schema, self.settings, self.gate.admit)
        if graphiql is not None:
            routes += graphiql.routes()
        if self.sandbox is not None:
            routes += _landing(self.settings).routes()
            routes += [Mount(path, self.sandbox) for path in ("/v1", "/v2", "/_sandbox")]
        if graphiql is not None or self.sandbox is not None:
            routes.append(favicon_route())
        router = Starlette(routes=routes, lifespan=self._lifespan)
        # Its redirects are to the address in the Host header.
        router.router.redirect_slashes = False
        app = Shortcut(GRAPHQL, self._between(endpoint), self._between(router))
        return SecurityHeaders(SingleHeaders(self._behind(app)))

    def _behind(self, app: ASGIApp) -> ASGIApp:
        """The app behind the checks of how the service was reached."""
        if self.settings.trusted_proxies:
            app = ForwardedHeaders(app, self.settings.trusted_proxies)
        if self.settings.is_loopback and self.settings.allows_anonymous:
            app = LocalHostsOnly(app, self.settings)
        return app

    def _between(self, app: ASGIApp) -> ASGIApp:
        """What stands between the server and each app: packing, and the word to pages of other sites."""
        if self.settings.cors_origins:
            app = Cors(app, self.settings)
        return Packed(app)

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
        if self.traces is not None:
            await self.traces.aclose()
        await self.locks.aclose()
        if self.shared is not None:
            await self.shared.aclose()


_HIDEABLE = frozenset(guards.SEEN)
_GRACE_SECONDS = 1.0
"""The client of Stripe keeps the deadline itself; this ends what would go on without asking it."""


def _took_too_long(stripe: Stripe) -> NotExecuted:
    """An operation that was ended by us. What it had begun to write may have been done."""
    begun = any(call.endpoint.startswith("POST ") for call in stripe.calls)
    extensions = {"code": "UPSTREAM_TIMEOUT", **({"outcome": "UNKNOWN"} if begun else {})}
    return NotExecuted([GraphQLError("The operation took too long (OPERATION_DEADLINE).", extensions=extensions)])


def create_app(settings: Settings | None = None, *, transport: httpx.AsyncBaseTransport | None = None) -> ASGIApp:
    """The service as an ASGI app. `transport` stands in for the connection to Stripe or the sandbox."""
    return Service(settings or load(), transport=transport).app()


def _traces(settings: Settings) -> Traces | None:
    if settings.traces_url is None:
        return None
    # Loading OpenTelemetry takes longer than loading half of the service.
    from serving import traces

    return traces.sent_to(settings.traces_url, service=settings.otel_service_name, version=VERSION)


def _of_care(care: Care) -> Mapping[metrics.Declared, float]:
    found = care.snapshot()
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
    # Where there is a Stripe, its stand-in is not even loaded.
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


def _care(settings: Settings, store: SharedStore | None) -> Care:
    bounds: dict[str, Any] = {
        "per_second": settings.calls_per_second,
        "per_endpoint": settings.calls_per_second_per_endpoint,
        "concurrent": settings.max_concurrent_calls,
        "max_waiting": settings.stripe_max_waiting_calls,
        "max_wait": settings.stripe_max_wait,
    }
    governor = Governor(**bounds)
    if store is not None and settings.limits_calls and settings.stripe_secret_key is not None:
        governor = SharedGovernor(store.script, account=settings.stripe_secret_key.get_secret_value(), **bounds)
    return Care(governor, Breaker(failures=settings.breaker_failures, pause=settings.stripe_breaker_pause))


def _stripe_client(settings: Settings, transport: httpx.AsyncBaseTransport, care: Care) -> StripeClient:
    return StripeClient(
        transport,
        api_key=_stripe_key(settings),
        base_url=settings.stripe_api_base if settings.stripe_secret_key is not None else SANDBOX_BASE,
        api_version=settings.stripe_api_version,
        try_timeout=settings.stripe_timeout,
        max_calls=settings.max_calls,
        care=care,
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
    if store is None:
        return LocksInProcess()
    return SharedLocks(store)


def _persisted_documents(settings: Settings, store: SharedStore | None) -> PersistedDocuments:
    trusted = read_manifest(settings.trusted_documents) if settings.trusted_documents is not None else None
    if not settings.persisted_queries:
        return PersistedDocuments(None, trusted)
    return PersistedDocuments(SharedRegistry(store) if store is not None else RegistryInProcess(), trusted)


def _executor(settings: Settings) -> Executor:
    return Executor(
        schema,
        present=present,
        limits=DocumentLimits(settings),
        max_tokens=settings.max_document_tokens,
        plans=settings.compiled_plans,
    )


def _hash(operation: Operation) -> str | None:
    """The hash that stands for the document, in the way of Apollo's clients. Raises NotExecuted for any other way."""
    persisted = operation.extensions.get("persistedQuery")
    if persisted is None:
        return None
    if not isinstance(persisted, dict) or persisted.get("version") != 1:
        raise refused("extensions.persistedQuery has version 1 and a sha256Hash.", status=400)
    hash = persisted.get("sha256Hash")
    if not isinstance(hash, str) or not 0 < len(hash) <= 256:
        raise refused("extensions.persistedQuery.sha256Hash is a string.", status=400)
    return hash


async def _without_slash(request: Request) -> Response:
    """A redirect to the address without the slash, relative so that it holds behind every proxy."""
    query = request.scope["query_string"].decode("latin-1")
    return Response(status_code=307, headers={"Location": f"..{GRAPHQL}" + (f"?{query}" if query else "")})


async def _alive(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _ready(request: Request) -> Response:
    if request.scope.get("state", {}).get("draining"):
        return JSONResponse({"status": "draining"}, 503)
    return JSONResponse({"status": "ready"})


# --- The command line -----------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line says; the exit status."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        return status
    except SettingsError as error:
        print(f"attache: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="server.py",
        description="Attaché, a GraphQL facade over Stripe's REST API for saved payment methods.",
        epilog="All other settings are environment variables: see the README.",
    )
    parser.set_defaults(run=_serve)
    parser.add_argument("--host", help="address to listen on (HOST, 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (PORT, 8000)")
    parser.add_argument("--workers", type=int, default=1, help="processes that serve, 1 unless said otherwise")
    commands = parser.add_subparsers(title="other commands")
    printing = commands.add_parser("schema", help="print the GraphQL schema, or what clients' tools make of it")
    printing.add_argument("--format", choices=SCHEMA_FILES, default="sdl", help="sdl unless said otherwise")
    printing.set_defaults(run=_print_schema)
    settings = commands.add_parser("settings", help="print all settings with their defaults and meanings")
    settings.set_defaults(run=_print_settings)
    token = commands.add_parser("token", help="print a token for development, signed with the sandbox's or your secret")
    token.add_argument("--customer", help="the Stripe customer whose wallet it opens, cus_…")
    token.add_argument("--service", action="store_true", help="a service's token, which opens all wallets")
    token.add_argument("--subject", default="developer", help="who it is for (developer)")
    token.add_argument("--minutes", type=float, default=60.0, help="how long it is good (60)")
    token.set_defaults(run=_print_token)
    check = commands.add_parser("check", help="check the settings, say what they mean, and change nothing")
    check.add_argument("--connect", action="store_true", help="ask Stripe and all else that they name, too")
    check.set_defaults(run=_check)
    manifest = commands.add_parser("check-manifest", help="check a manifest of trusted documents against the schema")
    manifest.add_argument("file", type=Path)
    manifest.set_defaults(run=_check_manifest)
    return parser


def _serve(options: argparse.Namespace) -> int:
    overrides = {name: value for name in ("host", "port") if (value := getattr(options, name)) is not None}
    settings = load(**overrides)
    if options.workers < 1:
        raise SettingsError("--workers: give 1 or more")
    if options.workers > 1 and settings.uses_sandbox:
        raise SettingsError("--workers: the embedded sandbox is one process; leave it 1 or set STRIPE_SECRET_KEY")
    logs.configure(settings.log_level, settings.log_format)
    config = _process(settings, options.workers, overrides)
    sockets = process.listeners(settings.host, settings.port)
    _announce(settings)
    process.run(config, sockets)
    return 0


def _process(settings: Settings, workers: int, overrides: Mapping[str, Any]) -> process.Config:
    return process.Config(
        Service(settings).app() if workers == 1 else functools.partial(worker_app, **overrides),
        factory=workers > 1,
        workers=workers,
        # A worker that is being loaded on a busy machine is slow to say that it lives.
        timeout_worker_healthcheck=30,
        host=settings.host,
        port=settings.port,
        loop="asyncio",
        http=bounded(receive=settings.body_timeout, send=settings.send_timeout),
        timeout_keep_alive=settings.keep_alive_timeout,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        drain_seconds=settings.drain,
        outgoing=_outgoing_connections(settings),
        timeout_graceful_shutdown=settings.finish,
    )


def _outgoing_connections(settings: Settings) -> int:
    """The most connections that a process makes itself."""
    # A retry may use a fresh connection while the pool keeps its own.
    stripe = 0 if settings.uses_sandbox else 2 * settings.stripe_max_connections
    return stripe + (PLACES if settings.redis_url is not None else 0)


def worker_app(**overrides: Any) -> ASGIApp:
    """The app of one of several processes, with what the command line sets."""
    settings = load(**overrides)
    logs.configure(settings.log_level, settings.log_format)
    return create_app(settings)


def _announce(settings: Settings) -> None:
    base = settings.base_url
    if settings.uses_sandbox:
        logger.info("No STRIPE_SECRET_KEY: the embedded sandbox plays Stripe. Nothing is real, nothing is kept.")
        logger.info("Start at %s   GraphiQL: %s/graphql   Stripe's REST API, played: %s/v1", base, base, base)
    else:
        mode = "live" if settings.is_live else "test"
        logger.info("Calling Stripe at %s with a %s key. GraphQL: %s/graphql", settings.stripe_api_base, mode, base)
    if settings.allows_anonymous and not settings.is_loopback:
        logger.warning("HOST is %s: whoever can reach this address sees all wallets without a token.", settings.host)


def _print_schema(options: argparse.Namespace) -> int:
    print(SCHEMA_FILES[options.format].write(schema))
    return 0


def _print_settings(options: argparse.Namespace) -> int:
    print(table())
    return 0


_CUSTOMER = re.compile(r"cus_[A-Za-z0-9_]{1,251}")
_MOST_MINUTES = 366 * 24 * 60


def _print_token(options: argparse.Namespace) -> int:
    if not options.service and options.customer is None:
        raise SettingsError("--customer: name the customer whose wallet the token opens, or give --service")
    if options.customer is not None and not _CUSTOMER.fullmatch(options.customer):
        raise SettingsError("--customer: give the id of a Stripe customer; it begins with cus_")
    if not 0 < options.minutes <= _MOST_MINUTES:
        raise SettingsError(f"--minutes: give more than 0 and at most {_MOST_MINUTES}")
    lifetime = options.minutes * 60
    print(mint(load(), customer=options.customer, service=options.service, subject=options.subject, lifetime=lifetime))
    return 0


def _check(options: argparse.Namespace) -> int:
    """What the settings mean, and what of it does not work; the exit status 1 when there is such a thing."""
    logs.configure("error", "console")
    settings = load()
    service = Service(settings)
    print(checkup.summary(settings))
    findings = asyncio.run(connect(service)) if options.connect else []
    print("\n".join(map(str, findings)))
    return 1 if any(finding.problem for finding in findings) else 0


async def connect(service: Service) -> list[checkup.Finding]:
    """Whether all that the settings name does answer. Nothing of anyone's is read, and nothing is changed."""
    try:
        findings = [await checkup.find(f"Stripe: {what}", read) for what, read in _reads(service.stripe)]
        if isinstance(service.keys, IssuersKeys):
            findings.append(await checkup.find("AUTH_ISSUER", checkup.issuer(service.keys)))
        if service.shared is not None:
            findings.append(await checkup.find("REDIS_URL", checkup.store(service.shared)))
        if (url := service.settings.traces_url) is not None:
            findings.append(await checkup.find("OTEL_EXPORTER_OTLP_ENDPOINT", checkup.collector(url)))
        return findings
    finally:
        await service.aclose()


def _reads(client: StripeClient) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
    """Reads of objects that can't be: whoever may read that kind is told that there is none."""
    nobody = "attache_check"
    stripe = client.operation()
    yield "payment methods", _missing(lambda: stripe.payment_methods.retrieve(f"pm_{nobody}"))
    yield "customers", _missing(lambda: stripe.customers.retrieve(f"cus_{nobody}"))
    yield "SetupIntents", _missing(lambda: stripe.setup_intents.retrieve(f"seti_{nobody}"))


def _missing(read: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    async def ask() -> None:
        try:
            await read()
        except InvalidRequestError as error:
            if error.http_status != 404:
                raise checkup.Wrong("Stripe does not know STRIPE_API_VERSION, or is not at STRIPE_API_BASE") from None
        except AuthenticationError:
            raise checkup.Wrong("Stripe does not take STRIPE_SECRET_KEY: it is misspelt, revoked or expired") from None
        except PermissionDenied:
            raise checkup.Wrong("the key has no permission to read them: docs/authentication.md lists all") from None
        except APIConnectionError as error:
            told = checkup.CAUSES.get(error.cause or "", "look at name service, proxy and firewall")
            raise checkup.Wrong(f"no answer from STRIPE_API_BASE ({error.cause}): {told}") from None
        except StripeError as error:
            raise checkup.Wrong(f"Stripe answers {error.http_status}: look at status.stripe.com") from None

    return ask


def _check_manifest(options: argparse.Namespace) -> int:
    """Each document that could not be executed, with the reason; the exit status 1 when there is one."""
    documents: Mapping[str, Any] = read_manifest(options.file)
    executor = _executor(load())
    problems = [f"{id}: {problem}" for id, text in documents.items() for problem in executor.problems(text)]
    print("\n".join(problems) or f"{len(documents)} documents, all good")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
