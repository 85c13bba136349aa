"""A SetupIntent: the way that Stripe recommends to save a payment method."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import strawberry

from schema.context import Info
from schema.customer import Customer
from schema.node import Node
from schema.open_enum import OpenEnum, open_enum
from schema.payment_method import PaymentMethod
from schema.reading import member, stripe_type
from schema.scalars import JSON
from schema.setup_error import SetupError

if TYPE_CHECKING:

    class SetupIntentStatus(OpenEnum): ...

else:
    SetupIntentStatus = open_enum(
        "SetupIntentStatus",
        "How far a SetupIntent is.",
        {
            "canceled": "Given up. A new one is needed.",
            "processing": "The bank is at work; ask again later.",
            "requires_action": "The customer must do something, for example 3-D Secure; nextAction tells what.",
            "requires_confirmation": "It has a payment method, and waits to be confirmed.",
            "requires_payment_method": "It waits for a payment method, or for another after a refusal.",
            "succeeded": "Done: the payment method is saved.",
        },
    )


@strawberry.enum(description="What a saved method will be used for; it decides what the bank is asked now.")
class SetupIntentUsage(OpenEnum):
    OFF_SESSION = strawberry.enum_value("off_session", description="For payments while the customer is not there too.")
    ON_SESSION = strawberry.enum_value("on_session", description="Only for payments while the customer is there.")
    UNKNOWN = strawberry.enum_value("unknown", description="A word of Stripe's that this schema does not know yet.")


@stripe_type(
    description=(
        "One attempt to save a payment method, with all that its bank asks for on the way. The service makes it, the "
        "customer's own device confirms it with clientSecret, and on success the method is in the wallet by itself."
    )
)
class SetupIntent(Node):
    client_secret: str | None = member(
        description="For the paying customer's own device alone, which confirms with it. Never log or store it."
    )
    created: datetime = member(description="When it was made.")
    livemode: bool = member(description="Whether it is real; false in test mode and in the sandbox.")
    status: SetupIntentStatus = member(description="How far it is.")
    usage: SetupIntentUsage = member(description="What the method will be used for.")
    last_setup_error: SetupError | None = member(description="Why the last attempt failed. Null if none failed.")
    next_action: JSON | None = member(
        description="What the customer must do, in Stripe's own shape, for Stripe's libraries. Null when nothing."
    )

    @strawberry.field(
        description="Whose wallet the method goes to. Null when it goes to none, or when the customer is deleted."
    )
    async def customer(self, info: Info) -> Customer | None:
        return await info.context.links.customer_of(self, info)

    @strawberry.field(description="The method that is being saved. Null until there is one, and when it is gone.")
    async def payment_method(self, info: Info) -> PaymentMethod | None:
        return await info.context.links.payment_method_of(self, info)
