"""A mandate: a customer's agreement to debits from a bank account."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import strawberry

from schema.context import Info, resolved
from schema.node import Node
from schema.open_enum import OpenEnum, open_enum
from schema.payment_methods.payment_method import PaymentMethod
from schema.reading import member, stripe_type

if TYPE_CHECKING:

    class MandateStatus(OpenEnum): ...

    class MandateType(OpenEnum): ...

    class MandateAcceptance(OpenEnum): ...

else:
    MandateStatus = open_enum(
        "MandateStatus",
        "The status of a mandate.",
        {
            "active": "Debits are allowed.",
            "inactive": "It was revoked, refused or used up. Debits fail: ask the customer for a new one.",
            "pending": "It is not confirmed yet. Debits may fail.",
        },
    )
    MandateType = open_enum(
        "MandateType",
        "The number of debits that a mandate allows.",
        {"multi_use": "Any number of debits.", "single_use": "One debit."},
    )
    MandateAcceptance = open_enum(
        "MandateAcceptance",
        "How the customer agreed to a mandate.",
        {"offline": "Outside of the internet, for example on paper.", "online": "On a website or in an app."},
    )


@stripe_type(description="A customer's agreement to debits from a bank account. Its status tells why a debit stopped.")
class Mandate(Node):
    status: MandateStatus = member(description="The status.")
    type: MandateType = member(description="The number of debits that it allows.")
    accepted_at: datetime | None = member(
        path=("customer_acceptance", "accepted_at"),
        description="When the customer agreed. Null if Stripe sends none.",
    )
    acceptance: MandateAcceptance | None = member(
        path=("customer_acceptance", "type"),
        description="How the customer agreed. Null if Stripe sends none.",
    )

    @strawberry.field(
        description=(
            "The payment method that it allows debits from. Null if it no longer exists, or if the caller may not "
            "access it."
        )
    )
    def payment_method(self, info: Info) -> PaymentMethod | None:
        return resolved(info.context.links.payment_method_of(self, info))
