"""A subscription of Stripe Billing, and the payment method that pays it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from schema.context import link
from schema.node import Node
from schema.open_enum import UNKNOWN_VALUE, OpenEnum, enum_value
from schema.reading import View, computed, instant, member, stripe_type

if TYPE_CHECKING:
    from schema.payment_methods.payment_method import PaymentMethod


@strawberry.enum(description="The status of a subscription.")
class BillingSubscriptionStatus(OpenEnum):
    ACTIVE = enum_value("active", "Its invoices are paid.")
    CANCELED = enum_value("canceled", "It was canceled. This is final.")
    INCOMPLETE = enum_value("incomplete", "Its first payment has not succeeded yet.")
    INCOMPLETE_EXPIRED = enum_value("incomplete_expired", "Its first payment did not succeed in time. This is final.")
    PAST_DUE = enum_value("past_due", "The payment of its latest invoice failed or is missing.")
    PAUSED = enum_value(
        "paused", "Its trial ended without a payment method. It creates no invoices until it is resumed."
    )
    TRIALING = enum_value("trialing", "It is in its trial period.")
    UNPAID = enum_value("unpaid", "Stripe no longer tries to collect its open invoices.")
    UNKNOWN = UNKNOWN_VALUE


def _current_period_end(subscription: View) -> Any:
    """The end of the period that ends first. Stripe has one for each item."""
    items = subscription.json.get("items")
    entries = items.get("data") if isinstance(items, dict) else None
    ends = [entry.get("current_period_end") for entry in entries or () if isinstance(entry, dict)]
    return instant(min((end for end in ends if type(end) is int), default=None))


@stripe_type(
    "A subscription of Stripe Billing. The name distinguishes it from GraphQL's subscriptions. It names a payment "
    "method of its own, or inherits the customer's default."
)
class BillingSubscription(Node):
    status: BillingSubscriptionStatus = member("The status.")
    created: datetime = member("When the subscription was created.")
    current_period_end: datetime | None = computed(
        _current_period_end,
        "The end of the paid period, when the next invoice is due. If its items have different periods, the "
        "earliest end. Null if Stripe sends none.",
        needs=("items",),
    )
    cancel_at_period_end: bool = member("Whether the subscription ends with the current period.")
    description: str | None = member("The description for the customer. Null if there is none.")
    payment_method: Annotated[PaymentMethod, strawberry.lazy("schema.payment_methods.payment_method")] | None = link(
        lambda links: links.paying_method_of,
        "The payment method that its invoices are charged to: its own or, if it names none, the customer's "
        "default. Null if there is none, or if the customer pays each invoice on request (send_invoice).",
    )
