"""The endpoints that SetupIntents and PaymentIntents have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from stripe_api import form
from stripe_api.objects import Endpoints, Sending


class Intents(Endpoints):
    """The endpoints of one of the two types. `object` is Stripe's name of the type."""

    _object: ClassVar[str]
    _all: ClassVar[str]
    _one: ClassVar[str]

    def __init_subclass__(cls, *, object: str) -> None:
        cls._object = object
        cls._all = f"/v1/{object}s"
        cls._one = f"{cls._all}/{{{object}}}"

    def create(
        self,
        params: Mapping[str, form.Value | None],
        *,
        expand: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> Sending:
        """POST. With the parameter `confirm`, it raises the errors of `confirm` too; a PaymentIntent then pays."""
        return self._post(self._all, {}, {**params, "expand": expand}, idempotency_key)

    def retrieve(self, id: str, *, expand: Sequence[str] = ()) -> Sending:
        """GET /{id}. Raises InvalidRequestError, status 404, if there is none."""
        return self._get(self._one, {self._object: id}, {"expand": expand})

    def confirm(
        self,
        id: str,
        *,
        payment_method: str | None = None,
        confirmation_token: str | None = None,
        return_url: str | None = None,
        mandate_data: form.Value | None = None,
        expand: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> Sending:
        """POST /{id}/confirm. Afterwards it has succeeded or is processing, or requires an action of the customer.

        Raises CardError if the issuer declines the card, and InvalidRequestError if its status does not allow this.
        """
        params = {
            "payment_method": payment_method,
            "confirmation_token": confirmation_token,
            "return_url": return_url,
            "mandate_data": mandate_data,
            "expand": expand,
        }
        return self._post(f"{self._one}/confirm", {self._object: id}, params, idempotency_key)

    def cancel(
        self,
        id: str,
        *,
        cancellation_reason: str | None = None,
        expand: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> Sending:
        """POST /{id}/cancel. Raises InvalidRequestError if its status does not allow it."""
        params = {"cancellation_reason": cancellation_reason, "expand": expand}
        return self._post(f"{self._one}/cancel", {self._object: id}, params, idempotency_key)
