"""Reads a subscription of Stripe Billing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resolvers.reads.lookahead import SubscriptionSelection
from schema.billing_subscription import BillingSubscription

if TYPE_CHECKING:
    from resolvers.context import RequestContext


async def retrieve_selected(
    context: RequestContext, id: str, selection: SubscriptionSelection
) -> BillingSubscription | None:
    """The subscription; None if there is none that the caller may access."""
    json = await context.subscriptions.load(id, selection.expand)
    return BillingSubscription(json) if json is not None else None
