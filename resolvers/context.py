"""All that the resolvers of one operation share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from resolvers.edges import Edges
from resolvers.expansion import DEFAULT_PAYMENT_METHOD
from resolvers.loaders import NOTHING, Objects, Pages, Wallet
from resolvers.locks import Locks
from resolvers.pagination import MAX_PAGE, Page
from resolvers.references import default_payment_method, id_of, object_of
from serving.auth import Caller
from stripe_api import InvalidRequestError, Stripe, StripeList, StripeObject


class RequestContext:
    """The caller, Stripe within the operation's deadline, and the reads that the operation's fields share."""

    def __init__(self, caller: Caller, stripe: Stripe, locks: Locks) -> None:
        self.caller = caller
        self.stripe = stripe
        self.locks = locks
        self.customers = Objects(self._retrieve_customer)
        self.payment_methods = Objects(self._retrieve_payment_method, self._retrieve_payment_methods)
        self.setup_intents = Objects(self._retrieve_setup_intent)
        self.pages = Pages(self.list_payment_methods)
        self.edges = Edges(self)

    def prime_customer(self, reference: object) -> None:
        """Take in a customer that came expanded with another object, so that it is not read again."""
        found = object_of(reference)
        id = id_of(found)
        if found is not None and id is not None:
            unexpanded = isinstance(default_payment_method(found), str)
            self.customers.prime(id, found, NOTHING if unexpanded else {DEFAULT_PAYMENT_METHOD})

    def forget_reads(self) -> None:
        """After a write, what was read before may be wrong."""
        self.customers.forget()
        self.payment_methods.forget()
        self.setup_intents.forget()
        self.pages.forget()

    async def list_payment_methods(self, wallet: Wallet, page: Page, *, expand: Sequence[str] = ()) -> StripeList:
        """One page of a wallet. Raises InvalidRequestError when there is no such customer or account."""
        filters = {"type": page.type, "allow_redisplay": page.allow_redisplay}
        place = {"starting_after": page.starting_after, "ending_before": page.ending_before}
        options: dict[str, Any] = {**filters, "limit": page.limit, **place, "expand": expand}
        if wallet.customer is None:
            account = wallet.customer_account
            return await self.stripe.payment_methods.list(customer_account=account, **options)
        return await self.stripe.customers.list_payment_methods(wallet.customer, **options)

    async def _retrieve_customer(self, id: str, expand: frozenset[str]) -> StripeObject:
        return await self.stripe.customers.retrieve(id, expand=sorted(expand))

    async def _retrieve_payment_method(self, id: str, expand: frozenset[str]) -> StripeObject:
        return await self.stripe.payment_methods.retrieve(id, expand=sorted(expand))

    async def _retrieve_setup_intent(self, id: str, expand: frozenset[str]) -> StripeObject:
        return await self.stripe.setup_intents.retrieve(id, expand=sorted(expand))

    async def _retrieve_payment_methods(self, ids: Sequence[str], expand: frozenset[str]) -> Mapping[str, StripeObject]:
        """Several methods by their customers' lists: one is read, its customer's list often has the others.

        It goes on with the next customer while lists find more than the one method that led to them.
        """
        found: dict[str, StripeObject] = {}
        for id in ids:
            if id in found:
                continue
            if len(ids) - len(found) < _WORTH_A_LIST:
                break
            before = len(found)
            found |= await self._with_the_same_customer(id, ids, expand)
            if len(found) - before < _WORTH_A_LIST - 1:
                break
        return found

    async def _with_the_same_customer(
        self, id: str, ids: Sequence[str], expand: frozenset[str]
    ) -> dict[str, StripeObject]:
        try:
            first = await self._retrieve_payment_method(id, expand)
        except InvalidRequestError:
            return {}
        owner = id_of(first.get("customer"))
        if owner is None:
            return {id: first}
        listed = await self.list_payment_methods(
            Wallet(owner), Page(limit=MAX_PAGE), expand=[f"data.{path}" for path in sorted(expand)]
        )
        entries = [entry for entry in listed.get("data") or () if isinstance(entry, dict)]
        return {**{entry["id"]: entry for entry in entries if entry.get("id") in ids}, id: first}


_WORTH_A_LIST = 3
"""Methods still to be read for which it is worth trying a customer's list."""
