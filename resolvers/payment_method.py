"""Payment methods: retrieve, attach, detach, update."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers import expansion, removal
from resolvers import update as updating
from resolvers.attachment import Attachment
from resolvers.loaders import Wallet
from resolvers.pagination import connection
from resolvers.selection import Selection
from schema.connection import (
    After,
    Before,
    First,
    Last,
    OfAllowRedisplay,
    OfType,
    PageArguments,
    PaymentMethodConnection,
)
from schema.payloads import (
    AttachPaymentMethodInput,
    AttachPaymentMethodPayload,
    DetachPaymentMethodInput,
    DetachPaymentMethodPayload,
    UpdatePaymentMethodInput,
    UpdatePaymentMethodPayload,
)
from schema.payment_method import PaymentMethod
from stripe_api import InvalidRequestError

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


async def list_of_account(
    info: strawberry.Info[Any, None],
    customer_account_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the Account, acct_…")],
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    type: OfType = None,
    allow_redisplay: OfAllowRedisplay = None,
) -> PaymentMethodConnection | None:
    """A page of the wallet of an account; None when there is no such account, or none that the caller may see."""
    context: RequestContext = info.context
    wallet = Wallet(customer_account=customer_account_id)
    arguments = PageArguments(first, after, last, before, type, allow_redisplay)
    page = replace(context.page_of(wallet, arguments), expand=expansion.of_page(Selection.of(info)))
    try:
        return connection(page, await context.pages.load(wallet, page), context.cursor_of)
    except InvalidRequestError as error:
        if error.param == "customer_account":
            return None
        raise


async def attach(
    info: strawberry.Info[Any, None],
    input: Annotated[AttachPaymentMethodInput, strawberry.argument(description="Which method, and whose wallet.")],
) -> AttachPaymentMethodPayload:
    """POST /v1/payment_methods/{payment_method}/attach."""
    return await Attachment(info, input).run()


async def detach(
    info: strawberry.Info[Any, None],
    input: Annotated[DetachPaymentMethodInput, strawberry.argument(description="Which method.")],
) -> DetachPaymentMethodPayload:
    """POST /v1/payment_methods/{payment_method}/detach."""
    return await removal.detach(info, input)


async def update(
    info: strawberry.Info[Any, None],
    input: Annotated[UpdatePaymentMethodInput, strawberry.argument(description="Which method, and what changes.")],
) -> UpdatePaymentMethodPayload:
    """POST /v1/payment_methods/{payment_method}."""
    return await updating.update(info, input)
