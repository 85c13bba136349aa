"""The endpoints below /v1/subscriptions that a wallet needs."""

from __future__ import annotations

from collections.abc import Sequence

from stripe_api.objects import Request, StripeList, StripeObject, StripeResponse

_ALL = "/v1/subscriptions"
_ONE = f"{_ALL}/{{subscription}}"


class Subscriptions:
    """One method per endpoint. Each raises StripeError."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def retrieve(self, id: str, *, expand: Sequence[str] = ()) -> StripeObject:
        """GET /v1/subscriptions/{id}. Raises InvalidRequestError, status 404, if there is none."""
        return await self._request("GET", _ONE, {"subscription": id}, {"expand": expand})

    async def list(
        self,
        *,
        customer: str | None = None,
        customer_account: str | None = None,
        limit: int = 100,
        starting_after: str | None = None,
        expand: Sequence[str] = (),
    ) -> StripeList:
        """GET /v1/subscriptions. All that are not canceled, newest first. `limit` is 1 to 100."""
        return await self._request(
            "GET",
            _ALL,
            {},
            {
                "customer": customer,
                "customer_account": customer_account,
                "limit": limit,
                "starting_after": starting_after,
                "expand": expand,
            },
        )

    async def set_default_payment_method(
        self, id: str, payment_method: str, *, idempotency_key: str | None = None
    ) -> StripeResponse:
        """POST /v1/subscriptions/{id} with default_payment_method, which pays its invoices from then on.

        Raises InvalidRequestError if there is no such subscription, its status does not allow the change, or the
        payment method is not attached to its customer.
        """
        params = {"default_payment_method": payment_method}
        return await self._request("POST", _ONE, {"subscription": id}, params, idempotency_key=idempotency_key)
