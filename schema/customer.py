"""A customer and the customer's payment methods."""

from __future__ import annotations

from datetime import datetime

import strawberry

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
from schema.context import Info, link
from schema.hidden_fields import metadata
from schema.list_size import PAGE_SIZE
from schema.node import Node
from schema.payment_methods.billing_details import Address
from schema.payment_methods.payment_method import PaymentMethod
from schema.reading import View, member, stripe_type
from schema.scalars import JSON


@stripe_type("Where and how goods are sent.")
class Shipping(View):
    address: Address | None = member("Postal address.")
    carrier: str | None = member("The delivery service, for example UPS.")
    name: str | None = member("Name of the recipient.")
    phone: str | None = member("Phone number of the recipient, including the extension.")
    tracking_number: str | None = member("The delivery service's number for the shipment.")


@stripe_type("A customer, to which payment methods are attached.")
class Customer(Node):
    name: str | None = member("Full name or business name.")
    email: str | None = member("Email address.")
    phone: str | None = member("Phone number.")
    description: str | None = member("A note that the Stripe account's owner keeps. Null if there is none.")
    address: Address | None = member("Postal address.")
    created: datetime = member("When the customer was created.")
    customer_account: strawberry.ID | None = member(
        "Id of the Account that represents the customer, acct_…, if Accounts v2 is used. Null otherwise."
    )
    currency: str | None = member(
        "Currency of the customer's recurring payments: three-letter ISO 4217 code in lower case. Null if there "
        "are none."
    )
    delinquent: bool | None = member(
        "Whether the latest event of the customer's invoices was a failed automatic payment or a missed due date."
    )
    preferred_locales: list[str] | None = member(
        "The customer's languages, the preferred one first, for example fr-CA."
    )
    shipping: Shipping | None = member("Where and how goods are sent. Null if there is none.")
    tax_exempt: str | None = member("Whether the customer pays taxes: none, exempt or reverse.")
    livemode: bool = member("Whether the customer exists in live mode. False in test mode and in the sandbox.")
    metadata: JSON = metadata("Key-value pairs of strings that the Stripe account's owner attached to it.")
    default_payment_method: PaymentMethod | None = link(
        lambda links: links.default_payment_method_of,
        "The payment method that invoices and subscriptions use: invoice_settings.default_payment_method. Null if "
        "none is set, or if it no longer exists.",
    )

    @strawberry.field(
        metadata=PAGE_SIZE.metadata,
        description=(
            "One page of the customer's payment methods, newest first: forward with first and after, backward with "
            "last and before."
        ),
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
