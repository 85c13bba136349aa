"""A payment method: the heart of the schema."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, cast

import strawberry

from schema.billing_details import BillingDetails
from schema.card import Card
from schema.connection import AllowRedisplay
from schema.context import Info
from schema.hidden import metadata
from schema.label import label
from schema.node import Node
from schema.payment_method_type import PaymentMethodDetails, PaymentMethodType, details_of
from schema.reading import View, computed, member, stripe_type
from schema.scalars import JSON

if TYPE_CHECKING:
    from schema.customer import Customer


def _is_expired(payment_method: View) -> bool:
    card = payment_method.json.get("card")
    year, month = (card.get("exp_year"), card.get("exp_month")) if isinstance(card, dict) else (None, None)
    if type(year) is not int or type(month) is not int:
        return False
    now = datetime.now(UTC)
    return (year, month) < (now.year, now.month)


@stripe_type(
    description=(
        "A way to pay that a customer has saved, or may save: a card, a bank account, a wallet. "
        "Detached once, it can never be used or attached again."
    )
)
class PaymentMethod(Node):
    type: PaymentMethodType = member(description="What kind of method it is.")
    type_name: str = member(
        path=("type",), description="Stripe's own word for the type; tells what it is when type is UNKNOWN."
    )
    allow_redisplay: AllowRedisplay | None = member(description="Whether it may be shown again at a later checkout.")
    billing_details: BillingDetails = member(description="Who pays, as far as it was given.")
    card: Card | None = member(description="Set when type is CARD.")
    details: PaymentMethodDetails = computed(
        lambda payment_method: details_of(payment_method.json),
        description="What is particular to the type.",
    )
    created: datetime = member(description="When it was made.")
    customer_account: strawberry.ID | None = member(
        description="Id of the Account that represents the customer, where Accounts v2 is used. Null otherwise."
    )
    livemode: bool = member(description="Whether it is real; false in test mode and in the sandbox.")
    metadata: JSON = metadata("Strings that the Stripe account's owner keeps with it, by name.")
    display_label: str = computed(
        lambda payment_method: label(payment_method.json),
        description="Ready to show, for example: Visa •••• 4242",
    )
    is_expired: bool = computed(
        _is_expired,
        needs=("card",),
        description="Whether a card's expiry month is over (UTC); false for methods that don't expire.",
    )

    @strawberry.field(
        description=(
            "Who saved it. Null when it is attached to nobody, or when the customer is deleted, whatever is selected "
            "of it. { id } alone costs no further REST call."
        )
    )
    async def customer(self, info: Info) -> Annotated[Customer, strawberry.lazy("schema.customer")] | None:
        return await info.context.links.customer_of(self, info)

    @strawberry.field(description="Whether it is its customer's default; false when it is attached to nobody.")
    def is_default(self, info: Info) -> bool:
        # Known at once on most pages. Strawberry awaits it where it is not.
        return cast("bool", info.context.links.is_default(self))
