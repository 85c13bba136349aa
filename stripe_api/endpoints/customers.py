"""The endpoints below /v1/customers."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from stripe_api.errors import InvalidRequestError
from stripe_api.objects import Request, StripeList, StripeObject, StripeResponse

_ONE = "/v1/customers/{customer}"
_PAYMENT_METHODS = f"{_ONE}/payment_methods"


class Customers:
    """One method per endpoint. Each raises StripeError; ids are Stripe's own."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def retrieve(self, id: str, *, expand: Sequence[str] = ()) -> StripeObject:
        """GET /v1/customers/{id}. A deleted customer comes back as `{id, object, deleted: true}`."""
        return await self._request("GET", _ONE, {"customer": id}, {"expand": expand})

    async def set_default_payment_method(
        self,
        id: str,
        payment_method: str | None,
        *,
        expand: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> StripeResponse:
        """POST /v1/customers/{id} with invoice_settings.default_payment_method; None unsets it.

        Raises InvalidRequestError when the customer is unknown or the method is not attached to it.
        """
        return await self._request(
            "POST",
            _ONE,
            {"customer": id},
            {"invoice_settings": {"default_payment_method": payment_method or ""}, "expand": expand},
            idempotency_key=idempotency_key,
        )

    async def read_via_update(
        self, id: str, *, expand: Sequence[str] = (), idempotency_key: str | None = None
    ) -> StripeResponse:
        """POST /v1/customers/{id} with nothing to change: a read that its idempotency key repeats as it was."""
        return await self._request("POST", _ONE, {"customer": id}, {"expand": expand}, idempotency_key=idempotency_key)

    async def refuse_used_key(self, id: str, *, idempotency_key: str) -> None:
        """Raises IdempotencyError when the key was used before, for whatever other request. Nothing changes.

        The request has a parameter that Stripe doesn't take, `customer`, so that it is refused in any case: because
        of the key when it was used, because of the parameter when it was not. Stripe then doesn't store the key.
        """
        with contextlib.suppress(InvalidRequestError):
            await self._request("POST", _ONE, {"customer": id}, {"customer": id}, idempotency_key=idempotency_key)

    async def list_payment_methods(
        self,
        id: str,
        *,
        type: str | None = None,
        allow_redisplay: str | None = None,
        limit: int | None = None,
        starting_after: str | None = None,
        ending_before: str | None = None,
        expand: Sequence[str] = (),
    ) -> StripeList:
        """GET /v1/customers/{id}/payment_methods. Newest first; `limit` 1 to 100, 10 when None."""
        return await self._request(
            "GET",
            _PAYMENT_METHODS,
            {"customer": id},
            {
                "type": type,
                "allow_redisplay": allow_redisplay,
                "limit": limit,
                "starting_after": starting_after,
                "ending_before": ending_before,
                "expand": expand,
            },
        )

    async def retrieve_payment_method(
        self, id: str, payment_method: str, *, expand: Sequence[str] = ()
    ) -> StripeObject:
        """GET /v1/customers/{id}/payment_methods/{payment_method}.

        Raises InvalidRequestError, status 404, for another customer's method as for none. Stripe names another
        parameter for each of the two; here it is payment_method for both.
        """
        ids = {"customer": id, "payment_method": payment_method}
        try:
            return await self._request("GET", f"{_PAYMENT_METHODS}/{{payment_method}}", ids, {"expand": expand})
        except InvalidRequestError as error:
            error.param = "payment_method"
            raise
