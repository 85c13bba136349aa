"""Customers: retrieve, set their default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers import expansion
from resolvers.errors import Fault, bad_user_input, invalid_input
from resolvers.idempotency import keys
from resolvers.loaders import Wallet, settled
from resolvers.previous_default import Before, previous_default, read_before
from resolvers.references import id_of, is_deleted
from resolvers.selection import NO_CALL_FIELDS, Selection
from schema.connection import PageArguments
from schema.customer import Customer
from schema.payloads import SetDefaultPaymentMethodInput, SetDefaultPaymentMethodPayload
from stripe_api import InvalidRequestError, StripeError

if TYPE_CHECKING:
    from resolvers.context import RequestContext

_WITHOUT_OBJECT = NO_CALL_FIELDS | {"paymentMethods"}


async def retrieve(
    info: strawberry.Info[Any, None],
    id: Annotated[
        strawberry.ID | None, strawberry.argument(description="Id of the customer, cus_… The caller's own if left out.")
    ] = None,
) -> Customer | None:
    """The customer; None when there is none, or none that the caller may see."""
    context: RequestContext = info.context
    wanted = id if id is not None else context.own
    if wanted is None:
        raise bad_user_input("Name the customer by id: this caller has no customer of its own.")
    return await retrieve_selected(context, wanted, Selection.of(info))


async def retrieve_selected(context: RequestContext, id: str, selection: Selection) -> Customer | None:
    """The customer with all that is selected of it: its pages are read beside it, or in its place where they do."""
    fields = selection.fields("Customer")
    pages = [
        read
        for node in fields.get("paymentMethods", ())
        if (read := _read_ahead(context, id, selection.arguments("Customer", node))) is not None
    ]
    wallet = selection.below("Customer", "paymentMethods")
    expand = expansion.of_customer(selection) | expansion.of_page_customer(wallet)
    if pages and _WITHOUT_OBJECT.issuperset(fields):
        if expansion.page_needs_customer(wallet):
            pages.append(context.customers.load(id, expand))
        first, *_ = await settled(*pages)
        if isinstance(first, InvalidRequestError) and first.http_status == 404:
            return None
        return Customer({"id": id})
    reading = context.customers.load(id, expand)
    await settled(reading, *pages)
    json = await reading
    return None if json is None or is_deleted(json) else Customer(json)


async def set_default(
    info: strawberry.Info[Any, None],
    input: Annotated[SetDefaultPaymentMethodInput, strawberry.argument(description="Which method, and whose default.")],
) -> SetDefaultPaymentMethodPayload:
    """POST /v1/customers/{customer} with invoice_settings.default_payment_method."""
    context: RequestContext = info.context
    if input.payment_method_id is strawberry.UNSET:
        raise invalid_input("paymentMethodId", "Give the id of the method, or null to clear the default.")
    owner = context.named_owner(input.customer_id)
    selection = Selection.of(info)
    step = keys(context.caller, "setDefaultPaymentMethod", input.idempotency_key)
    before: Before | None = None
    if "previousDefault" in selection.fields(_SET_DEFAULT):
        with context.stripe.leaving(1):
            before = await read_before(context, owner, step)
    json = await context.stripe.customers.set_default_payment_method(
        owner,
        input.payment_method_id,
        expand=context.expand_of_write(
            expansion.of_customer(selection.below(_SET_DEFAULT, "customer")), expansion.ALL_OF_CUSTOMER
        ),
        idempotency_key=step("set"),
    )
    context.forget_reads()
    context.prime_customer(json)
    method = selection.below(_SET_DEFAULT, "previousDefault")
    previous = await previous_default(context, owner, step, before, method) if before is not None else None
    return SetDefaultPaymentMethodPayload(
        customer=await of_payload(context, json, selection.below(_SET_DEFAULT, "customer")),
        previous_default=previous,
    )


_SET_DEFAULT = "SetDefaultPaymentMethodPayload"


async def of_payload(context: RequestContext, reference: Any, selection: Selection) -> Customer | None:
    """The customer of a mutation's payload. Its reads come after the write, and fail for themselves alone."""
    id = id_of(reference)
    if id is None or not selection.nodes:
        return None
    context.prime_customer(reference)
    try:
        if not expansion.needs_object(selection, "Customer"):
            return await identified(context, reference)
        return await retrieve_selected(context, id, selection)
    except StripeError as error:
        return error  # type: ignore[return-value]  # an exception as a value is the error of its own field


async def identified(context: RequestContext, reference: Any) -> Customer | None:
    """The customer by its id alone: None for a deleted or missing one, as where more of it is selected.

    An object in the answer, or a call of this operation, mostly tells that it exists; otherwise it is read.
    """
    id = id_of(reference)
    if isinstance(reference, str) and id not in context.known_customers:
        reference = await context.customers.load(reference)
    if id is None or reference is None or (isinstance(reference, Mapping) and is_deleted(reference)):
        return None
    return Customer({"id": id})


def _read_ahead(context: RequestContext, id: str, arguments: dict[str, Any]) -> Any:
    # Arguments that can't be used are refused where the field is resolved, with its path.
    try:
        given = PageArguments(**{_ATTRIBUTES.get(name, name): value for name, value in arguments.items()})
        page = context.page_of(Wallet(id), given)
    except Fault:
        return None
    return context.pages.load(Wallet(id), page)


_ATTRIBUTES = {"allowRedisplay": "allow_redisplay"}
