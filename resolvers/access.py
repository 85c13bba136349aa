"""Ownership: what of Stripe the caller can read, and the proof that an object is the caller's before a write.

A CUSTOMER caller has one wallet. Reads use the URLs below the caller's own customer or Account, and another customer's
object gets the same response as a missing one. Other callers can access every wallet.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from resolvers.billing_subscriptions import list_subscriptions
from resolvers.errors.exceptions import forbidden, invalid_input
from resolvers.pagination import PageRequest, Wallet
from resolvers.references import id_of, object_of
from stripe_api import StripeList, StripeObject, StripeSession, is_account, no_such_object

NOTHING: frozenset[str] = frozenset()
"""No references to expand."""

Retrieve = Callable[[str, frozenset[str]], Awaitable[StripeObject]]
"""Reads an object by id, with these references expanded."""


@dataclass(frozen=True)
class Access:
    """The caller's access to Stripe in one operation.

    `own` is the id of the caller's customer, or of the Account that represents it; None for a SERVICE caller.
    """

    stripe: StripeSession
    own: str | None
    existing_customers: set[str] = field(default_factory=set)
    """Customers that a REST call of this operation has shown to exist."""

    accounts: set[str] = field(default_factory=set)
    """Accounts by whose ids this operation reads their customers, besides the caller's own."""

    def owner_named(self, customer: str | None, account: str | None) -> str | None:
        """The customer or Account that a mutation is for: the caller's own, or the one that a SERVICE caller names."""
        if self.own is not None:
            self._check_named("customerId", customer, may_be_own=not is_account(self.own))
            self._check_named("customerAccountId", account, may_be_own=is_account(self.own))
            return self.own
        if customer is not None and account is not None:
            raise invalid_input("customerAccountId", "Give customerId or customerAccountId, not both.")
        if account is not None and not is_account(account):
            raise no_such_object("customer_account", http_status=400)
        return customer if account is None else account

    def required_owner(self, customer: str | None, account: str | None) -> str:
        """Like `owner_named`. Raises MutationRejected if there is none."""
        owner = self.owner_named(customer, account)
        if owner is None:
            message = "Give customerId or customerAccountId: this caller has no customer of its own."
            raise invalid_input("customerId", message)
        return owner

    def owner_of(self, owned: Mapping[str, Any], customer: Any) -> str | None:
        """The id by which this operation reads the customer of an object: the Account's, or that of the reference.

        None if the object has no customer. A customer is its own reference.
        """
        account = owned.get("customer_account")
        # A value of another kind costs only the field `customerAccount`.
        if isinstance(account, str) and (account == self.own or account in self.accounts):
            return account
        return id_of(customer)

    def can_list(self, owner: str) -> bool:
        """Whether a page of this owner's wallet can be read now. An Account's customer must be read first."""
        return self.own is None or self.own == owner or not is_account(self.own)

    def is_own(self, owned: Mapping[str, Any]) -> bool:
        """Whether an object belongs to the caller's own customer or Account."""
        if self.own is None:
            return True
        return id_of(owned.get("customer_account" if is_account(self.own) else "customer")) == self.own

    def _check_named(self, field: str, id: str | None, *, may_be_own: bool) -> None:
        if id is not None and not (may_be_own and id == self.own):
            raise forbidden(f"A customer can only access its own wallet. Omit {field}.")

    async def prove_payment_method(self, id: str) -> StripeObject | None:
        """Before a write: reads the payment method if the caller must prove ownership of it; None otherwise.

        Raises InvalidRequestError, status 404, if it is not the caller's.
        """
        return await self._prove(self.retrieve_payment_method, id)

    async def prove_setup_intent(self, id: str) -> StripeObject | None:
        """Like `prove_payment_method`, for a SetupIntent."""
        return await self._prove(self.retrieve_setup_intent, id)

    async def prove_payment_intent(self, id: str) -> StripeObject | None:
        """Like `prove_payment_method`, for a PaymentIntent."""
        return await self._prove(self.retrieve_payment_intent, id)

    async def _prove(self, retrieve: Retrieve, id: str) -> StripeObject | None:
        if self.own is None:
            return None
        with self.stripe.reserve_time(1):
            return await retrieve(id, NOTHING)

    async def retrieve_customer(self, id: str, expand: frozenset[str]) -> StripeObject:
        """A customer. Raises InvalidRequestError, status 404, if it is missing or inaccessible."""
        if self.own in (None, id):
            return await self.stripe.customers.retrieve(id, expand=sorted(expand))
        # Only Stripe knows the id of an Account's customer, which clients read as `id`.
        if self.own is not None and is_account(self.own) and not is_account(id):
            found = await self.stripe.customers.retrieve(self.own, expand=sorted(expand))
            if found.get("id") == id:
                return found
        raise no_such_object("customer")

    async def retrieve_payment_method(self, id: str, expand: frozenset[str]) -> StripeObject:
        """A payment method. Raises InvalidRequestError, status 404, if it is missing or inaccessible."""
        if self.own is None:
            return await self.stripe.payment_methods.retrieve(id, expand=sorted(expand))
        method = await self.stripe.customers.retrieve_payment_method(self.own, id, expand=sorted(expand))
        self._exists(self.own, method)
        return method

    async def retrieve_setup_intent(self, id: str, expand: frozenset[str]) -> StripeObject:
        """A SetupIntent. Raises InvalidRequestError, status 404, if it is missing or inaccessible."""
        return self._only_own("setup_intent", await self.stripe.setup_intents.retrieve(id, expand=sorted(expand)))

    async def retrieve_payment_intent(self, id: str, expand: frozenset[str]) -> StripeObject:
        """A PaymentIntent. Raises InvalidRequestError, status 404, if it is missing or inaccessible."""
        return self._only_own("payment_intent", await self.stripe.payment_intents.retrieve(id, expand=sorted(expand)))

    async def retrieve_subscription(self, id: str, expand: frozenset[str]) -> StripeObject:
        """A subscription. Raises InvalidRequestError, status 404, if it is missing or inaccessible."""
        return self._only_own("subscription", await self.stripe.subscriptions.retrieve(id, expand=sorted(expand)))

    def _only_own(self, kind: str, found: StripeObject) -> StripeObject:
        if not self.is_own(found):
            raise no_such_object(kind)
        return found

    async def list_subscriptions(self, customer: str, expand: frozenset[str]) -> StripeList:
        """All subscriptions of a customer. Each has the customer, whose default it may inherit."""
        if self.own not in (None, customer):
            raise no_such_object("customer")
        paths = sorted(f"data.{path}" for path in expand | {"customer"})
        return {"data": await list_subscriptions(self.stripe, customer, expand=paths)}

    async def retrieve_mandate(self, id: str, expand: frozenset[str]) -> StripeObject:
        """A mandate. Raises InvalidRequestError, status 404, if it is missing or inaccessible.

        It is the caller's if its payment method is. The mandate of a detached payment method has no owner.
        """
        if self.own is None:
            return await self.stripe.mandates.retrieve(id, expand=sorted(expand))
        mandate = await self.stripe.mandates.retrieve(id, expand=sorted(expand | {"payment_method"}))
        method = object_of(mandate.get("payment_method"))
        if method is None or not self.is_own(method):
            raise no_such_object("mandate")
        return mandate

    async def list_payment_methods(self, wallet: Wallet, page: PageRequest) -> StripeList:
        """One page of a wallet. Raises InvalidRequestError if there is no such customer or account."""
        if self.own not in (None, wallet.id):
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
        entries = listed.get("data")
        self._exists(wallet.customer, *(entries[:1] if isinstance(entries, list) else ()))
        return listed

    def _exists(self, owner: str, *owned: Any) -> None:
        """Note that a customer exists, under the id that was used and the one in what it owns."""
        ids = [owner, *(id_of(one.get("customer")) for one in owned if isinstance(one, Mapping))]
        self.existing_customers.update(id for id in ids if id is not None and not is_account(id))
