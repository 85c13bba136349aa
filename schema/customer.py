"""A customer and their wallet."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.billing_details import Address
from schema.connection import (
    After,
    AllowRedisplayFilter,
    Before,
    First,
    Last,
    PageArguments,
    PaymentMethodConnection,
    TypeFilter,
)
from schema.context import Info
from schema.hidden import metadata
from schema.node import Node
from schema.payment_method import PaymentMethod
from schema.reading import member, stripe_type
from schema.scalars import JSON


@stripe_type(description="Somebody who pays, and whose payment methods are saved: the owner of a wallet.")
class Customer(Node):
    name: str | None = member(description="Full name or business name.")
    email: str | None = member(description="E-mail address.")
    phone: str | None = member(description="Telephone number.")
    description: str | None = member(description="A note of the Stripe account's owner.")
    address: Address | None = member(description="Postal address.")
    created: datetime = member(description="When the customer was made.")
    currency: str | None = member(
        description="Currency of the customer's recurring payments, as three letters of ISO 4217 in lower case."
    )
    livemode: bool = member(description="Whether it is real; false in test mode and in the sandbox.")
    metadata: JSON = metadata("Strings that the Stripe account's owner keeps with it, by name.")

    @strawberry.field(
        description=(
            "What invoices and subscriptions use: invoice_settings.default_payment_method. Null when none is, or when "
            "it is gone, whatever is selected of it."
        )
    )
    async def default_payment_method(self, info: Info) -> PaymentMethod | None:
        return await info.context.links.default_payment_method_of(self, info)

    @strawberry.field(
        description=(
            "The wallet, newest first, one page at a time: forward with first and after, backward with last and "
            "before. 0 to 100 at once, 10 when neither first nor last is given."
        )
    )
    async def payment_methods(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        type: TypeFilter = None,
        allow_redisplay: AllowRedisplayFilter = None,
    ) -> PaymentMethodConnection:
        page = PageArguments(first, after, last, before, type, allow_redisplay)
        return await info.context.links.payment_methods_of(self, page, info)
