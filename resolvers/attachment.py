"""Attaching a payment method: in one call, or in steps where a default or a duplicate is in question.

The steps and their order, each under an idempotency key of its own, so that a retry with the same client key goes
through the same steps and finishes what a failure left undone:

    1. read the wallet            with a duplicate policy
    2. attach                     always
    3. set the default            when asked, or when the method that is replaced was the default
    4. detach what is too much    the new method (REUSE_EXISTING, REJECT) or all old ones (REPLACE_EXISTING)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

import strawberry

from resolvers import customer, duplicates, expansion
from resolvers.errors import (
    FORBIDDEN,
    UPSTREAM_TIMEOUT,
    UPSTREAM_UNAVAILABLE,
    Fault,
    Refused,
    default_not_set,
    duplicate,
    invalid_input,
    not_done,
    partly_done,
)
from resolvers.idempotency import keys
from resolvers.loaders import Wallet
from resolvers.pagination import MAX_PAGE, Page
from resolvers.references import default_instrument, id_of
from resolvers.selection import Selection, remembered
from schema.connection import PaymentMethodEdge
from schema.errors import UserError
from schema.payloads import AttachPaymentMethodInput, AttachPaymentMethodPayload, DuplicatePolicy
from schema.payment_method import PaymentMethod
from serving.locks import Lease, LockLost, LockTimeout
from serving.shared import StoreUnavailable
from stripe_api import InvalidRequestError, StripeError, StripeObject

if TYPE_CHECKING:
    from resolvers.context import RequestContext

_PAYLOAD = "AttachPaymentMethodPayload"


class Attachment:
    """One attach, from its input to its payload."""

    def __init__(self, info: strawberry.Info[Any, None], input: AttachPaymentMethodInput) -> None:
        self._context: RequestContext = info.context
        self._input = input
        self._selection = Selection.of(info)
        self._keys = keys(self._context.caller, "attachPaymentMethod", input.idempotency_key)
        self._owner = _owner(self._context, input)
        self._has_begun = False

    async def run(self) -> AttachPaymentMethodPayload:
        """Attach as the input says."""
        if self._input.on_duplicate is DuplicatePolicy.KEEP_BOTH:
            with self._context.stripe.leaving(int(self._input.set_as_default)):
                method = await self._attach()
            return await self._keep(method)
        (owner,) = self._owner.values()
        with self._lock_failures():
            async with self._context.locks.hold(f"wallet:{owner}", deadline=self._context.stripe.deadline) as lease:
                return await self._without_duplicates(lease)

    @contextmanager
    def _lock_failures(self) -> Iterator[None]:
        """What a client is told when the wallet's lock can't be had, or was lost on the way."""
        try:
            yield
        except LockTimeout:
            raise not_done(UPSTREAM_TIMEOUT, "Other requests for this wallet took too long.") from None
        except StoreUnavailable:
            message = "Duplicates can't be ruled out for now, because the store of all replicas is unavailable."
            raise not_done(UPSTREAM_UNAVAILABLE, message, retryAfter=1) from None
        except LockLost:
            message = "Another request for this wallet may have run at the same time."
            if not self._has_begun:
                raise not_done(UPSTREAM_UNAVAILABLE, message, retryAfter=1) from None
            key = self._input.idempotency_key
            raise partly_done(UPSTREAM_UNAVAILABLE, message, idempotency_key=key) from None

    async def _without_duplicates(self, lease: Lease) -> AttachPaymentMethodPayload:
        with self._context.stripe.leaving(3):
            wallet = await self._read_wallet()
        lease.check()
        self._has_begun = True
        with self._context.stripe.leaving(2):
            method = await self._attach()
        if self._replayed():
            # The customer that came with it is that of the first time: later steps may have changed the default.
            method = {**method, "customer": id_of(method.get("customer"))}
        was_there = any(isinstance(entry, dict) and entry.get("id") == method.get("id") for entry in wallet)
        if was_there and not self._replayed():
            return await self._keep(method)
        existing = duplicates.find(method, wallet)
        if not existing:
            return await self._keep(method)
        return await self._resolve(existing, method)

    def _replayed(self) -> bool:
        """Whether the call just made was answered as it had been before."""
        return self._context.stripe.calls[-1].replayed

    async def _resolve(self, existing: list[StripeObject], method: StripeObject) -> AttachPaymentMethodPayload:
        async with _partly_done():
            if self._input.on_duplicate is DuplicatePolicy.REPLACE_EXISTING:
                return await self._replace(existing, method)
            with self._context.stripe.leaving(int(self._input.set_as_default)):
                await self._drop(method, "drop-new")
            if self._input.on_duplicate is DuplicatePolicy.REUSE_EXISTING:
                return await self._keep(existing[0], reused=True)
            raise Refused(duplicate(PaymentMethod(existing[0])))

    async def _replace(self, existing: list[StripeObject], method: StripeObject) -> AttachPaymentMethodPayload:
        owner = id_of(method.get("customer"))
        with self._context.stripe.leaving(1 + len(existing)):
            now = await self._context.stripe.customers.retrieve(owner) if owner is not None else {}
        was_default = default_instrument(now) in [one.get("id") for one in existing]
        with self._context.stripe.leaving(len(existing)):
            payload = await self._keep(method, as_default=was_default)
        if not payload.errors:
            await self._drop_all(existing)
            self._context.pages.forget()
        return payload

    async def _drop_all(self, existing: list[StripeObject]) -> None:
        for left, method in zip(reversed(range(len(existing))), existing, strict=True):
            with self._context.stripe.leaving(left):
                await self._drop(method, f"drop-existing {method['id']}")

    async def _keep(
        self, method: StripeObject, *, reused: bool = False, as_default: bool = False
    ) -> AttachPaymentMethodPayload:
        """The payload for a method that is in the wallet; it becomes the default first, where that is asked for."""
        self._context.forget_reads()
        errors: list[UserError] = []
        if self._input.set_as_default or as_default:
            try:
                await self._set_default(method)
            except StripeError as error:
                errors = [default_not_set(error)]
        return AttachPaymentMethodPayload(
            payment_method=PaymentMethod(method),
            payment_method_edge=PaymentMethodEdge(method, self._context.cursor_of),
            customer=await customer.of_payload(
                self._context, method.get("customer"), self._selection.below(_PAYLOAD, "customer")
            ),
            reused_existing=reused,
            errors=errors,
        )

    async def _read_wallet(self) -> list[Any]:
        """All methods of the owner, newest first."""
        entries: list[Any] = []
        after = None
        while True:
            part = await self._context.list_payment_methods(
                Wallet(**self._owner), Page(limit=MAX_PAGE, starting_after=after)
            )
            data = part.get("data")
            entries += data if isinstance(data, list) else []
            if part.get("has_more") is not True or not data:
                return entries
            after = id_of(entries[-1])

    async def _attach(self) -> StripeObject:
        expand = self._context.expand_of_write(_expansions(self._selection), expansion.ALL_OF_PAYMENT_METHOD)
        method = await self._context.stripe.payment_methods.attach(
            self._input.payment_method_id,
            **self._owner,
            expand=() if self._input.set_as_default else expand,
            idempotency_key=self._keys("attach"),
        )
        owner = id_of(method.get("customer"))
        if owner is not None:
            self._context.known_customers.add(owner)
        return method

    async def _set_default(self, method: StripeObject) -> None:
        owner = id_of(method.get("customer")) or self._owner["customer"]
        updated = await self._context.stripe.customers.set_default_payment_method(
            owner,
            method["id"],
            expand=self._context.expand_of_write(_customer_expansions(self._selection), expansion.ALL_OF_CUSTOMER),
            idempotency_key=self._keys("default"),
        )
        self._context.prime_customer(updated)

    async def _drop(self, method: StripeObject, step: str) -> None:
        try:
            await self._context.stripe.payment_methods.detach(method["id"], idempotency_key=self._keys(step))
        except InvalidRequestError as error:
            # Somebody else has detached it: it is gone, as it was to be.
            if error.condition != "not_attached":
                raise


@asynccontextmanager
async def _partly_done() -> AsyncIterator[None]:
    """A failure in here comes after something was done, which the same idempotency key completes."""
    try:
        yield
    except StripeError as error:
        error.partly_done = True
        raise


def _owner(context: RequestContext, input: AttachPaymentMethodInput) -> dict[str, str]:
    """The customer or account to attach to, exactly one of them, as the parameter of Stripe's that it is."""
    owner = context.owner(input.customer_id)
    if input.customer_account_id is not None and context.own is not None:
        raise Fault(FORBIDDEN, "A customer's own wallet alone can be named; leave customerAccountId out.")
    if input.customer_id is not None and input.customer_account_id is not None:
        raise invalid_input("customerAccountId", "Give customerId or customerAccountId, not both.")
    if input.customer_account_id is not None:
        if input.set_as_default:
            raise invalid_input(
                "setAsDefault", "An account's default is not set here: give customerId, or leave it out."
            )
        return {"customer_account": input.customer_account_id}
    if owner is None:
        raise invalid_input("customerId", "Name the customer by customerId or customerAccountId.")
    return {"customer": owner}


def _methods(selection: Selection) -> tuple[Selection, Selection]:
    edge = selection.below(_PAYLOAD, "paymentMethodEdge").below("PaymentMethodEdge", "node")
    return selection.below(_PAYLOAD, "paymentMethod"), edge


@remembered
def _expansions(selection: Selection) -> frozenset[str]:
    """What the method is selected with, and the customer for the payload's own field. It exists: its id is enough."""
    method, edge = _methods(selection)
    owner = selection.below(_PAYLOAD, "customer")
    expand = frozenset[str]().union(
        *(expansion.of_payment_method(one) for one in (method, edge) if expansion.needs_customer(one))
    )
    if expansion.needs_object(owner, "Customer"):
        expand |= {"customer", *(f"customer.{path}" for path in expansion.of_customer(owner))}
    return expand


@remembered
def _customer_expansions(selection: Selection) -> frozenset[str]:
    """What any customer in the payload is selected with."""
    owners = [selection.below(_PAYLOAD, "customer")]
    owners += [method.below("PaymentMethod", "customer") for method in _methods(selection)]
    return frozenset().union(*map(expansion.of_customer, owners))
