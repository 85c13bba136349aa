"""setDefaultPaymentMethod: sets or clears a customer's default."""

from __future__ import annotations

import strawberry

from resolvers.errors.exceptions import invalid_input, not_read_before
from resolvers.reads.lookahead import DEFAULT_PAYMENT_METHOD, CustomerSelection, PaymentMethodSelection
from resolvers.reads.selection import Below, Selection
from resolvers.references import default_payment_method, id_of, object_of
from resolvers.saving import subscription_moves
from resolvers.saving.subscription_moves import Moved, SubscriptionsToMove, read_subscriptions
from resolvers.writes import shared_fields
from resolvers.writes.payload_customer import payload_customer
from resolvers.writes.write import Write, mutation
from schema.billing_subscription import BillingSubscription
from schema.customer import Customer
from schema.errors import DefaultNotSetError, SubscriptionsNotMovedError, UserError
from schema.payment_methods.payment_method import PaymentMethod
from stripe_api import IdempotencyError, StripeError, StripeResponse


@strawberry.input(description="The payment method to use by default, and the customer.")
class SetDefaultPaymentMethodInput:
    payment_method_id: strawberry.ID | None = shared_fields.optional(
        "Id of the payment method, pm_… The payment method must be attached to the customer. Null clears the "
        "default. Omitting it is an error, so that a missing variable never clears the default.",
        default=strawberry.UNSET,
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


class _Selection(Selection, of=SetDefaultPaymentMethodPayload):
    customer = Below(lambda: CustomerSelection)
    previous_default = Below(lambda: PaymentMethodSelection)


@mutation(
    "Sets or clears the payment method that invoices and subscriptions use by default: POST /v1/customers/:id with "
    "invoice_settings.default_payment_method.",
    errors=(DefaultNotSetError, SubscriptionsNotMovedError),
)
async def set_default(write: Write, input: SetDefaultPaymentMethodInput) -> SetDefaultPaymentMethodPayload:
    context = write.context
    if input.payment_method_id is strawberry.UNSET:
        raise invalid_input("paymentMethodId", "Give the id of the payment method, or null to clear the default.")
    owner = context.access.required_owner(input.customer_id, input.customer_account_id)
    selection = write.selection(_Selection)
    before = await _read_before(write, owner) if selection.previous_default.is_selected else None
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
    previous = await _previous_default(write, before, json, selection.previous_default) if before is not None else None
    return SetDefaultPaymentMethodPayload(
        customer=await payload_customer(context, json, selection.customer),
        previous_default=previous,
        moved_subscriptions=moved.subscriptions,
    )


async def _move_subscriptions(write: Write, input: SetDefaultPaymentMethodInput, owner: str) -> Moved:
    if input.move_subscriptions is not SubscriptionsToMove.NONE and input.payment_method_id is None:
        raise invalid_input("moveSubscriptions", "Give the payment method to move them to, or omit moveSubscriptions.")
    with write.context.stripe.reserve_time(2):
        moves = await read_subscriptions(write, input.move_subscriptions, owner)
    return await moves.to({"id": input.payment_method_id}, becomes_default=True, first=True, later=1)


async def _read_before(write: Write, owner: str) -> StripeResponse:
    """Read the customer by an update that changes nothing, so that Stripe replays it for a retry with the same key."""
    stripe = write.context.stripe
    with stripe.reserve_time(1):
        return await write.send("before", stripe.customers.read_via_update, owner, expand=[DEFAULT_PAYMENT_METHOD])


async def _previous_default(
    write: Write, before: StripeResponse, change: StripeResponse, selection: PaymentMethodSelection
) -> PaymentMethod | None:
    """The default in the customer's state before the change; an error if that state is not known."""
    try:
        if await _read_too_late(write, before, change):
            return not_read_before("previousDefault")  # type: ignore[return-value]  # An exception is the field's error.
        reference = default_payment_method(before)
        id, found = id_of(reference), object_of(reference)
        if id is not None and found is None:
            found = await write.context.payment_methods.load(id, selection.expand)
    except StripeError as error:  # The change took effect: its payload must not be lost with this field.
        return error  # type: ignore[return-value]  # An exception is the field's error.
    return PaymentMethod(found) if found is not None else None


async def _read_too_late(write: Write, before: StripeResponse, change: StripeResponse) -> bool:
    """Whether an earlier request with this key changed the default without reading it first.

    Then the first request that selects the previous default finds the change replayed, but not its own read. It marks
    the key for those that follow, which find both replayed.
    """
    if not write.selection_may_change or not change.replayed:
        return False
    if before.replayed:
        return await _is_marked(write, change["id"])
    if change.tries > 1:  # The change may be this request's own, by a try whose response was lost.
        return False
    await write.context.stripe.customers.read_via_update(change["id"], idempotency_key=write.key("read too late"))
    return True


async def _is_marked(write: Write, owner: str) -> bool:
    try:
        await write.context.stripe.customers.refuse_used_key(owner, idempotency_key=write.key("read too late"))
    except IdempotencyError:  # The key was used, by the request that marked it.
        return True
    return False
