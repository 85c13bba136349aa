"""The default before `setDefaultPaymentMethod` changed it, even if the mutation is a retry."""

from __future__ import annotations

from resolvers.errors.exceptions import not_read_before
from resolvers.reads.lookahead import DEFAULT_PAYMENT_METHOD, PaymentMethodSelection
from resolvers.references import default_payment_method, id_of, object_of
from resolvers.writes.write import Write
from schema.payment_methods.payment_method import PaymentMethod
from stripe_api import IdempotencyError, StripeError, StripeResponse


async def read_before(write: Write, owner: str) -> StripeResponse:
    """Read the customer by an update that changes nothing, so that Stripe replays it for a retry with the same key."""
    read_via_update = write.context.stripe.customers.read_via_update
    return await write.send("before", read_via_update, owner, expand=[DEFAULT_PAYMENT_METHOD])


async def previous_default(
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
