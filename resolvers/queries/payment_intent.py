"""Reads a PaymentIntent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers.reads.lookahead import PaymentIntentSelection
from schema.payment_intents.payment_intent import PaymentIntent
from stripe_api import StripeObject

if TYPE_CHECKING:
    from resolvers.context import RequestContext


async def retrieve(
    info: strawberry.Info[Any, None],
    id: Annotated[strawberry.ID, strawberry.argument(description="Id of the PaymentIntent, pi_…")],
) -> PaymentIntent | None:
    """The PaymentIntent, or None if it does not exist or the caller may not access it."""
    context: RequestContext = info.context
    json = await context.payment_intents.load(id, PaymentIntentSelection.of(info).expand)
    return from_json(context, json) if json is not None else None


def from_json(context: RequestContext, json: StripeObject) -> PaymentIntent:
    """The PaymentIntent. Its customer is kept, so that a link from its payment method costs no REST call."""
    context.prime_customer(json.get("customer"))
    return PaymentIntent(json)
