"""Admission of requests: the origin, the rate limit of the address, the token, the rate limit of the caller."""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.requests import HTTPConnection, Request

from serving.auth.caller_limits import CallerSlots, RunningOperations
from serving.auth.development_tokens import how_to_create
from serving.auth.rate_limits import RateLimited, RateLimits
from serving.auth.tokens import (
    Authenticated,
    Authenticator,
    Caller,
    Forbidden,
    IssuerUnavailable,
    Unauthenticated,
)
from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import RequestRejected, rejection
from serving.http.cors import Origins
from serving.settings.settings import Settings

REALM = 'Bearer realm="attache"'


class Admission:
    """Checks each request before its body is read."""

    def __init__(self, settings: Settings, authenticator: Authenticator, rates: RateLimits) -> None:
        self._running = RunningOperations(settings.operations_per_caller)
        self._origins = Origins(settings)
        self._authenticator = authenticator
        self._rates = rates
        self._token_advice = _token_advice(settings) if settings.uses_sandbox else ""

    async def admit(self, request: Request) -> Caller:
        """The caller. Raises RequestRejected if a check fails."""
        await self.admit_connection(request)
        caller = (await self.authenticate(request.headers.get("authorization"))).caller
        await _within(self._rates.count_caller(caller))
        return caller

    async def admit_connection(self, connection: HTTPConnection) -> None:
        """Check the origin and the rate limit of the address. Raises RequestRejected if a check fails."""
        self._origins.check(connection)
        await _within(self._rates.count_address(_address(connection)))

    async def authenticate(self, authorization: str | None) -> Authenticated:
        """The caller with this Authorization header, and the expiry of its token. Raises RequestRejected."""
        try:
            return await self._authenticator.authenticate(authorization)
        except Unauthenticated as error:
            raise _unauthenticated(error, self._token_advice) from None
        except Forbidden as error:
            headers = {"WWW-Authenticate": f'{REALM}, error="insufficient_scope"'}
            raise rejection(str(error), code=ErrorCode.FORBIDDEN, status=403, headers=headers) from None
        except IssuerUnavailable:
            raise _issuer_unavailable() from None

    async def admit_more(self, request: HTTPConnection, caller: Caller, count: int) -> None:
        """Count further operations of an admitted request. Raises RequestRejected above a rate limit."""
        await _within(self._rates.count_address(_address(request), count))
        await _within(self._rates.count_caller(caller, count))

    def slots(self) -> CallerSlots:
        """The slots of one request for its caller's concurrent operations."""
        return CallerSlots(self._running)


def _token_advice(settings: Settings) -> str:
    """Advice for developers: how to create a token that this server accepts."""
    how, command = how_to_create(settings)
    return f" {how}: {command}" if command else f" {how}."


def _address(request: HTTPConnection) -> str | None:
    return request.client.host if request.client is not None else None


def _unauthenticated(error: Unauthenticated, advice: str) -> RequestRejected:
    challenge = f'{REALM}, error="invalid_token"' if error.presented else REALM
    message = "The token is not accepted." if error.presented else "Send a bearer token."
    headers = {"WWW-Authenticate": challenge}
    return rejection(message + advice, code=ErrorCode.UNAUTHENTICATED, status=401, headers=headers)


def _issuer_unavailable() -> RequestRejected:
    return rejection(
        "Tokens can't be verified at the moment. Try again later.",
        code=ErrorCode.UPSTREAM_UNAVAILABLE,
        status=503,
        headers={"Retry-After": "5"},
        reason="issuer_unavailable",
    )


async def _within(counting: Awaitable[None]) -> None:
    """Count requests. Raises RequestRejected above their rate limit."""
    try:
        await counting
    except RateLimited as limited:
        raise rejection(
            str(limited),
            code=ErrorCode.RATE_LIMITED,
            status=429,
            limit=limited.setting,
            retry_after=limited.retry_after,
        ) from None
