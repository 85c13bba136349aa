"""The endpoints below /v1/customers."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from stripe_api.errors import InvalidRequestError
from stripe_api.objects import Endpoints, Sending, StripeObject

_ONE = "/v1/customers/{customer}"
_PAYMENT_METHODS = f"{_ONE}/payment_methods"


class Customers(Endpoints):
    """See `Endpoints`."""

    def retrieve(self, id: str, *, expand: Sequence[str] = ()) -> Sending:
        """GET /v1/customers/{id}. A deleted customer is returned as `{id, object, deleted: true}`."""
        return self._get(_ONE, {"customer": id}, {"expand": expand})

    def set_default_payment_method(
        self,
        id: str,
        payment_method: str | None,
        *,
        expand: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> Sending:
        """POST /v1/customers/{id} with invoice_settings.default_payment_method. None unsets it.

        Raises InvalidRequestError if there is no such customer, or the payment method is not attached to it.
        """
        settings = {"default_payment_method": payment_method or ""}
        return self._post(_ONE, {"customer": id}, {"invoice_settings": settings, "expand": expand}, idempotency_key)

    def read_via_update(self, id: str, *, expand: Sequence[str] = (), idempotency_key: str | None = None) -> Sending:
        """POST /v1/customers/{id} without a change: a read whose response can be replayed by its idempotency key."""
        return self._post(_ONE, {"customer": id}, {"expand": expand}, idempotency_key)

    async def refuse_used_key(self, id: str, *, idempotency_key: str) -> None:
        """Raises IdempotencyError if any other request has used the key. Changes nothing.

        The request has the parameter `customer`, which Stripe does not accept. So Stripe always rejects the request:
        because of the key if it was used, otherwise because of the parameter. Stripe does not store the key then.
        """
        with contextlib.suppress(InvalidRequestError):
            await self._post(_ONE, {"customer": id}, {"customer": id}, idempotency_key)

    def list_payment_methods(
        self,
        id: str,
        *,
        type: str | None = None,
        allow_redisplay: str | None = None,
        limit: int | None = None,
        starting_after: str | None = None,
        ending_before: str | None = None,
        expand: Sequence[str] = (),
    ) -> Sending:
        """GET /v1/customers/{id}/payment_methods. Newest first. `limit` is 1 to 100; None means 10."""
        params = {
            "type": type,
            "allow_redisplay": allow_redisplay,
            "limit": limit,
            "starting_after": starting_after,
            "ending_before": ending_before,
            "expand": expand,
        }
        return self._get(_PAYMENT_METHODS, {"customer": id}, params)

    async def retrieve_payment_method(
        self, id: str, payment_method: str, *, expand: Sequence[str] = ()
    ) -> StripeObject:
        """GET /v1/customers/{id}/payment_methods/{payment_method}.

        Raises InvalidRequestError, status 404, both for a missing method and for another customer's. Stripe's `param`
        differs between the two; here it is always payment_method.
        """
        ids = {"customer": id, "payment_method": payment_method}
        try:
            return await self._get(f"{_PAYMENT_METHODS}/{{payment_method}}", ids, {"expand": expand})
        except InvalidRequestError as error:
            raise error.with_param("payment_method") from error
