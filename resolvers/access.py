"""Ownership: what of Stripe the caller can read, and the proof that an object is the caller's before a write.

A CUSTOMER caller has one wallet. Reads use the URLs below the caller's own customer, and another customer's object gets
the same response as a missing one. Other callers can access every wallet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from resolvers.billing_subscriptions import list_subscriptions
from resolvers.errors.exceptions import forbidden, invalid_input
from resolvers.pagination import PageRequest, Wallet
from resolvers.references import id_of, object_of
from stripe_api import StripeList, StripeObject, StripeSession, no_such_object

NOTHING: frozenset[str] = frozenset()
"""No references to expand."""


@dataclass(frozen=True)
class Access:
    """The caller's access to Stripe in one operation. `own` is the caller's customer; None for a SERVICE caller."""

    stripe: StripeSession
    own: str | None
    existing_customers: set[str] = field(default_factory=set)
    """Customers that a REST call of this operation has shown to exist."""

    def customer_named(self, id: str | None) -> str | None:
        """The customer that a mutation is for: the caller's own, or the one that a SERVICE caller names."""
        if self.own is None:
            return id
        if id not in (None, self.own):
            raise forbidden("A customer can only access its own wallet. Omit customerId.")
        return self.own

    def required_customer(self, id: str | None) -> str:
        """Like `customer_named`. Raises MutationRejected if there is none."""
        customer = self.customer_named(id)
        if customer is None:
            raise invalid_input("customerId", "Give customerId: this caller has no customer of its own.")
        return customer

    async def prove_payment_method(self, id: str) -> StripeObject | None:
        """Before a write: reads the payment method if the caller must prove ownership of it; None otherwise.

        Raises InvalidRequestError, status 404, if it is not the caller's.
        """
        if self.own is None:
            return None
        with self.stripe.reserve_time(1):
            return await self.retrieve_payment_method(id, NOTHING)

    async def prove_setup_intent(self, id: str) -> StripeObject | None:
        """Like `prove_payment_method`, for a SetupIntent."""
        if self.own is None:
            return None
        with self.stripe.reserve_time(1):
            return await self.retrieve_setup_intent(id, NOTHING)

    async def retrieve_customer(self, id: str, expand: frozenset[str]) -> StripeObject:
        """A customer. Raises InvalidRequestError, status 404, if there is none that the caller may access."""
        if self.own not in (None, id):
            raise no_such_object("customer")
        return await self.stripe.customers.retrieve(id, expand=sorted(expand))

    async def retrieve_payment_method(self, id: str, expand: frozenset[str]) -> StripeObject:
        """A payment method. Raises InvalidRequestError, status 404, if there is none that the caller may access."""
        if self.own is None:
            return await self.stripe.payment_methods.retrieve(id, expand=sorted(expand))
        method = await self.stripe.customers.retrieve_payment_method(self.own, id, expand=sorted(expand))
        self.existing_customers.add(self.own)
        return method

    async def retrieve_setup_intent(self, id: str, expand: frozenset[str]) -> StripeObject:
        """A SetupIntent. Raises InvalidRequestError, status 404, if there is none that the caller may access."""
        intent = await self.stripe.setup_intents.retrieve(id, expand=sorted(expand))
        if self.own is not None and id_of(intent.get("customer")) != self.own:
            raise no_such_object("setup_intent")
        return intent

    async def retrieve_subscription(self, id: str, expand: frozenset[str]) -> StripeObject:
        """A subscription. Raises InvalidRequestError, status 404, if there is none that the caller may access."""
        subscription = await self.stripe.subscriptions.retrieve(id, expand=sorted(expand))
        if self.own is not None and id_of(subscription.get("customer")) != self.own:
            raise no_such_object("subscription")
        return subscription

    async def list_subscriptions(self, customer: str, expand: frozenset[str]) -> StripeList:
        """All subscriptions of a customer. Each has the customer, whose default it may inherit."""
        if self.own not in (None, customer):
            raise no_such_object("customer")
        paths = sorted(f"data.{path}" for path in expand | {"customer"})
        return {"data": await list_subscriptions(self.stripe, customer, expand=paths)}

    async def retrieve_mandate(self, id: str, expand: frozenset[str]) -> StripeObject:
        """A mandate. Raises InvalidRequestError, status 404, if there is none that the caller may access.

        It is the caller's if its payment method is. The mandate of a detached payment method has no owner.
        """
        if self.own is None:
            return await self.stripe.mandates.retrieve(id, expand=sorted(expand))
        mandate = await self.stripe.mandates.retrieve(id, expand=sorted(expand | {"payment_method"}))
        method = object_of(mandate.get("payment_method"))
        if method is None or id_of(method.get("customer")) != self.own:
            raise no_such_object("mandate")
        return mandate

    async def list_payment_methods(self, wallet: Wallet, page: PageRequest) -> StripeList:
        """One page of a wallet. Raises InvalidRequestError if there is no such customer or account."""
        if self.own is not None and wallet != Wallet(self.own):
            raise no_such_object("customer" if wallet.customer is not None else "customer_account")
        options: dict[str, Any] = {
            "type": page.type,
            "allow_redisplay": page.allow_redisplay,
            "limit": page.limit,
            "starting_after": page.starting_after,
            "ending_before": page.ending_before,
            "expand": sorted(page.expand),
        }
        if wallet.customer is None:
            account = wallet.customer_account
            return await self.stripe.payment_methods.list(customer_account=account, **options)
        listed = await self.stripe.customers.list_payment_methods(wallet.customer, **options)
        self.existing_customers.add(wallet.customer)
        return listed
