"""The endpoints below /v1/payment_intents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stripe_api import form
from stripe_api.objects import Request, StripeObject

_ALL = "/v1/payment_intents"
_ONE = f"{_ALL}/{{payment_intent}}"


class PaymentIntents:
    """One method per endpoint. Each raises StripeError."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def create(
        self,
        params: Mapping[str, form.Value | None],
        *,
        expand: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> StripeObject:
        """POST /v1/payment_intents. With the parameter `confirm`, it pays, and raises the errors of `confirm` too."""
        return await self._request("POST", _ALL, {}, {**params, "expand": expand}, idempotency_key=idempotency_key)

    async def retrieve(self, id: str, *, expand: Sequence[str] = ()) -> StripeObject:
        """GET /v1/payment_intents/{id}. Raises InvalidRequestError, status 404, if there is none."""
        return await self._request("GET", _ONE, {"payment_intent": id}, {"expand": expand})

    async def confirm(
        self,
        id: str,
        *,
        payment_method: str | None = None,
        confirmation_token: str | None = None,
        return_url: str | None = None,
        mandate_data: form.Value | None = None,
        expand: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> StripeObject:
        """POST /v1/payment_intents/{id}/confirm. Afterwards it is paid or processing, or requires an action.

        Raises CardError if the issuer declines the card, and InvalidRequestError if its status does not allow this.
        """
        return await self._request(
            "POST",
            f"{_ONE}/confirm",
            {"payment_intent": id},
            {
                "payment_method": payment_method,
                "confirmation_token": confirmation_token,
                "return_url": return_url,
                "mandate_data": mandate_data,
                "expand": expand,
            },
            idempotency_key=idempotency_key,
        )

    async def cancel(self, id: str, *, expand: Sequence[str] = (), idempotency_key: str | None = None) -> StripeObject:
        """POST /v1/payment_intents/{id}/cancel. Raises InvalidRequestError if its status does not allow it."""
        return await self._request(
            "POST", f"{_ONE}/cancel", {"payment_intent": id}, {"expand": expand}, idempotency_key=idempotency_key
        )
