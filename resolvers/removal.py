"""Detaching a payment method: at once, or only while nothing depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from resolvers import customer
from resolvers.errors import Fault, Refused, in_use, not_read_before
from resolvers.idempotency import keys
from resolvers.loaders import settled
from resolvers.references import default_instrument, id_of, is_deleted, object_of
from resolvers.selection import Selection
from schema.payloads import DetachPaymentMethodInput, DetachPaymentMethodPayload
from schema.payment_method import PaymentMethod
from stripe_api import IdempotencyError, InvalidRequestError, StripeObject

if TYPE_CHECKING:
    from resolvers.context import RequestContext

_PAYLOAD = "DetachPaymentMethodPayload"
PAYING = frozenset({"active", "trialing", "past_due", "unpaid"})
"""The states in which a subscription needs its payment method."""
MAX_PARTS = 10


async def detach(info: strawberry.Info[Any, None], input: DetachPaymentMethodInput) -> DetachPaymentMethodPayload:
    """Detach as the input says. Who had the method is read first where that is asked for or must be proven."""
    context: RequestContext = info.context
    selection = Selection.of(info)
    step = keys(context.caller, "detachPaymentMethod", input.idempotency_key)
    owner = context.own
    previous: str | Fault | None = owner
    json: StripeObject | None = None
    with context.stripe.leaving(1):
        if owner is not None:
            json = await _prove_own(context, owner, input, step("detach"))
        elif input.unless_in_use:
            await _prove_unused(context, input.payment_method_id)
        if owner is None and "customer" in selection.fields(_PAYLOAD):
            previous = await _previous_owner(context, input.payment_method_id, step("before"))
    if json is None:
        json = await context.stripe.payment_methods.detach(input.payment_method_id, idempotency_key=step("detach"))
    context.forget_reads()
    left: Any = previous  # an exception is the field's error
    if not isinstance(previous, Fault):
        left = await customer.of_payload(context, previous, selection.below(_PAYLOAD, "customer"))
    return DetachPaymentMethodPayload(
        payment_method=PaymentMethod(json), detached_payment_method_id=strawberry.ID(json["id"]), customer=left
    )


async def _previous_owner(context: RequestContext, id: str, key: str) -> str | Fault | None:
    """The customer of the method before it is detached; None if that customer is deleted.

    Read by an update that updates nothing, so that its idempotency key replays what was there. A method that is
    unattached was detached by an earlier request with the same key that did not read this first, or the detach fails.
    """
    try:
        method = await context.stripe.payment_methods.touch(id, expand=["customer"], idempotency_key=key)
    except InvalidRequestError as error:
        if error.condition != "not_attached":
            raise
        return not_read_before("customer")
    reference = method.get("customer")
    if isinstance(reference, dict):
        if is_deleted(reference):
            return None
        context.known_customers.add(reference["id"])
    return id_of(reference)


async def _prove_unused(context: RequestContext, id: str) -> None:
    """Raises Refused while the method is in use by whoever has it."""
    method = await context.stripe.payment_methods.retrieve(id, expand=["customer"])
    reference = method.get("customer")
    owner, customer = id_of(reference), object_of(reference)
    if owner is None or (isinstance(reference, dict) and is_deleted(reference)):
        return
    reads: list[Any] = [_subscriptions(context, owner)]
    if customer is None:
        reads.append(context.stripe.customers.retrieve(owner))
    subscriptions, *retrieved = _sound(await settled(*reads))
    _refuse_in_use(id, customer or retrieved[0], subscriptions)


async def _prove_own(
    context: RequestContext, own: str, input: DetachPaymentMethodInput, key: str
) -> StripeObject | None:
    """Raises InvalidRequestError, status 404, unless the method is the customer's own, or was until this very call.

    In a retry, the method has left the wallet: then the first response is returned.
    """
    id = input.payment_method_id
    reads: list[Any] = [context.prove_payment_method(id)]
    if input.unless_in_use:
        reads += [context.stripe.customers.retrieve(own), _subscriptions(context, own)]
    found: list[Any] = await settled(*reads)
    proof, *usage = found
    if isinstance(proof, InvalidRequestError) and proof.http_status == 404 and context.key_is_given:
        return await _first_response(context, own, id, key, not_found=proof)
    _sound(found)
    if usage:
        _refuse_in_use(id, *usage)
    return None


def _sound(found: list[Any]) -> list[Any]:
    """What was found. Raises the first failure in it."""
    for failure in found:
        if isinstance(failure, BaseException):
            raise failure
    return found


async def _first_response(
    context: RequestContext, own: str, id: str, key: str, *, not_found: InvalidRequestError
) -> StripeObject:
    """The response to the request that detached the method with this key. Raises `not_found` when there is none.

    Only this customer can have used the key, so it proves that the method was theirs. The request is repeated only
    while the method belongs to nobody: should Stripe forget the key meanwhile, nothing is detached. For every id that
    is not the customer's, the calls are the same, and depend on the key alone.
    """
    stripe = context.stripe
    try:
        await stripe.customers.refuse_used_key(own, idempotency_key=key)
    except IdempotencyError:
        repeated = id if await _belongs_to_nobody(context, id) else _NO_METHOD
    else:
        raise not_found
    try:
        return await stripe.payment_methods.detach(repeated, idempotency_key=key)
    except InvalidRequestError:
        raise not_found from None
    except IdempotencyError as error:
        raise (error if error.code == "idempotency_key_in_use" else not_found) from None


_NO_METHOD = "pm_0"
"""An id that names nothing."""


async def _belongs_to_nobody(context: RequestContext, id: str) -> bool:
    """Whether there is such a method, and no customer has it."""
    try:
        method = await context.stripe.payment_methods.retrieve(id)
    except InvalidRequestError:
        return False
    return method.get("customer") is None


def _refuse_in_use(id: str, owner: StripeObject, subscriptions: list[Any]) -> None:
    """Raises Refused while the method is its customer's default or pays a subscription.

    Nothing is paid by the methods of a deleted customer.
    """
    if is_deleted(owner):
        return
    is_default = default_instrument(owner) == id
    count = sum(_pays(subscription, id, is_default=is_default) for subscription in subscriptions)
    if is_default or count:
        raise Refused(in_use(is_default=is_default, active_subscription_count=count))


def _pays(subscription: Any, id: str, *, is_default: bool) -> bool:
    """Whether the method pays it: named by the subscription itself, or as the default where that names none.

    An invoice that is sent to the customer is paid by no method of the subscription's.
    """
    if not isinstance(subscription, dict) or subscription.get("status") not in PAYING:
        return False
    if subscription.get("collection_method") == "send_invoice":
        return False
    own = id_of(subscription.get("default_payment_method")) or id_of(subscription.get("default_source"))
    return own == id if own is not None else is_default


async def _subscriptions(context: RequestContext, owner: str) -> list[Any]:
    """All subscriptions of a customer that are not canceled; none when the customer is deleted."""
    entries: list[Any] = []
    after = None
    for _ in range(MAX_PARTS):
        try:
            part = await context.stripe.subscriptions.list(customer=owner, starting_after=after)
        except InvalidRequestError as error:
            if error.param != "customer":
                raise
            return []
        data = part.get("data")
        entries += data if isinstance(data, list) else []
        if part.get("has_more") is not True or not data:
            break
        after = id_of(entries[-1])
    return entries
