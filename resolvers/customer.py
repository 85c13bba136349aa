"""Customers: retrieve."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers import expansion
from resolvers.errors import Fault, bad_user_input
from resolvers.pagination import page_of
from resolvers.references import id_of, is_deleted
from resolvers.selection import NO_CALL_FIELDS, Selection
from schema.connection import PageArguments
from schema.customer import Customer
from stripe_api import InvalidRequestError

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
    wanted = id if id is not None else context.caller.customer_id
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
    if pages and _WITHOUT_OBJECT.issuperset(fields):
        first, *_ = await asyncio.gather(*pages, return_exceptions=True)
        if isinstance(first, InvalidRequestError) and first.http_status == 404:
            return None
        return Customer({"id": id})
    json, *_ = await asyncio.gather(
        context.customers.load(id, expansion.of_customer(selection)), *pages, return_exceptions=True
    )
    if isinstance(json, BaseException):
        raise json
    return None if json is None or is_deleted(json) else Customer(json)


def stub(reference: Any) -> Customer | None:
    """What a reference alone tells of a customer: its id. None for null and for a deleted one."""
    id = id_of(reference)
    if id is None or (isinstance(reference, dict) and is_deleted(reference)):
        return None
    return Customer({"id": id})


def _read_ahead(context: RequestContext, id: str, arguments: dict[str, Any]) -> Any:
    # Arguments that can't be used are refused where the field is resolved, with its path.
    try:
        page = page_of(PageArguments(**{_ATTRIBUTES.get(name, name): value for name, value in arguments.items()}))
    except Fault:
        return None
    return context.pages.load(id, page)


_ATTRIBUTES = {"allowRedisplay": "allow_redisplay"}
