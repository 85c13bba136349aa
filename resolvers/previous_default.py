"""What the default was before `setDefaultPaymentMethod` changed it, also when the mutation is sent again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resolvers import expansion
from resolvers.errors import not_read_before
from resolvers.idempotency import Keys
from resolvers.references import default_payment_method, id_of, object_of
from resolvers.selection import Selection
from schema.payment_method import PaymentMethod
from stripe_api import IdempotencyError, StripeError, StripeObject

if TYPE_CHECKING:
    from resolvers.context import RequestContext


@dataclass(frozen=True)
class Before:
    """The customer before the change, and whether Stripe replayed that read for an earlier request with the key."""

    customer: StripeObject
    replayed: bool


async def read_before(context: RequestContext, owner: str, step: Keys) -> Before:
    """Read the customer by an update that updates nothing, so that its idempotency key replays what was there."""
    customer = await context.stripe.customers.touch(
        owner, expand=[expansion.DEFAULT_PAYMENT_METHOD], idempotency_key=step("before")
    )
    return Before(customer, context.stripe.calls[-1].replayed)


async def previous_default(
    context: RequestContext, owner: str, step: Keys, before: Before, selection: Selection
) -> PaymentMethod | None:
    """The previous default. The last call made is the change itself. A failure is the error of this field alone."""
    try:
        if await _read_too_late(context, owner, step, before):
            return not_read_before("previousDefault")  # type: ignore[return-value]  # an exception is the field's error
        reference = default_payment_method(before.customer)
        id, found = id_of(reference), object_of(reference)
        if id is not None and found is None:
            found = await context.payment_methods.load(id, expansion.of_payment_method(selection))
    except StripeError as error:
        return error  # type: ignore[return-value]  # an exception is the field's error
    return PaymentMethod(found) if found is not None else None


async def _read_too_late(context: RequestContext, owner: str, step: Keys, before: Before) -> bool:
    """Whether an earlier request with this key changed the default without reading it first.

    Then the first request that selects the previous default finds the change replayed, but not its own read. It marks
    the key for those that follow, which find both replayed.
    """
    change = context.stripe.calls[-1]
    if not context.selection_may_change or not change.replayed:
        return False
    if before.replayed:
        return await _is_marked(context, owner, step)
    if change.tries > 1:  # The change may be this request's own, by a try whose response was lost.
        return False
    await context.stripe.customers.touch(owner, idempotency_key=step("read too late"))
    return True


async def _is_marked(context: RequestContext, owner: str, step: Keys) -> bool:
    try:
        await context.stripe.customers.refuse_used_key(owner, idempotency_key=step("read too late"))
    except IdempotencyError:
        return True
    return False
