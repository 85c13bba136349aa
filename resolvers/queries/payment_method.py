"""Reads a payment method, or a page of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers.pagination import Wallet, connection
from resolvers.reads.lookahead import ConnectionSelection, PaymentMethodSelection
from schema.connection import (
    After,
    AllowRedisplayFilter,
    Before,
    First,
    Last,
    PageArguments,
    PaymentMethodConnection,
    TypeFilter,
)
from schema.payment_methods.payment_method import PaymentMethod
from stripe_api import InvalidRequestError

if TYPE_CHECKING:
    from resolvers.context import RequestContext


async def retrieve(
    info: strawberry.Info[Any, None],
    id: Annotated[strawberry.ID, strawberry.argument(description="Id of the payment method, pm_…")],
) -> PaymentMethod | None:
    """The payment method, or None if it does not exist or the caller may not access it."""
    context: RequestContext = info.context
    json = await context.payment_methods.load(id, PaymentMethodSelection.of(info).expand)
    return PaymentMethod(json) if json is not None else None


async def list_of_account(
    info: strawberry.Info[Any, None],
    customer_account_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the Account, acct_…")],
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    type: TypeFilter = None,
    allow_redisplay: AllowRedisplayFilter = None,
) -> PaymentMethodConnection | None:
    """A page of an account's payment methods, or None if the account does not exist or is not accessible."""
    context: RequestContext = info.context
    wallet = Wallet(customer_account=customer_account_id)
    arguments = PageArguments(first, after, last, before, type, allow_redisplay)
    page = replace(context.page_request(wallet, arguments), expand=ConnectionSelection.of(info).expand)
    try:
        return connection(page, await context.pages.load(wallet, page), context.cursor_of)
    except InvalidRequestError as error:
        if error.param == "customer_account":  # A missing object is a result: the query returns null.
            return None
        raise
