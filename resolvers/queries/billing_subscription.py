"""Reads a subscription of Stripe Billing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from resolvers.reads.lookahead import SubscriptionSelection
from schema.billing_subscription import BillingSubscription

if TYPE_CHECKING:
    from resolvers.context import RequestContext


async def retrieve(info: strawberry.Info[Any, None], id: str) -> BillingSubscription | None:
    """The subscription, or None if it does not exist or the caller may not access it."""
    context: RequestContext = info.context
    json = await context.subscriptions.load(id, SubscriptionSelection.of(info).expand)
    return BillingSubscription(json) if json is not None else None
