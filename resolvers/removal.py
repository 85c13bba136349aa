"""Detaching a payment method: at once, or only while nothing depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from resolvers import customer
from resolvers.errors import Refused, in_use
from resolvers.idempotency import keys
from resolvers.references import default_payment_method, id_of
from resolvers.selection import Selection
from schema.payloads import DetachPaymentMethodInput, DetachPaymentMethodPayload
from schema.payment_method import PaymentMethod
from stripe_api import StripeObject

if TYPE_CHECKING:
    from resolvers.context import RequestContext

_PAYLOAD = "DetachPaymentMethodPayload"
PAYING = frozenset({"active", "trialing", "past_due", "unpaid"})
"""The states in which a subscription needs its payment method."""
MAX_PARTS = 10


async def detach(info: strawberry.Info[Any, None], input: DetachPaymentMethodInput) -> DetachPaymentMethodPayload:
    """Detach as the input says. Who had the method is read first where that is asked for."""
    context: RequestContext = info.context
    selection = Selection.of(info)
    step = keys(context.caller, "detachPaymentMethod", input.idempotency_key)
    owner = None
    if input.unless_in_use or "customer" in selection.fields(_PAYLOAD):
        expand = ["customer"] if input.unless_in_use else []
        before = await context.stripe.payment_methods.retrieve(input.payment_method_id, expand=expand)
        owner = id_of(before.get("customer"))
        if input.unless_in_use and owner is not None:
            await _refuse_in_use(context, before, owner)
    json = await context.stripe.payment_methods.detach(input.payment_method_id, idempotency_key=step("detach"))
    context.forget_reads()
    return DetachPaymentMethodPayload(
        payment_method=PaymentMethod(json),
        detached_payment_method_id=strawberry.ID(json["id"]),
        customer=await customer.of_payload(context, owner, selection.below(_PAYLOAD, "customer")),
    )


async def _refuse_in_use(context: RequestContext, method: StripeObject, owner: str) -> None:
    """Raises Refused while the method is its customer's default or pays a subscription."""
    settings = method.get("customer")
    default = id_of(default_payment_method(settings)) if isinstance(settings, dict) else None
    id = method.get("id")
    count = sum(
        _pays(subscription, id, is_default=default == id) for subscription in await _subscriptions(context, owner)
    )
    if default == id or count:
        raise Refused(in_use(is_default=default == id, active_subscription_count=count))


def _pays(subscription: Any, id: Any, *, is_default: bool) -> bool:
    """Whether the method pays it: named by the subscription itself, or as the default where that names none."""
    if not isinstance(subscription, dict) or subscription.get("status") not in PAYING:
        return False
    own = id_of(subscription.get("default_payment_method"))
    return own == id if own is not None else is_default


async def _subscriptions(context: RequestContext, owner: str) -> list[Any]:
    """All subscriptions of a customer that are not canceled."""
    entries: list[Any] = []
    after = None
    for _ in range(MAX_PARTS):
        part = await context.stripe.subscriptions.list(customer=owner, starting_after=after)
        data = part.get("data")
        entries += data if isinstance(data, list) else []
        if part.get("has_more") is not True or not data:
            break
        after = id_of(entries[-1])
    return entries
