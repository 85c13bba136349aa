"""The mutations: field, description, resolver."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any

import strawberry

from resolvers import payment_method
from resolvers.errors import Refused, refusal
from resolvers.idempotency import client_key
from schema.payloads import AttachPaymentMethodPayload, DetachPaymentMethodPayload
from stripe_api import StripeError


def _mutation(resolve: Callable[..., Awaitable[Any]], payload: type[Any], *, description: str) -> Any:
    """A mutation field: gives the request its idempotency key, and turns a refusal into an entry of `errors`."""

    @functools.wraps(resolve)
    async def run(info: strawberry.Info[Any, None], input: Any) -> Any:
        try:
            input.idempotency_key = client_key(input.idempotency_key)
            return await resolve(info, input)
        except Refused as refused:
            return payload(errors=[refused.error])
        except StripeError as error:
            error.idempotency_key = input.idempotency_key
            refused_by_stripe = refusal(error)
            if refused_by_stripe is None:
                raise
            return payload(errors=[refused_by_stripe])

    return strawberry.mutation(resolver=run, description=description)


@strawberry.type(
    description="What can be changed. Fields are nullable: one that fails does not erase the answer of its neighbour."
)
class Mutation:
    attach_payment_method: AttachPaymentMethodPayload | None = _mutation(
        payment_method.attach,
        AttachPaymentMethodPayload,
        description=(
            "Saves a payment method in a customer's wallet: POST /v1/payment_methods/:id/attach. Stripe recommends "
            "to save by a SetupIntent instead, which also prepares the method for payments while nobody is there."
        ),
    )
    detach_payment_method: DetachPaymentMethodPayload | None = _mutation(
        payment_method.detach,
        DetachPaymentMethodPayload,
        description=(
            "Takes a payment method out of its wallet: POST /v1/payment_methods/:id/detach. "
            "Final: a detached method can't be attached again."
        ),
    )
