"""A mandate: a customer's agreement to debits from a bank account."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.context import link
from schema.node import Node
from schema.open_enum import UNKNOWN_VALUE, OpenEnum, enum_value
from schema.payment_methods.payment_method import PaymentMethod
from schema.reading import member, stripe_type


@strawberry.enum(description="The status of a mandate.")
class MandateStatus(OpenEnum):
    ACTIVE = enum_value("active", "Debits are allowed.")
    INACTIVE = enum_value(
        "inactive", "It was revoked, refused or used up. Debits fail: ask the customer for a new one."
    )
    PENDING = enum_value("pending", "It is not confirmed yet. Debits may fail.")
    UNKNOWN = UNKNOWN_VALUE


@strawberry.enum(description="The number of debits that a mandate allows.")
class MandateType(OpenEnum):
    MULTI_USE = enum_value("multi_use", "Any number of debits.")
    SINGLE_USE = enum_value("single_use", "One debit.")
    UNKNOWN = UNKNOWN_VALUE


@strawberry.enum(description="How the customer agreed to a mandate.")
class MandateAcceptance(OpenEnum):
    OFFLINE = enum_value("offline", "Outside of the internet, for example on paper.")
    ONLINE = enum_value("online", "On a website or in an app.")
    UNKNOWN = UNKNOWN_VALUE


@stripe_type("A customer's agreement to debits from a bank account. Its status tells why a debit stopped.")
class Mandate(Node):
    status: MandateStatus = member("The status.")
    type: MandateType = member("The number of debits that it allows.")
    accepted_at: datetime | None = member(
        "When the customer agreed. Null if Stripe sends none.", path=("customer_acceptance", "accepted_at")
    )
    acceptance: MandateAcceptance | None = member(
        "How the customer agreed. Null if Stripe sends none.", path=("customer_acceptance", "type")
    )
    payment_method: PaymentMethod | None = link(
        lambda links: links.payment_method_of,
        "The payment method that it allows debits from. Null if it no longer exists, or if the caller may not "
        "access it.",
    )
