"""What stands before GraphQL: the origin of a page, the rate of an address, the caller, the rate of the caller."""

from __future__ import annotations

from starlette.requests import Request

from serving.auth.caller_limits import Place, RunningOperations
from serving.auth.development_tokens import how_to_create
from serving.auth.rate_limits import RateLimited, RateLimits
from serving.auth.tokens import Authenticator, Caller, Forbidden, IssuerUnavailable, Unauthenticated
from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import NotExecuted, refused
from serving.http.cors import Origins
from serving.settings.settings import Settings

REALM = 'Bearer realm="attache"'


class Gate:
    """Lets requests in, one after the other of these questions answered."""

    def __init__(self, settings: Settings, authenticator: Authenticator, rates: RateLimits) -> None:
        self._running = RunningOperations(settings.operations_per_caller)
        self._origins = Origins(settings)
        self._authenticator = authenticator
        self._rates = rates
        self._token_advice = _token_advice(settings) if settings.uses_sandbox else ""

    async def admit(self, request: Request) -> Caller:
        """The caller. Raises NotExecuted with the HTTP status of what is missing."""
        self._origins.refuse_foreign_pages(request)
        try:
            await self._rates.count_address(_address(request))
            caller = await self._authenticator.caller(request.headers.get("authorization"))
            await self._rates.count_caller(caller)
        except RateLimited as limited:
            raise _too_many(limited) from None
        except Unauthenticated as unproven:
            challenge = f'{REALM}, error="invalid_token"' if unproven.presented else REALM
            message = "The token is not accepted." if unproven.presented else "Send a bearer token."
            headers = {"WWW-Authenticate": challenge}
            raise refused(
                message + self._token_advice, code=ErrorCode.UNAUTHENTICATED, status=401, headers=headers
            ) from None
        except Forbidden:
            message = "The token names no customer and is no service's."
            headers = {"WWW-Authenticate": f'{REALM}, error="insufficient_scope"'}
            raise refused(message, code=ErrorCode.FORBIDDEN, status=403, headers=headers) from None
        except IssuerUnavailable:
            message = "Tokens can't be verified for now; try again later."
            headers = {"Retry-After": "5"}
            raise refused(
                message, code=ErrorCode.UPSTREAM_UNAVAILABLE, status=503, headers=headers, reason="issuer_unavailable"
            ) from None
        return caller

    async def admit_more(self, request: Request, caller: Caller, count: int) -> None:
        """Count further operations of a request that was admitted. Raises NotExecuted."""
        try:
            await self._rates.count_address(_address(request), count)
            await self._rates.count_caller(caller, count)
        except RateLimited as limited:
            raise _too_many(limited) from None

    def place(self) -> Place:
        """Where a request takes its caller's places from, before its body is read."""
        return self._running.place()


def _token_advice(settings: Settings) -> str:
    """A sentence for developers who have created a token in another shell than the server's."""
    how, command = how_to_create(settings)
    return f" {how}: {command}" if command else f" {how}."


def _address(request: Request) -> str | None:
    return request.client.host if request.client is not None else None


def _too_many(limited: RateLimited) -> NotExecuted:
    return refused(
        str(limited),
        code=ErrorCode.RATE_LIMITED,
        status=429,
        headers={"Retry-After": str(limited.retry_after)},
        limit=limited.setting,
        retryAfter=limited.retry_after,
    )
