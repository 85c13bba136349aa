"""The endpoints below /v1/setup_intents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stripe_api import form
from stripe_api.objects import Request, StripeObject

_ALL = "/v1/setup_intents"
_ONE = f"{_ALL}/{{setup_intent}}"


class SetupIntents:
    """One method per endpoint. Each raises StripeError; ids are Stripe's own."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def create(
        self,
        params: Mapping[str, form.Value | None],
        *,
        expand: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> StripeObject:
        """POST /v1/setup_intents. With `confirm` it is confirmed at once, and may raise what `confirm` raises."""
        return await self._request("POST", _ALL, {}, {**params, "expand": expand}, idempotency_key=idempotency_key)

    async def retrieve(self, id: str, *, expand: Sequence[str] = ()) -> StripeObject:
        """GET /v1/setup_intents/{id}. Raises InvalidRequestError, status 404, when there is none."""
        return await self._request("GET", _ONE, {"setup_intent": id}, {"expand": expand})

    async def confirm(
        self,
        id: str,
        *,
        payment_method: str | None = None,
        return_url: str | None = None,
        expand: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> StripeObject:
        """POST /v1/setup_intents/{id}/confirm. It may then succeed, or require an action of the customer's.

        Raises CardError when the issuer refuses, InvalidRequestError when it is past this step.
        """
        return await self._request(
            "POST",
            f"{_ONE}/confirm",
            {"setup_intent": id},
            {"payment_method": payment_method, "return_url": return_url, "expand": expand},
            idempotency_key=idempotency_key,
        )

    async def cancel(self, id: str, *, expand: Sequence[str] = (), idempotency_key: str | None = None) -> StripeObject:
        """POST /v1/setup_intents/{id}/cancel. Raises InvalidRequestError when it is past being canceled."""
        return await self._request(
            "POST", f"{_ONE}/cancel", {"setup_intent": id}, {"expand": expand}, idempotency_key=idempotency_key
        )
