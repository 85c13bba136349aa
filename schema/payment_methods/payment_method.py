"""A payment method."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from time import time
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.connection import AllowRedisplay
from schema.context import link
from schema.hidden_fields import metadata
from schema.node import Node
from schema.payment_methods.billing_details import BillingDetails
from schema.payment_methods.card import Card
from schema.payment_methods.display_label import label
from schema.payment_methods.payment_method_type import PaymentMethodDetails, PaymentMethodType, details_of
from schema.reading import View, computed, follows, member, stripe_type
from schema.scalars import JSON

if TYPE_CHECKING:
    from schema.billing_subscription import BillingSubscription
    from schema.customer import Customer

_DAY = 86_400


def _is_expired(payment_method: View) -> bool:
    card = payment_method.json.get("card")
    year, month = (card.get("exp_year"), card.get("exp_month")) if isinstance(card, dict) else (None, None)
    if type(year) is not int or type(month) is not int:
        return False
    return (year, month) < _month_of(int(time() // _DAY))


@lru_cache(maxsize=2)
def _month_of(day: int) -> tuple[int, int]:
    """The year and the month, in UTC, of a day since 1970."""
    found = datetime.fromtimestamp(day * _DAY, UTC)
    return found.year, found.month


@stripe_type(
    "A payment method: a card, a bank account, a digital wallet and so on. It is attached to a customer, or not "
    "attached yet. Once detached, it can't be used or attached again."
)
class PaymentMethod(Node):
    type: PaymentMethodType = member("The type of payment method.")
    type_name: str = member("Stripe's name for the type. Identifies the type if type is UNKNOWN.", path=("type",))
    allow_redisplay: AllowRedisplay | None = member(
        "Whether a later checkout may show the payment method again. Null if Stripe sends no value."
    )
    billing_details: BillingDetails = member("Billing details provided with the payment method.")
    card: Card | None = member("Set if type is CARD; null otherwise.")
    details: PaymentMethodDetails = computed(
        lambda payment_method: details_of(payment_method.json),
        "Details specific to the type: Card or another type with fields of its own, otherwise "
        "OtherPaymentMethodDetails.",
    )
    created: datetime = member("When the payment method was created.")
    customer_account: strawberry.ID | None = member(
        "Id of the Account that represents the customer, acct_… Null unless Accounts v2 is used."
    )
    livemode: bool = member("Whether the payment method exists in live mode. False in test mode and in the sandbox.")
    metadata: JSON = metadata("Key-value pairs of strings that the Stripe account's owner attached to it.")
    display_label: str = computed(
        lambda payment_method: label(payment_method.json),
        "A label for display, for example Visa •••• 4242. Never empty.",
    )
    is_expired: bool = computed(
        _is_expired,
        "Whether the card's expiry month has passed (UTC). False for payment methods that don't expire.",
        needs=("card",),
    )
    customer: Annotated[Customer, strawberry.lazy("schema.customer")] | None = link(
        lambda links: links.customer_of,
        "The customer that the payment method is attached to. Null if unattached, or if the customer is deleted. "
        "{ id } alone costs no further REST call.",
        metadata=follows("customer"),
    )
    is_default: bool = link(
        lambda links: links.is_default, "Whether this is the customer's default payment method. False if unattached."
    )
    subscriptions: list[Annotated[BillingSubscription, strawberry.lazy("schema.billing_subscription")]] = link(
        lambda links: links.subscriptions_of,
        "The subscriptions that it pays, newest first: those that name it and, if it is the customer's default, "
        "those that name no other. Those that were canceled or whose invoices are sent to the customer are not "
        "included. Costs one REST call for all payment methods of a customer.",
    )
