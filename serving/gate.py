"""What stands before GraphQL: the origin of a page, the rate of an address, the caller, the rate of the caller."""

from __future__ import annotations

from starlette.requests import Request

from serving.auth import Authenticator, Caller, Forbidden, IssuerUnavailable, Unauthenticated
from serving.origins import refuse_foreign_pages
from serving.rate_limits import RateLimited, RateLimits
from serving.refusals import refused
from serving.settings import Settings

REALM = 'Bearer realm="attache"'


class Gate:
    """Lets requests in, one after the other of these questions answered."""

    def __init__(self, settings: Settings, authenticator: Authenticator, rates: RateLimits) -> None:
        self._settings = settings
        self._authenticator = authenticator
        self._rates = rates

    async def admit(self, request: Request) -> Caller:
        """The caller. Raises NotExecuted with the HTTP status of what is missing."""
        refuse_foreign_pages(request, self._settings)
        try:
            await self._rates.count_address(request.client.host if request.client is not None else None)
            caller = await self._authenticator.caller(request.headers.get("authorization"))
            await self._rates.count_caller(caller.identity)
        except RateLimited as limited:
            headers = {"Retry-After": str(limited.retry_after)}
            reason = f"rate_limit_{limited.of}"
            raise refused(
                "Too many requests.", code="RATE_LIMITED", status=429, headers=headers, reason=reason
            ) from None
        except Unauthenticated as unproven:
            challenge = f'{REALM}, error="invalid_token"' if unproven.presented else REALM
            message = "The token is not accepted." if unproven.presented else "Send a bearer token."
            headers = {"WWW-Authenticate": challenge}
            raise refused(message, code="UNAUTHENTICATED", status=401, headers=headers) from None
        except Forbidden:
            message = "The token names no customer and is no service's."
            headers = {"WWW-Authenticate": f'{REALM}, error="insufficient_scope"'}
            raise refused(message, code="FORBIDDEN", status=403, headers=headers) from None
        except IssuerUnavailable:
            message = "Tokens can't be verified for now; try again later."
            raise refused(message, code="UPSTREAM_UNAVAILABLE", status=503, headers={"Retry-After": "5"}) from None
        return caller
