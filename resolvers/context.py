"""All that the resolvers of one operation share."""

from __future__ import annotations

from resolvers.edges import Edges
from resolvers.expansion import DEFAULT_PAYMENT_METHOD
from resolvers.loaders import NOTHING, Objects, Pages
from resolvers.pagination import Page
from resolvers.references import default_payment_method, id_of, object_of
from serving.auth import Caller
from stripe_api import Stripe, StripeList, StripeObject


class RequestContext:
    """The caller, Stripe within the operation's deadline, and the reads that the operation's fields share."""

    def __init__(self, caller: Caller, stripe: Stripe) -> None:
        self.caller = caller
        self.stripe = stripe
        self.customers = Objects(self._retrieve_customer)
        self.payment_methods = Objects(self._retrieve_payment_method)
        self.pages = Pages(self._list_payment_methods)
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
        self.pages.forget()

    async def _retrieve_customer(self, id: str, expand: frozenset[str]) -> StripeObject:
        return await self.stripe.customers.retrieve(id, expand=sorted(expand))

    async def _retrieve_payment_method(self, id: str, expand: frozenset[str]) -> StripeObject:
        return await self.stripe.payment_methods.retrieve(id, expand=sorted(expand))

    async def _list_payment_methods(self, customer_id: str, page: Page) -> StripeList:
        return await self.stripe.customers.list_payment_methods(
            customer_id,
            type=page.type,
            allow_redisplay=page.allow_redisplay,
            limit=page.limit,
            starting_after=page.starting_after,
            ending_before=page.ending_before,
        )
