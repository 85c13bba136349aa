"""The payload of a mutation that saves a payment method, and what is selected of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import strawberry

from resolvers.reads.lookahead import CustomerSelection, EdgeSelection, PaymentMethodSelection
from resolvers.reads.selection import Below, Selection
from resolvers.saving import subscription_moves
from resolvers.writes import shared_fields
from resolvers.writes.payload_customer import payload_customer
from schema.billing_subscription import BillingSubscription
from schema.connection import PaymentMethodEdge
from schema.customer import Customer
from schema.errors import UserError
from schema.payment_methods.payment_method import PaymentMethod
from stripe_api import StripeObject

if TYPE_CHECKING:
    from resolvers.context import RequestContext


class Saved(msgspec.Struct, frozen=True, eq=False):
    """The payment method in the wallet after all steps. `reused`: the customer already had it."""

    method: StripeObject
    reused: bool = False
    subscriptions: list[BillingSubscription] = msgspec.field(default_factory=list)
    errors: list[UserError] = msgspec.field(default_factory=list)


@strawberry.type
class SavedPayload:
    """The fields that the payloads have in common."""

    payment_method: PaymentMethod | None = shared_fields.result("The payment method in the wallet.")
    payment_method_edge: PaymentMethodEdge | None = shared_fields.result(
        "The same payment method as an edge of the customer's list, for a client's cache."
    )
    customer: Customer | None = shared_fields.result("The customer whose wallet has the payment method.")
    reused_existing: bool = strawberry.field(
        default=False,
        description="Whether paymentMethod is one that the customer already had, because of REUSE_EXISTING.",
    )
    moved_subscriptions: list[BillingSubscription] = subscription_moves.payload_field()
    errors: list[UserError] = shared_fields.errors()


P = TypeVar("P", bound=SavedPayload)


class SavedSelection(Selection, of=SavedPayload):
    payment_method = Below(lambda: PaymentMethodSelection)
    payment_method_edge = Below(lambda: EdgeSelection)
    customer = Below(lambda: CustomerSelection)

    @property
    def methods(self) -> Sequence[PaymentMethodSelection]:
        """Every place in the payload that has the customer's payment method."""
        return [self.payment_method, self.payment_method_edge.node]

    @property
    def customers(self) -> Sequence[CustomerSelection]:
        """Every place in the payload that has the customer."""
        return [self.customer, *(method.customer for method in self.methods)]


async def filled(payload: P, context: RequestContext, saved: Saved, customer: Any, selection: CustomerSelection) -> P:
    """The payload with what was saved. `customer` is the reference to the customer."""
    return dataclasses.replace(
        payload,
        payment_method=PaymentMethod(saved.method),
        payment_method_edge=PaymentMethodEdge(saved.method, context.cursor_of),
        customer=await payload_customer(context, customer, selection),
        reused_existing=saved.reused,
        moved_subscriptions=saved.subscriptions,
        errors=saved.errors,
    )
