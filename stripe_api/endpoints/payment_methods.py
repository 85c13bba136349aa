"""The endpoints below /v1/payment_methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stripe_api import form
from stripe_api.errors import InvalidRequestError
from stripe_api.objects import Endpoints, Sending, StripeObject

_ALL = "/v1/payment_methods"
_ONE = f"{_ALL}/{{payment_method}}"


class PaymentMethods(Endpoints):
    """See `Endpoints`."""

    def retrieve(self, id: str, *, expand: Sequence[str] = ()) -> Sending:
        """GET /v1/payment_methods/{id}. Raises InvalidRequestError, status 404, if there is none."""
        return self._get(_ONE, {"payment_method": id}, {"expand": expand})

    def list(
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
    ) -> Sending:
        """GET /v1/payment_methods. Newest first. `limit` is 1 to 100; None means 10. Empty without a customer."""
        params = {
            "customer": customer,
            "customer_account": customer_account,
            "type": type,
            "allow_redisplay": allow_redisplay,
            "limit": limit,
            "starting_after": starting_after,
            "ending_before": ending_before,
            "expand": expand,
        }
        return self._get(_ALL, {}, params)

    def update(
        self,
        id: str,
        params: Mapping[str, form.Value | None],
        *,
        expand: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> Sending:
        """POST /v1/payment_methods/{id}. Omitted parameters stay unchanged. An empty string unsets a parameter.

        Raises InvalidRequestError if there is no such method, it is unattached, or Stripe does not accept a value.
        """
        return self._post(_ONE, {"payment_method": id}, {**params, "expand": expand}, idempotency_key)

    def read_via_update(self, id: str, *, expand: Sequence[str] = (), idempotency_key: str | None = None) -> Sending:
        """POST /v1/payment_methods/{id} without a change: a read whose response can be replayed by its key.

        Raises InvalidRequestError if there is no such method, or it is unattached.
        """
        return self._post(_ONE, {"payment_method": id}, {"expand": expand}, idempotency_key)

    def attach(
        self,
        id: str,
        *,
        customer: str | None = None,
        customer_account: str | None = None,
        expand: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> Sending:
        """POST /v1/payment_methods/{id}/attach. Returns the payment method. For a test token, its id is new.

        Raises CardError if the issuer declines the card. Raises InvalidRequestError if there is no object with one of
        the ids, or the method is attached to another customer or was detached before.
        """
        params = {"customer": customer, "customer_account": customer_account, "expand": expand}
        return self._post(f"{_ONE}/attach", {"payment_method": id}, params, idempotency_key)

    async def detach(self, id: str, *, expand: Sequence[str] = (), idempotency_key: str | None = None) -> StripeObject:
        """POST /v1/payment_methods/{id}/detach. Returns the payment method with `customer` null. Permanent.

        Raises InvalidRequestError if there is no such method, or it is unattached. An exception: if an earlier attempt
        of this call lost its response, and Stripe then says "not attached" without a replay, that attempt detached the
        method. Then the method is read and returned.
        """
        try:
            return await self._post(f"{_ONE}/detach", {"payment_method": id}, {"expand": expand}, idempotency_key)
        except InvalidRequestError as error:
            if error.condition != "not_attached" or not error.after_lost_response or error.replayed:
                raise
            return await self.retrieve(id, expand=expand)
