"""Reads a SetupIntent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers.reads.lookahead import SetupIntentSelection
from schema.setup_intents.setup_intent import SetupIntent
from stripe_api import StripeObject

if TYPE_CHECKING:
    from resolvers.context import RequestContext


async def retrieve(
    info: strawberry.Info[Any, None],
    id: Annotated[strawberry.ID, strawberry.argument(description="Id of the SetupIntent, seti_…")],
) -> SetupIntent | None:
    """The SetupIntent, or None if it does not exist or the caller may not access it."""
    context: RequestContext = info.context
    json = await context.setup_intents.load(id, SetupIntentSelection.of(info).expand)
    return from_json(context, json) if json is not None else None


def from_json(context: RequestContext, json: StripeObject) -> SetupIntent:
    """The SetupIntent. Its customer is kept, so that a link from its payment method costs no REST call."""
    context.prime_customer(json.get("customer"))
    return SetupIntent(json)
