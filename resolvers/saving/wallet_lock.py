"""The lock of a wallet: the requests of all replicas that resolve duplicates in it run one after the other.

Other mutations take no lock. So a default that changes at the same time may be overwritten.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from resolvers.access import Access
from resolvers.errors.exceptions import not_done, partly_done
from resolvers.pagination import MAX_PAGE, PageRequest, Wallet, read_all
from resolvers.references import object_of, owner_parameter
from resolvers.writes.write import Write
from serving.graphql.error_codes import ErrorCode
from serving.redis.locks import Lease, LockLost, LockTimeout
from serving.redis.store import StoreUnavailable
from stripe_api import StripeList, StripeObject

_LOST = "wallet_lock_lost"
_MAY_HAVE_OVERLAPPED = "Another request for this wallet may have run at the same time."


@asynccontextmanager
async def hold(write: Write, owner: str) -> AsyncIterator[Lease]:
    """Holds the lock. Raises FieldError if it can't be acquired, or if it was lost before the end."""
    context = write.context
    try:
        async with context.locks.hold(f"wallet:{context.name_of(owner)}", deadline=context.stripe.deadline) as lease:
            yield lease
    # The one conversion of the lock's errors: each says whether the mutation changed anything.
    except LockTimeout:
        message = "Other requests for this wallet took too long."
        raise not_done(ErrorCode.UPSTREAM_TIMEOUT, message, failure_reason="wallet_lock_timeout") from None
    except StoreUnavailable:
        message = "Duplicates can't be ruled out, because the shared store is unavailable."
        reason = "store_unavailable"
        raise not_done(ErrorCode.UPSTREAM_UNAVAILABLE, message, failure_reason=reason, retryAfter=1) from None
    except LockLost:
        raise partly_done(
            ErrorCode.UPSTREAM_UNAVAILABLE,
            _MAY_HAVE_OVERLAPPED,
            failure_reason=_LOST,
            idempotency_key=write.idempotency_key,
        ) from None


def check(lease: Lease) -> None:
    """Before the first write: raises FieldError if the lock is lost already."""
    try:
        lease.check()
    except LockLost:  # Nothing was written yet, unlike in `hold`.
        raise not_done(
            ErrorCode.UPSTREAM_UNAVAILABLE, _MAY_HAVE_OVERLAPPED, failure_reason=_LOST, retryAfter=1
        ) from None


async def read_wallet(access: Access, owner: str) -> list[Any]:
    """All payment methods of a wallet, newest first. Each has the customer, whose default it may be."""

    async def page_after(id: str | None) -> StripeList:
        page = PageRequest(limit=MAX_PAGE, starting_after=id, expand=frozenset({"data.customer"}))
        return await access.list_payment_methods(Wallet(**owner_parameter(owner)), page)

    return await read_all(page_after)


def find(wallet: Iterable[Any], id: str) -> StripeObject | None:
    """The payment method of a wallet with this id."""
    return next((one for one in wallet if isinstance(one, Mapping) and one.get("id") == id), None)


def customer_of(wallet: Iterable[Any]) -> StripeObject | None:
    """The customer in the payment methods of a wallet. None if there are none, or if they are an Account's."""
    customers = (object_of(one.get("customer")) for one in wallet if isinstance(one, Mapping))
    return next((customer for customer in customers if customer is not None), None)
