"""Checks that every configured service responds. Reads no customer data and changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import httpx
import jwt

from app import Service
from serving.auth.issuer_keys import FetchFailed, IssuersKeys
from serving.http.connection_cause import ADVICE, connection_cause
from serving.redis.store import SharedStore, StoreUnavailable
from serving.settings.settings import Settings
from serving.telemetry import logs
from stripe_api.errors import (
    APIConnectionError,
    AuthenticationError,
    InvalidRequestError,
    PermissionDenied,
    StripeError,
)
from stripe_api.failures.failure_reasons import EXPLANATIONS

Check = Callable[[], Awaitable[object]]
"""Makes a request. Raises CheckFailed, or an error that `_problem` explains."""

TIMEOUT_SECONDS = 5.0
MISSING = "attache_check"
"""Part of ids that don't exist: the response to a permitted read is 404."""


class CheckFailed(Exception):
    """A failed check: the problem, and how to fix it."""


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check. `problem` is None if it passed."""

    name: str
    problem: str | None = None

    def __str__(self) -> str:
        return f"wrong  {self.name}: {self.problem}" if self.problem else f"ok     {self.name}"


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
    yield "Stripe: payment methods", lambda: _retrieve(stripe.payment_methods.retrieve, f"pm_{MISSING}")
    yield "Stripe: customers", lambda: _retrieve(stripe.customers.retrieve, f"cus_{MISSING}")
    yield "Stripe: SetupIntents", lambda: _retrieve(stripe.setup_intents.retrieve, f"seti_{MISSING}")
    keys, store, traces = service.keys, service.shared, service.settings.traces_url
    if isinstance(keys, IssuersKeys):
        yield "AUTH_ISSUER", lambda: _fetch_keys(keys)
    if store is not None:
        yield "REDIS_URL", lambda: _ping(store)
    if traces is not None:
        yield "OTEL_EXPORTER_OTLP_ENDPOINT", lambda: _send_no_traces(traces)


async def _result(name: str, check: Check) -> CheckResult:
    try:
        await check()
    except CheckFailed as failure:
        return CheckResult(name, str(failure))
    return CheckResult(name)


async def _retrieve(retrieve: Callable[[str], Awaitable[object]], id: str) -> None:
    try:
        await retrieve(id)
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
            return f"no response from STRIPE_API_BASE ({reason}): {EXPLANATIONS[reason].meaning}"
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
