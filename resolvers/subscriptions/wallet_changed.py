"""Sends the changes of one wallet."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from changes.streams.coalescing import Coalesced
from changes.streams.stream import Entry, StreamUnavailable
from resolvers.access import NOTHING
from resolvers.errors.exceptions import FieldError, bad_user_input, forbidden
from resolvers.pagination import PageRequest, Wallet
from resolvers.references import is_deleted
from schema.wallet_change import WalletChange, WalletChangeKind
from serving.graphql.error_codes import ErrorCode
from stripe_api import InvalidRequestError, is_account

if TYPE_CHECKING:
    from resolvers.context import RequestContext

NO_WALLET = "There is no such wallet that this caller may access."


async def subscribe(
    info: strawberry.Info[Any, None],
    customer_id: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="Id of the customer, cus_… The caller's own customer if both are omitted."),
    ] = None,
    customer_account_id: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="Instead of customerId: id of the Account that is the customer, acct_…"),
    ] = None,
) -> AsyncGenerator[WalletChange, None]:
    """The changes of a wallet, from the moment this returns."""
    context: RequestContext = info.context
    wallet = _wallet(context, customer_id, customer_account_id)
    # A caller that resumes has proved before that the wallet exists; many resume at the same time after a restart.
    if context.access.own is None and context.after is None:
        await _check_exists(context, wallet)
    stack = contextlib.AsyncExitStack()
    try:
        entries = await stack.enter_async_context(context.changes.subscribe(context.name_of(wallet.id), context.after))
    except StreamUnavailable:
        raise FieldError(
            ErrorCode.UPSTREAM_UNAVAILABLE,
            "Changes can't be received at the moment. Try again later.",
            failure_reason="change_stream_unavailable",
        ) from None
    return Changes(Coalesced(entries), wallet, stack)


class Changes(AsyncGenerator[WalletChange, None]):
    """The changes as the schema shows them. Cancelling the wait for a change loses none. `aclose` unsubscribes."""

    __slots__ = ("_entries", "_stack", "_wallet")

    def __init__(self, entries: AsyncIterator[Entry], wallet: Wallet, stack: contextlib.AsyncExitStack) -> None:
        self._entries = entries
        self._wallet = wallet
        self._stack = stack

    async def __anext__(self) -> WalletChange:
        entry = await anext(self._entries)
        change = entry.change
        return WalletChange(
            id=strawberry.ID(entry.position),
            kind=WalletChangeKind(change.kind.value),
            occurred_at=datetime.fromtimestamp(change.occurred_at, UTC),
            payment_method_id=strawberry.ID(change.payment_method) if change.payment_method is not None else None,
            customer_id=self._wallet.id,
        )

    async def asend(self, value: None) -> WalletChange:
        """The next change."""
        return await anext(self)

    async def athrow(self, *error: Any) -> WalletChange:
        """Unsubscribe."""
        await self.aclose()
        raise error[0]

    async def aclose(self) -> None:
        """Unsubscribe."""
        await self._stack.aclose()


def _wallet(context: RequestContext, customer: str | None, account: str | None) -> Wallet:
    own = context.access.own
    if customer is not None and account is not None:
        raise bad_user_input("Give customerId or customerAccountId, not both.")
    if own is None and customer is None and account is None:
        raise bad_user_input("Give customerId or customerAccountId: this caller has no wallet of its own.")
    mine = Wallet(customer_account=own) if own is not None and is_account(own) else Wallet(own)
    wallet = Wallet(customer, account) if customer is not None or account is not None else mine
    if own is not None and wallet != mine:
        raise forbidden("A customer can only access its own wallet. Omit customerId and customerAccountId.")
    return wallet


async def _check_exists(context: RequestContext, wallet: Wallet) -> None:
    try:
        if wallet.customer is None:
            await context.access.list_payment_methods(wallet, PageRequest(limit=1))
        elif is_deleted(await context.access.retrieve_customer(wallet.customer, NOTHING)):
            raise bad_user_input(NO_WALLET)
    except InvalidRequestError as error:
        if error.http_status == 404 or error.param == "customer_account":
            raise bad_user_input(NO_WALLET) from None
        raise
