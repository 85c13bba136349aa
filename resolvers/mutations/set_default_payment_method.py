"""setDefaultPaymentMethod: sets or clears a customer's default."""

from __future__ import annotations

import strawberry

from resolvers.errors.exceptions import invalid_input
from resolvers.reads.lookahead import CustomerSelection, PaymentMethodSelection
from resolvers.reads.selection import Below, Selection
from resolvers.writes import shared_fields, subscription_moves
from resolvers.writes.payload_customer import payload_customer
from resolvers.writes.previous_default import previous_default, read_before
from resolvers.writes.subscription_moves import Moved, SubscriptionsToMove, read_subscriptions
from resolvers.writes.write import Write, mutation
from schema.billing_subscription import BillingSubscription
from schema.customer import Customer
from schema.errors import DefaultNotSetError, SubscriptionsNotMovedError, UserError
from schema.payment_methods.payment_method import PaymentMethod
from stripe_api import StripeResponse


@strawberry.input(description="The payment method to use by default, and the customer.")
class SetDefaultPaymentMethodInput:
    payment_method_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description=(
            "Id of the payment method, pm_… The payment method must be attached to the customer. Null clears the "
            "default. Omitting it is an error, so that a missing variable never clears the default."
        ),
    )
    customer_id: strawberry.ID | None = shared_fields.customer_id()
    customer_account_id: strawberry.ID | None = shared_fields.customer_account_id()
    move_subscriptions: SubscriptionsToMove = subscription_moves.input_field()
    idempotency_key: str | None = shared_fields.idempotency_key()


@strawberry.type(description="The result of setting or clearing the default payment method.")
class SetDefaultPaymentMethodPayload:
    customer: Customer | None = shared_fields.result("The customer after the change.")
    previous_default: PaymentMethod | None = strawberry.field(
        default=None,
        description=(
            "The default before the change. Null if there was none, or if it no longer exists. Costs a REST call."
        ),
    )
    moved_subscriptions: list[BillingSubscription] = subscription_moves.payload_field()
    errors: list[UserError] = shared_fields.errors()


class _PayloadSelection(Selection, of=SetDefaultPaymentMethodPayload):
    customer = Below(lambda: CustomerSelection)
    previous_default = Below(lambda: PaymentMethodSelection)


@mutation(
    errors=(DefaultNotSetError, SubscriptionsNotMovedError),
    description=(
        "Sets or clears the payment method that invoices and subscriptions use by default: POST /v1/customers/:id with "
        "invoice_settings.default_payment_method."
    ),
)
async def set_default(write: Write, input: SetDefaultPaymentMethodInput) -> SetDefaultPaymentMethodPayload:
    context = write.context
    if input.payment_method_id is strawberry.UNSET:
        raise invalid_input("paymentMethodId", "Give the id of the payment method, or null to clear the default.")
    owner = context.access.required_owner(input.customer_id, input.customer_account_id)
    selection = write.selection(_PayloadSelection)
    before: StripeResponse | None = None
    if selection.previous_default.is_selected:
        with context.stripe.reserve_time(1):
            before = await read_before(write, owner)
    moved = await _move_subscriptions(write, input, owner)
    if moved.errors:  # A retry finds the subscriptions of the previous default only until it changes.
        errors = [*moved.errors, DefaultNotSetError.at("paymentMethodId")]
        return SetDefaultPaymentMethodPayload(moved_subscriptions=moved.subscriptions, errors=errors)
    json = await write.send(
        "set",
        context.stripe.customers.set_default_payment_method,
        owner,
        input.payment_method_id,
        expand=write.expand(selection.customer),
    )
    context.prime_customer(json)
    previous = None
    if before is not None:
        previous = await previous_default(write, before, json, selection.previous_default)
    return SetDefaultPaymentMethodPayload(
        customer=await payload_customer(context, json, selection.customer),
        previous_default=previous,
        moved_subscriptions=moved.subscriptions,
    )


async def _move_subscriptions(write: Write, input: SetDefaultPaymentMethodInput, owner: str) -> Moved:
    if input.move_subscriptions is SubscriptionsToMove.NONE:
        return Moved([], [])
    if input.payment_method_id is None:
        raise invalid_input("moveSubscriptions", "Give the payment method to move them to, or omit moveSubscriptions.")
    with write.context.stripe.reserve_time(2):
        moves = await read_subscriptions(write, input.move_subscriptions, owner)
    return await moves.to({"id": input.payment_method_id}, becomes_default=True, first=True, later=1)
