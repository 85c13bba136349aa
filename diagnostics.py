"""Checks that every configured service responds. Reads no customer data and changes nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import httpx
import jwt

from app import Service
from changes.events.endpoint_check import EndpointProblem, check_endpoints
from serving.auth.issuer_keys import FetchFailed, IssuersKeys
from serving.http.connection_cause import ADVICE, connection_cause
from serving.redis.store import SharedStore, StoreUnavailable
from serving.settings.settings import Settings
from serving.telemetry import logs
from stripe_api import StripeSession
from stripe_api.errors import (
    APIConnectionError,
    AuthenticationError,
    InvalidRequestError,
    PermissionDenied,
    StripeError,
)

Check = Callable[[], Awaitable[str | None]]
"""Makes a request. Returns a note for the operator, if there is one. Raises CheckFailed."""

TIMEOUT_SECONDS = 5.0
MISSING = "attache_check"
"""Part of ids that don't exist: the response to a permitted read is 404."""


class CheckFailed(Exception):
    """A failed check: the problem, and how to fix it."""


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check. `problem` is None if it passed; then there may be a note."""

    name: str
    problem: str | None = None
    note: str | None = None

    def __str__(self) -> str:
        if self.problem:
            return f"wrong  {self.name}: {self.problem}"
        return f"ok     {self.name}" + (f" ({self.note})" if self.note else "")


def check_connections(settings: Settings) -> list[CheckResult]:
    """Check every configured service."""
    logs.configure("error", "console")
    return asyncio.run(connect(Service(settings)))


async def connect(service: Service) -> list[CheckResult]:
    """Run all checks, and close the service."""
    try:
        return [await _result(name, check) for name, check in _checks(service)]
    finally:
        await service.aclose()


def _checks(service: Service) -> Iterator[tuple[str, Check]]:
    stripe = service.stripe.session()
    yield "Stripe: payment methods", lambda: _read(stripe.payment_methods.retrieve(f"pm_{MISSING}"))
    yield "Stripe: customers", lambda: _read(stripe.customers.retrieve(f"cus_{MISSING}"))
    yield "Stripe: SetupIntents", lambda: _read(stripe.setup_intents.retrieve(f"seti_{MISSING}"))
    yield from _event_checks(service, stripe)
    keys, store, traces = service.keys, service.shared, service.settings.traces_url
    if isinstance(keys, IssuersKeys):
        yield "AUTH_ISSUER", lambda: _fetch_keys(keys)
    if store is not None:
        yield "REDIS_URL", lambda: _ping(store)
    if traces is not None:
        yield "OTEL_EXPORTER_OTLP_ENDPOINT", lambda: _send_no_traces(traces)


def _event_checks(service: Service, stripe: StripeSession) -> Iterator[tuple[str, Check]]:
    settings = service.settings
    if settings.uses_sandbox or not settings.receives_events:
        return
    # No event is that new.
    tomorrow = int(time.time()) + 86_400
    yield "Stripe: events", lambda: _read(stripe.events.list(since=tomorrow, types=["customer.updated"], limit=1))
    if settings.event_source == "webhook":
        yield "Stripe: webhook endpoint", lambda: _check_endpoint(stripe)


async def _result(name: str, check: Check) -> CheckResult:
    try:
        return CheckResult(name, note=await check())
    except CheckFailed as failure:
        return CheckResult(name, str(failure))


async def _check_endpoint(stripe: StripeSession) -> str:
    try:
        endpoints = await stripe.webhook_endpoints.list()
    except PermissionDenied:
        return "not checked: the key may not read webhook endpoints"
    except StripeError as error:
        raise CheckFailed(_stripe_problem(error) or "Stripe has no list of webhook endpoints") from None
    try:
        return check_endpoints(endpoints.get("data"))
    except EndpointProblem as problem:
        raise CheckFailed(str(problem)) from None


async def _read(reading: Awaitable[object]) -> None:
    try:
        await reading
    except StripeError as error:
        problem = _stripe_problem(error)
        if problem is not None:
            raise CheckFailed(problem) from None


def _stripe_problem(error: StripeError) -> str | None:
    match error:
        case InvalidRequestError(http_status=404):
            return None
        case InvalidRequestError():
            return "Stripe does not support STRIPE_API_VERSION, or STRIPE_API_BASE is not Stripe"
        case AuthenticationError():
            return "Stripe rejects STRIPE_SECRET_KEY: it is misspelled, revoked or expired"
        case PermissionDenied():
            return "the key lacks the permission to read them: docs/authentication.md lists all permissions"
        case APIConnectionError(failure_reason=reason):
            return f"no response from STRIPE_API_BASE ({reason}): {reason.meaning}"
    return f"Stripe responds with {error.http_status}: see status.stripe.com"


async def _fetch_keys(keys: IssuersKeys) -> None:
    try:
        await keys.fetch()
    except FetchFailed as error:
        raise CheckFailed(f"no response from {error.host} ({error.cause}): {ADVICE[error.cause]}") from None
    except (ValueError, jwt.PyJWTError) as error:
        raise CheckFailed(
            f"its keys can't be read ({error}): write the issuer exactly as in its tokens, "
            "or set AUTH_JWKS_URL to the URL of its keys"
        ) from None


async def _ping(store: SharedStore) -> None:
    try:
        await store.use(store.client.ping)
    except StoreUnavailable as error:
        raise CheckFailed(f"no response ({error}): check host, port, password and TLS") from None


async def _send_no_traces(url: str) -> None:
    headers = {"Content-Type": "application/x-protobuf"}
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
            response = await client.post(url, content=b"", headers=headers)
    except httpx.HTTPError as error:
        cause = connection_cause(error)
        raise CheckFailed(f"no response ({cause}): {ADVICE[cause]}; the port for HTTP is 4318, for gRPC 4317") from None
    if response.status_code in (404, 405) or response.status_code >= 500:
        raise CheckFailed(f"it responds with {response.status_code}: give the base URL of OTLP/HTTP")
