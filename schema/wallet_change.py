"""A change of a wallet, as subscribers receive it."""

from __future__ import annotations

import enum
from datetime import datetime

import strawberry

from schema.context import link
from schema.customer import Customer
from schema.open_enum import enum_value
from schema.payment_methods.payment_method import PaymentMethod


@strawberry.enum(description="The kind of a change of a wallet. New values may be added.")
class WalletChangeKind(enum.Enum):
    PAYMENT_METHOD_ATTACHED = enum_value("PAYMENT_METHOD_ATTACHED", "A payment method was attached to the customer.")
    PAYMENT_METHOD_DETACHED = enum_value("PAYMENT_METHOD_DETACHED", "A payment method was detached from the customer.")
    PAYMENT_METHOD_UPDATED = enum_value(
        "PAYMENT_METHOD_UPDATED", "A payment method was updated, for example its billing details."
    )
    PAYMENT_METHOD_AUTOMATICALLY_UPDATED = enum_value(
        "PAYMENT_METHOD_AUTOMATICALLY_UPDATED",
        "The card network sent new details of a card, for example a new number or expiry.",
    )
    DEFAULT_CHANGED = enum_value("DEFAULT_CHANGED", "The customer's default payment method changed.")
    CUSTOMER_UPDATED = enum_value("CUSTOMER_UPDATED", "Another field of the customer changed.")
    CUSTOMER_DELETED = enum_value("CUSTOMER_DELETED", "The customer was deleted, with all of its payment methods.")
    RESYNC = enum_value("RESYNC", "Changes may have been missed: read the wallet again. Later changes follow.")
    UNKNOWN = enum_value("UNKNOWN", "A change of a kind that was added after this version of the schema.")


@strawberry.type(
    description=(
        "One change of a wallet. Its objects are read when the change is sent, with the rights of the subscriber, so "
        "they may already include later changes."
    )
)
class WalletChange:
    id: strawberry.ID = strawberry.field(
        description=(
            "Position of the change in the stream of all changes. To resume after this change, send it as the header "
            "Last-Event-ID, as extensions.after of the operation, or as after in the payload of connection_init."
        )
    )
    kind: WalletChangeKind = strawberry.field(description="The kind of the change.")
    occurred_at: datetime = strawberry.field(
        description="When it happened, to the second. For display only: it does not order changes."
    )
    payment_method_id: strawberry.ID | None = strawberry.field(
        description="Id of the payment method that changed. Null if no single payment method did."
    )
    customer_id: strawberry.Private[str | None]

    @property
    def is_resync(self) -> bool:
        """Whether changes may have been missed."""
        return self.kind is WalletChangeKind.RESYNC

    payment_method: PaymentMethod | None = link(
        lambda links: links.changed_payment_method,
        "The payment method that changed. Null if no single payment method did, if it no longer exists, or if the "
        "caller may not access it, for example after it was detached from the caller's wallet.",
    )
    customer: Customer | None = link(
        lambda links: links.changed_customer,
        "The customer whose wallet changed. Null if it was deleted, or if the wallet is that of an Account.",
    )
