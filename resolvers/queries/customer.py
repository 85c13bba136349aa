"""Reads a customer."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers.errors.exceptions import FieldError, bad_user_input
from resolvers.pagination import Wallet
from resolvers.reads.batched_reads import Found
from resolvers.reads.dataloaders import Pending, all_settled, map_result
from resolvers.reads.lookahead import CustomerSelection
from resolvers.references import id_of, is_deleted
from schema.connection import PageArguments
from schema.context import MaybeAwaitable
from schema.customer import Customer
from stripe_api import InvalidRequestError, StripeList, is_account

if TYPE_CHECKING:
    from resolvers.context import RequestContext


async def retrieve(
    info: strawberry.Info[Any, None],
    id: Annotated[
        strawberry.ID | None,
        strawberry.argument(
            description=(
                "Id of the customer, cus_…, or of the Account that represents it, acct_… The caller's own customer if "
                "omitted."
            )
        ),
    ] = None,
) -> Customer | None:
    """The customer, or None if it does not exist or the caller may not access it."""
    context: RequestContext = info.context
    wanted = id if id is not None else context.access.own
    if wanted is None:
        raise bad_user_input("Give the customer's id: this caller has no customer of its own.")
    return await retrieve_selected(context, wanted, CustomerSelection.of(info))


async def retrieve_selected(context: RequestContext, id: str, selection: CustomerSelection) -> Customer | None:
    """The customer and, in parallel, the selected pages of the wallet. If nothing else is selected, only the pages.

    None if one of these reads shows that the customer is gone: it may be deleted after another one was answered.
    """
    if is_account(id):
        context.access.accounts.add(id)
    pages = _selected_pages(context, id, selection) if context.access.can_list(id) else ()
    reads: list[Awaitable[Found]] = [page for page in pages if page is not None]
    by_pages = bool(reads) and not selection.selects_more_than(CustomerSelection.id, CustomerSelection.payment_methods)
    by_pages = by_pages and not (is_account(id) and selection.selects(CustomerSelection.id))
    wallet = selection.payment_methods
    if not by_pages or wallet.needs_customer:
        reads.append(context.customers.load(id, selection.expand | wallet.expand_in_customer))
    results = await all_settled(*reads)
    if any(map(_is_gone, results)):
        return None
    found = {"id": id} if by_pages else await reads[-1]
    return Customer(found) if found is not None else None


def _is_gone(result: Found | BaseException) -> bool:
    """Whether the result of a read shows that the customer is deleted or missing."""
    if isinstance(result, BaseException):
        return isinstance(result, InvalidRequestError) and result.http_status == 404
    return result is None or is_deleted(result)


def from_id(context: RequestContext, reference: Any) -> MaybeAwaitable[Customer | None]:
    """The customer by id alone; None if deleted or missing, the same as when more of the customer is selected.

    Costs a REST call only if nothing in this operation has shown that the customer exists.
    """
    if isinstance(reference, str) and reference not in context.access.existing_customers:
        return map_result(context.customers.load(reference), _only_id)
    return _only_id(reference)


def _only_id(reference: Any) -> Customer | None:
    id = id_of(reference)
    if id is None or (isinstance(reference, Mapping) and is_deleted(reference)):
        return None
    return Customer({"id": id})


def _selected_pages(context: RequestContext, id: str, selection: CustomerSelection) -> list[Pending[StripeList] | None]:
    return [_read_page(context, id, arguments) for arguments in selection.arguments(CustomerSelection.payment_methods)]


def _read_page(context: RequestContext, id: str, arguments: dict[str, Any]) -> Pending[StripeList] | None:
    try:
        page = context.page_request(Wallet(id), PageArguments(**arguments))
    except FieldError:  # The resolver of paymentMethods raises it again, at the path of that field.
        return None
    return context.pages.load(Wallet(id), page)
