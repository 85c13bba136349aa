"""detachPaymentMethod: unconditionally, or only while the payment method is not in use."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers.billing_subscriptions import list_subscriptions
from resolvers.errors.exceptions import FieldError, not_read_before
from resolvers.reads.dataloaders import all_settled
from resolvers.reads.lookahead import CustomerSelection
from resolvers.reads.selection import Below, Selection
from resolvers.references import id_of, is_deleted
from resolvers.writes import shared_fields
from resolvers.writes.in_use import all_successful, check_not_in_use, check_unused
from resolvers.writes.payload_customer import payload_customer
from resolvers.writes.write import Write, mutation
from schema.customer import Customer
from schema.errors import NotAttachedError, PaymentMethodInUseError, UserError
from schema.payment_methods.payment_method import PaymentMethod
from stripe_api import IdempotencyError, InvalidRequestError, StripeObject, StripeSession

_NO_METHOD = "pm_0"
"""An id that no payment method has."""


@strawberry.input(description="The payment method to detach.")
class DetachPaymentMethodInput:
    payment_method_id: strawberry.ID = shared_fields.required("Id of the payment method, pm_…")
    unless_in_use: bool = shared_fields.optional(
        "Fail with PaymentMethodInUseError if the payment method is the customer's default or pays for an active "
        "subscription. As in Stripe, a subscription is paid by its own payment method or, if it has none, by its "
        "legacy source, then the customer's default payment method, then the customer's legacy source.",
        default=False,
    )
    idempotency_key: str | None = shared_fields.idempotency_key()


@strawberry.type(description="The result of detaching a payment method.")
class DetachPaymentMethodPayload:
    payment_method: PaymentMethod | None = shared_fields.result("The payment method; its customer is now null.")
    detached_payment_method_id: strawberry.ID | None = shared_fields.result("Id of the method, for a client cache.")
    customer: Customer | None = strawberry.field(
        default=None,
        description=(
            "The customer that the payment method was attached to. Null if the customer is deleted, or if the "
            "mutation was rejected. Costs further REST calls."
        ),
    )
    errors: list[UserError] = shared_fields.errors()


class _Selection(Selection, of=DetachPaymentMethodPayload):
    customer = Below(lambda: CustomerSelection)


@mutation(
    "Detaches a payment method from the customer: POST /v1/payment_methods/:id/detach. This is permanent: a "
    "detached payment method can't be attached again.",
    errors=(NotAttachedError, PaymentMethodInUseError),
)
async def detach(write: Write, input: DetachPaymentMethodInput) -> DetachPaymentMethodPayload:
    context = write.context
    selection = write.selection(_Selection)
    owner: str | FieldError | None = context.access.own
    with context.stripe.reserve_time(1):
        json = await _check_allowed(write, input)
        if owner is None and selection.customer.is_selected:
            owner = await _previous_owner(write, input.payment_method_id)
    if json is None:
        json = await write.send("detach", context.stripe.payment_methods.detach, input.payment_method_id)
    return DetachPaymentMethodPayload(
        payment_method=PaymentMethod(json),
        detached_payment_method_id=strawberry.ID(json["id"]),
        customer=await payload_customer(context, owner, selection.customer),
    )


async def _check_allowed(write: Write, input: DetachPaymentMethodInput) -> StripeObject | None:
    """Raises an error unless the caller may detach it now. Returns the first response if this request is a retry."""
    context = write.context
    if context.access.own is not None:
        return await _check_own(write, context.access.own, input)
    if input.unless_in_use:
        await check_unused(context.stripe, input.payment_method_id)
    return None


async def _previous_owner(write: Write, id: str) -> str | FieldError | None:
    """The customer that it is attached to; None if that customer is deleted.

    Read by an update that changes nothing, so that Stripe replays it for a retry with the same key. If it is not
    attached, either an earlier request with this key detached it without reading this first, or the detach fails.
    """
    context = write.context
    read_via_update = context.stripe.payment_methods.read_via_update
    try:
        method = await write.send("before", read_via_update, id, expand=["customer"])
    except InvalidRequestError as error:
        if error.condition != "not_attached":
            raise
        return not_read_before("customer")  # An error of the payload's field, if the detach succeeds.
    reference = method.get("customer")
    if isinstance(reference, dict):
        if is_deleted(reference):
            return None
        context.access.existing_customers.add(reference["id"])
    return id_of(reference)


async def _check_own(write: Write, own: str, input: DetachPaymentMethodInput) -> StripeObject | None:
    """Raises InvalidRequestError, status 404, unless it is the customer's own, or was until this very request.

    In a retry, it is detached already: then the first response is returned.
    """
    context, id = write.context, input.payment_method_id
    reads: list[Any] = [context.access.prove_payment_method(id)]
    if input.unless_in_use:
        reads += [context.stripe.customers.retrieve(own), list_subscriptions(context.stripe, own)]
    results: list[Any] = await all_settled(*reads)
    proof, *usage = results
    if isinstance(proof, InvalidRequestError) and proof.http_status == 404 and write.has_client_key:
        return await _first_response(context.stripe, own, id, write.key("detach"), not_found=proof)
    all_successful(results)
    if usage:
        check_not_in_use(id, *usage)
    return None


async def _first_response(
    stripe: StripeSession, own: str, id: str, key: str, *, not_found: InvalidRequestError
) -> StripeObject:
    """The response to the request that detached the payment method with this key. Raises `not_found` if none did.

    Only this customer can have used the key, so it proves that the payment method was the customer's. The request is
    sent again only if the payment method is not attached, so that nothing is detached if Stripe no longer has the key.
    For every id that is not the customer's, the REST calls are the same, and depend on the key alone.
    """
    try:
        await stripe.customers.refuse_used_key(own, idempotency_key=key)
    except IdempotencyError:  # The key was used: this is a retry.
        repeated = id if await _is_unattached(stripe, id) else _NO_METHOD
    else:
        raise not_found
    try:
        return await stripe.payment_methods.detach(repeated, idempotency_key=key)
    except InvalidRequestError:  # The same error as for any id that is not the customer's.
        raise not_found from None
    except IdempotencyError as error:  # The key is for another id, or its first request is still running.
        raise (error if error.code == "idempotency_key_in_use" else not_found) from None


async def _is_unattached(stripe: StripeSession, id: str) -> bool:
    """Whether the payment method exists, and is attached to no customer."""
    try:
        method = await stripe.payment_methods.retrieve(id)
    except InvalidRequestError:  # There is none.
        return False
    return method.get("customer") is None and method.get("customer_account") is None
