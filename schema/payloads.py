"""One input and one payload for each mutation."""

from __future__ import annotations

import strawberry

from schema.connection import PaymentMethodEdge
from schema.customer import Customer
from schema.errors import UserError
from schema.payment_method import PaymentMethod

_IDEMPOTENCY_KEY = (
    "Same key and same input: done once, answered alike, also after a lost answer. At most 255 characters; "
    "left out, the service makes one for this request."
)
_ERRORS = "Why it was refused; empty exactly when the mutation did what was asked."


@strawberry.input(description="Which method to attach, and to whom.")
class AttachPaymentMethodInput:
    payment_method_id: strawberry.ID = strawberry.field(
        description="Id of the method, pm_… A test token such as pm_card_visa makes a new method with an id of its own."
    )
    customer_id: strawberry.ID | None = strawberry.field(
        default=None,
        description=(
            "Whose wallet. The caller's own when this and customerAccountId are left out; "
            "only a service or the sandbox may name one."
        ),
    )
    customer_account_id: strawberry.ID | None = strawberry.field(
        default=None, description="In place of customerId: the Account that represents the customer, acct_…"
    )
    idempotency_key: str | None = strawberry.field(default=None, description=_IDEMPOTENCY_KEY)


@strawberry.input(description="Which method to detach.")
class DetachPaymentMethodInput:
    payment_method_id: strawberry.ID = strawberry.field(description="Id of the method, pm_…")
    idempotency_key: str | None = strawberry.field(default=None, description=_IDEMPOTENCY_KEY)


@strawberry.type(description="What became of an attach.")
class AttachPaymentMethodPayload:
    payment_method: PaymentMethod | None = strawberry.field(
        default=None, description="The method, now in the wallet. Null when it was refused."
    )
    payment_method_edge: PaymentMethodEdge | None = strawberry.field(
        default=None, description="The method's place in its customer's list, for a client's cache."
    )
    customer: Customer | None = strawberry.field(
        default=None, description="Whose wallet it is now in. { id } alone costs no further REST call."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description=_ERRORS)


@strawberry.type(description="What became of a detach.")
class DetachPaymentMethodPayload:
    payment_method: PaymentMethod | None = strawberry.field(
        default=None, description="The method, with customer null from now on. Null when it was refused."
    )
    detached_payment_method_id: strawberry.ID | None = strawberry.field(
        default=None, description="Id of the method, for a client's cache."
    )
    customer: Customer | None = strawberry.field(
        default=None, description="The wallet that it left. Selecting it costs further REST calls."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description=_ERRORS)
