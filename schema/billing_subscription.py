"""A subscription of Stripe Billing, and the payment method that pays it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from schema.context import Info, resolved
from schema.node import Node
from schema.open_enum import OpenEnum, open_enum
from schema.reading import View, computed, instant, member, stripe_type

if TYPE_CHECKING:
    from schema.payment_methods.payment_method import PaymentMethod

    class BillingSubscriptionStatus(OpenEnum): ...

else:
    BillingSubscriptionStatus = open_enum(
        "BillingSubscriptionStatus",
        "The status of a subscription.",
        {
            "active": "Its invoices are paid.",
            "canceled": "It was canceled. This is final.",
            "incomplete": "Its first payment has not succeeded yet.",
            "incomplete_expired": "Its first payment did not succeed in time. This is final.",
            "past_due": "The payment of its latest invoice failed or is missing.",
            "paused": "Its trial ended without a payment method. It creates no invoices until it is resumed.",
            "trialing": "It is in its trial period.",
            "unpaid": "Stripe no longer tries to collect its open invoices.",
        },
    )


def _current_period_end(subscription: View) -> Any:
    """The end of the period that ends first. Stripe has one for each item."""
    items = subscription.json.get("items")
    entries = items.get("data") if isinstance(items, dict) else None
    ends = [entry.get("current_period_end") for entry in entries or () if isinstance(entry, dict)]
    return instant(min((end for end in ends if type(end) is int), default=None))


@stripe_type(
    description=(
        "A subscription of Stripe Billing. The name distinguishes it from GraphQL's subscriptions. It names a payment "
        "method of its own, or inherits the customer's default."
    )
)
class BillingSubscription(Node):
    status: BillingSubscriptionStatus = member(description="The status.")
    created: datetime = member(description="When the subscription was created.")
    current_period_end: datetime | None = computed(
        _current_period_end,
        needs=("items",),
        description=(
            "The end of the paid period, when the next invoice is due. If its items have different periods, the "
            "earliest end. Null if Stripe sends none."
        ),
    )
    cancel_at_period_end: bool = member(description="Whether the subscription ends with the current period.")
    description: str | None = member(description="The description for the customer. Null if there is none.")

    @strawberry.field(
        description=(
            "The payment method that its invoices are charged to: its own or, if it names none, the customer's "
            "default. Null if there is none, or if the customer pays each invoice on request (send_invoice)."
        )
    )
    def payment_method(
        self, info: Info
    ) -> Annotated[PaymentMethod, strawberry.lazy("schema.payment_methods.payment_method")] | None:
        return resolved(info.context.links.paying_method_of(self, info))
