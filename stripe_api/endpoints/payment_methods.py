"""The endpoints below /v1/payment_methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stripe_api import form
from stripe_api.errors import InvalidRequestError
from stripe_api.objects import Request, StripeList, StripeObject, StripeResponse

_ALL = "/v1/payment_methods"
_ONE = f"{_ALL}/{{payment_method}}"


class PaymentMethods:
    """One method per endpoint. Each raises StripeError; ids are Stripe's own."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def retrieve(self, id: str, *, expand: Sequence[str] = ()) -> StripeObject:
        """GET /v1/payment_methods/{id}. Raises InvalidRequestError, status 404, when there is none."""
        return await self._request("GET", _ONE, {"payment_method": id}, {"expand": expand})

    async def list(
        self,
        *,
        customer: str | None = None,
        customer_account: str | None = None,
        type: str | None = None,
        allow_redisplay: str | None = None,
        limit: int | None = None,
        starting_after: str | None = None,
        ending_before: str | None = None,
        expand: Sequence[str] = (),
    ) -> StripeList:
        """GET /v1/payment_methods. Newest first; `limit` 1 to 100, 10 when None. Empty without a customer."""
        return await self._request(
            "GET",
            _ALL,
            {},
            {
                "customer": customer,
                "customer_account": customer_account,
                "type": type,
                "allow_redisplay": allow_redisplay,
                "limit": limit,
                "starting_after": starting_after,
                "ending_before": ending_before,
                "expand": expand,
            },
        )

    async def update(
        self,
        id: str,
        params: Mapping[str, form.Value | None],
        *,
        expand: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> StripeResponse:
        """POST /v1/payment_methods/{id}. What is left out of `params` stays as it is, an empty string unsets.

        Raises InvalidRequestError when the id is unknown, the method is attached to nobody, or a value does not fit.
        """
        return await self._request(
            "POST", _ONE, {"payment_method": id}, {**params, "expand": expand}, idempotency_key=idempotency_key
        )

    async def read_via_update(
        self, id: str, *, expand: Sequence[str] = (), idempotency_key: str | None = None
    ) -> StripeResponse:
        """POST /v1/payment_methods/{id} with nothing to change: a read that its idempotency key repeats as it was.

        Raises InvalidRequestError when the id is unknown or the method is attached to nobody.
        """
        return await self._request(
            "POST", _ONE, {"payment_method": id}, {"expand": expand}, idempotency_key=idempotency_key
        )

    async def attach(
        self,
        id: str,
        *,
        customer: str | None = None,
        customer_account: str | None = None,
        expand: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> StripeResponse:
        """POST /v1/payment_methods/{id}/attach. Returns the payment_method; a test token's has an id of its own.

        Raises CardError when the issuer refuses, InvalidRequestError when either id is unknown or the method is
        attached to another customer or was detached before.
        """
        return await self._request(
            "POST",
            f"{_ONE}/attach",
            {"payment_method": id},
            {"customer": customer, "customer_account": customer_account, "expand": expand},
            idempotency_key=idempotency_key,
        )

    async def detach(self, id: str, *, expand: Sequence[str] = (), idempotency_key: str | None = None) -> StripeObject:
        """POST /v1/payment_methods/{id}/detach. Returns the payment_method with `customer` null. Final.

        Raises InvalidRequestError when the id is unknown or the method is attached to nobody. Where an answer was
        lost on the way and Stripe then says "not attached", without replaying, the try whose answer was lost counts
        as the one that did it: the method is read and returned, attached to nobody, as was asked.
        """
        try:
            return await self._request(
                "POST",
                f"{_ONE}/detach",
                {"payment_method": id},
                {"expand": expand},
                idempotency_key=idempotency_key,
            )
        except InvalidRequestError as error:
            if error.condition != "not_attached" or not error.after_lost_response or error.replayed:
                raise
            return await self.retrieve(id, expand=expand)
