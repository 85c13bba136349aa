"""Payment methods: retrieve, attach, detach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers import customer, expansion
from resolvers.errors import invalid_input
from resolvers.idempotency import stripe_key
from resolvers.references import id_of
from resolvers.selection import Selection
from schema.connection import PaymentMethodEdge
from schema.customer import Customer
from schema.payloads import (
    AttachPaymentMethodInput,
    AttachPaymentMethodPayload,
    DetachPaymentMethodInput,
    DetachPaymentMethodPayload,
)
from schema.payment_method import PaymentMethod

if TYPE_CHECKING:
    from resolvers.context import RequestContext


async def retrieve(
    info: strawberry.Info[Any, None],
    id: Annotated[strawberry.ID, strawberry.argument(description="Id of the payment method, pm_…")],
) -> PaymentMethod | None:
    """The payment method; None when there is none, or none that the caller may see."""
    return await retrieve_selected(info.context, id, Selection.of(info))


async def retrieve_selected(context: RequestContext, id: str, selection: Selection) -> PaymentMethod | None:
    """The payment method, with its customer where the selection needs it."""
    json = await context.payment_methods.load(id, expansion.of_payment_method(selection))
    return PaymentMethod(json) if json is not None else None


async def attach(
    info: strawberry.Info[Any, None],
    input: Annotated[AttachPaymentMethodInput, strawberry.argument(description="Which method, and whose wallet.")],
) -> AttachPaymentMethodPayload:
    """POST /v1/payment_methods/{payment_method}/attach."""
    context: RequestContext = info.context
    owner = _owner(context, input)
    selection = Selection.of(info)
    json = await context.stripe.payment_methods.attach(
        input.payment_method_id,
        **owner,
        expand=sorted(_attach_expansions(selection)),
        idempotency_key=stripe_key(context.caller, "attachPaymentMethod", "attach", input.idempotency_key or ""),
    )
    context.forget_reads()
    return AttachPaymentMethodPayload(
        payment_method=PaymentMethod(json),
        payment_method_edge=PaymentMethodEdge(json),
        customer=await _customer_of(context, json.get("customer"), selection.below(_ATTACH, "customer")),
    )


async def detach(
    info: strawberry.Info[Any, None],
    input: Annotated[DetachPaymentMethodInput, strawberry.argument(description="Which method.")],
) -> DetachPaymentMethodPayload:
    """POST /v1/payment_methods/{payment_method}/detach. Who had it is read first, where that is selected."""
    context: RequestContext = info.context
    selection = Selection.of(info)
    owner = None
    if "customer" in selection.fields(_DETACH):
        before = await context.stripe.payment_methods.retrieve(input.payment_method_id)
        owner = id_of(before.get("customer"))
    json = await context.stripe.payment_methods.detach(
        input.payment_method_id,
        idempotency_key=stripe_key(context.caller, "detachPaymentMethod", "detach", input.idempotency_key or ""),
    )
    context.forget_reads()
    return DetachPaymentMethodPayload(
        payment_method=PaymentMethod(json),
        detached_payment_method_id=strawberry.ID(json["id"]),
        customer=await _customer_of(context, owner, selection.below(_DETACH, "customer")),
    )


_ATTACH = "AttachPaymentMethodPayload"
_DETACH = "DetachPaymentMethodPayload"


def _owner(context: RequestContext, input: AttachPaymentMethodInput) -> dict[str, str]:
    """The customer or account to attach to, exactly one of them, as the parameter of Stripe's that it is."""
    if input.customer_id is not None and input.customer_account_id is not None:
        raise invalid_input("customerAccountId", "Give customerId or customerAccountId, not both.")
    if input.customer_account_id is not None:
        return {"customer_account": input.customer_account_id}
    customer_id = input.customer_id if input.customer_id is not None else context.caller.customer_id
    if customer_id is None:
        raise invalid_input("customerId", "Name the customer by customerId or customerAccountId.")
    return {"customer": customer_id}


def _attach_expansions(selection: Selection) -> frozenset[str]:
    """What the method is selected with, and the customer for the payload's own field."""
    expand = expansion.of_payment_method(selection.below(_ATTACH, "paymentMethod"))
    edge = selection.below(_ATTACH, "paymentMethodEdge").below("PaymentMethodEdge", "node")
    expand |= expansion.of_payment_method(edge)
    owner = selection.below(_ATTACH, "customer")
    if expansion.needs_object(owner, "Customer"):
        expand |= {"customer", *(f"customer.{path}" for path in expansion.of_customer(owner))}
    return expand


async def _customer_of(context: RequestContext, reference: Any, selection: Selection) -> Customer | None:
    """The customer for a payload. Its reads come after the write."""
    if not expansion.needs_object(selection, "Customer"):
        return customer.stub(reference)
    id = id_of(reference)
    if id is None:
        return None
    context.prime_customer(reference)
    return await customer.retrieve_selected(context, id, selection)
