"""The endpoints below /v1/subscriptions that a wallet needs."""

from __future__ import annotations

from collections.abc import Sequence

from stripe_api.objects import Endpoints, Sending

_ALL = "/v1/subscriptions"
_ONE = f"{_ALL}/{{subscription}}"


class Subscriptions(Endpoints):
    """See `Endpoints`."""

    def retrieve(self, id: str, *, expand: Sequence[str] = ()) -> Sending:
        """GET /v1/subscriptions/{id}. Raises InvalidRequestError, status 404, if there is none."""
        return self._get(_ONE, {"subscription": id}, {"expand": expand})

    def list(
        self,
        *,
        customer: str | None = None,
        customer_account: str | None = None,
        limit: int = 100,
        starting_after: str | None = None,
        expand: Sequence[str] = (),
    ) -> Sending:
        """GET /v1/subscriptions. All that are not canceled, newest first. `limit` is 1 to 100."""
        params = {
            "customer": customer,
            "customer_account": customer_account,
            "limit": limit,
            "starting_after": starting_after,
            "expand": expand,
        }
        return self._get(_ALL, {}, params)

    def set_default_payment_method(
        self, id: str, payment_method: str, *, idempotency_key: str | None = None
    ) -> Sending:
        """POST /v1/subscriptions/{id} with default_payment_method, which pays its invoices from then on.

        Raises InvalidRequestError if there is no such subscription, its status does not allow the change, or the
        payment method is not attached to its customer.
        """
        params = {"default_payment_method": payment_method}
        return self._post(_ONE, {"subscription": id}, params, idempotency_key)
