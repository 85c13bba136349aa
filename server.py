"""Attaché: introduces the rooms to each other, and runs them."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import math
import sys
from collections.abc import AsyncIterator, Sequence

import httpx
import strawberry
import uvicorn
from graphql import ExecutionResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp
from strawberry.http.ides import get_graphql_ide_html
from strawberry.schema.config import StrawberryConfig

from execution.documents import OperationNotAllowed, RequestError
from execution.executor import Executor
from resolvers.context import RequestContext
from resolvers.errors import present
from resolvers.locks import LocksInProcess
from resolvers.mutation import Mutation
from resolvers.query import Query
from sandbox import create_sandbox
from schema.errors import USER_ERRORS
from schema.scalars import SCALARS
from serving import logs
from serving.auth import ANONYMOUS
from serving.graphql_http import GraphQLEndpoint, NotExecuted, Operation
from serving.settings import Settings, SettingsError, load
from stripe_api import StripeClient
from stripe_api.transport import pooled

logger = logging.getLogger("attache")

SANDBOX_KEY = "sk_test_sandbox"
SANDBOX_BASE = "http://sandbox"

schema = strawberry.Schema(
    query=Query, mutation=Mutation, types=USER_ERRORS, config=StrawberryConfig(scalar_map=SCALARS)
)


class Service:
    """One running service: its settings, its client of Stripe, and how it executes an operation."""

    def __init__(self, settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.settings = settings
        self.sandbox: ASGIApp | None = create_sandbox(public_url=settings.base_url) if settings.uses_sandbox else None
        self.stripe = _stripe_client(settings, transport or _transport(settings, self.sandbox))
        self.locks = LocksInProcess()
        self.executor = Executor(schema, present=present, max_tokens=settings.max_document_tokens)

    async def execute(self, operation: Operation, request: Request) -> ExecutionResult:
        """One GraphQL operation, within its deadline."""
        deadline = asyncio.get_running_loop().time() + self.settings.operation_deadline
        context = RequestContext(ANONYMOUS, self.stripe.operation(deadline=deadline), self.locks)
        try:
            result = await self.executor.execute(
                operation.query,
                variables=operation.variables,
                operation_name=operation.operation_name,
                context=context,
                queries_only=operation.queries_only,
            )
        except OperationNotAllowed as refused:
            raise NotExecuted(refused.errors, status=405) from None
        except RequestError as refused:
            raise NotExecuted(refused.errors) from None
        if self.settings.shows_calls and operation.extensions.get("calls") is True:
            calls = [call.endpoint for call in context.stripe.calls]
            result.extensions = {"calls": {"count": len(calls), "endpoints": calls}}
        return result

    def app(self) -> Starlette:
        """The ASGI app of this service."""
        page = get_graphql_ide_html(graphql_ide="graphiql")
        endpoint = GraphQLEndpoint(self.execute, max_body_bytes=self.settings.max_body_bytes, page=page)
        routes: list[BaseRoute] = [
            Route("/", _to_graphql),
            Route("/graphql", endpoint),
            Route("/healthz", _alive),
            Route("/readyz", _ready),
        ]
        if self.sandbox is not None:
            routes += [Mount(path, self.sandbox) for path in ("/v1", "/_sandbox")]
        return Starlette(routes=routes, lifespan=self._lifespan)

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await self.stripe.aclose()


def create_app(settings: Settings | None = None, *, transport: httpx.AsyncBaseTransport | None = None) -> Starlette:
    """The service as an ASGI app. `transport` stands in for the connection to Stripe or the sandbox."""
    return Service(settings or load(), transport=transport).app()


def _transport(settings: Settings, sandbox: ASGIApp | None) -> httpx.AsyncBaseTransport:
    if sandbox is not None:
        return httpx.ASGITransport(app=sandbox)
    return pooled(settings.stripe_api_base, max_connections=settings.stripe_max_connections)


def _stripe_client(settings: Settings, transport: httpx.AsyncBaseTransport) -> StripeClient:
    key = settings.stripe_secret_key
    return StripeClient(
        transport,
        api_key=key.get_secret_value() if key is not None else SANDBOX_KEY,
        base_url=settings.stripe_api_base if key is not None else SANDBOX_BASE,
        api_version=settings.stripe_api_version,
        try_timeout=settings.stripe_timeout,
    )


async def _to_graphql(request: Request) -> Response:
    return RedirectResponse("/graphql")


async def _alive(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _ready(request: Request) -> Response:
    return JSONResponse({"status": "ready"})


# --- The command line -----------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server; the exit status."""
    options = _parser().parse_args(arguments)
    if options.command == "schema":
        print(schema.as_str())
        return 0
    try:
        overrides = {name: value for name in ("host", "port") if (value := getattr(options, name)) is not None}
        settings = load(**overrides)
        if options.workers > 1 and settings.uses_sandbox:
            raise SettingsError("--workers: the embedded sandbox is one process; leave it 1 or set STRIPE_SECRET_KEY")
    except SettingsError as error:
        print(f"attache: {error}", file=sys.stderr)
        return 2
    logs.configure(settings.log_level)
    _announce(settings)
    uvicorn.run(
        Service(settings).app() if options.workers == 1 else "server:create_app",
        factory=options.workers > 1,
        workers=options.workers,
        host=settings.host,
        port=settings.port,
        loop="asyncio",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=math.ceil(settings.operation_deadline) + 5,
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="server.py",
        description="Attaché, a GraphQL facade over Stripe's REST API for saved payment methods.",
        epilog="All other settings are environment variables: see the README.",
    )
    parser.add_argument("--host", help="address to listen on (HOST, 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (PORT, 8000)")
    parser.add_argument("--workers", type=int, default=1, help="processes that serve, 1 unless said otherwise")
    commands = parser.add_subparsers(dest="command", title="other commands")
    commands.add_parser("schema", help="print the GraphQL schema")
    return parser


def _announce(settings: Settings) -> None:
    base = settings.base_url
    if settings.uses_sandbox:
        logger.info("No STRIPE_SECRET_KEY: the embedded sandbox plays Stripe. Nothing is real, nothing is kept.")
        logger.info("GraphiQL: %s/graphql   Stripe's REST API, played: %s/v1", base, base)
    else:
        logger.info("Calling Stripe at %s with a test key. GraphQL: %s/graphql", settings.stripe_api_base, base)
    if not settings.is_loopback:
        logger.warning("HOST is %s: whoever can reach this address can use it without a credential.", settings.host)


if __name__ == "__main__":
    sys.exit(main())
