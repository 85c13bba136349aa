"""All that the resolvers of one operation share, and what of Stripe the caller reaches.

A customer reaches one wallet. Every read of theirs goes through URLs below their own customer, every write proves
first that its object is theirs, and what is not theirs is to them as if it did not exist.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import replace
from functools import cached_property
from typing import Any

from resolvers.cursors import Cursors
from resolvers.edges import Edges
from resolvers.errors import FORBIDDEN, Fault, invalid_input, no_such_entry
from resolvers.expansion import DEFAULT_PAYMENT_METHOD
from resolvers.loaders import NOTHING, Found, Objects, Pages, Wallet
from resolvers.pagination import MAX_PAGE, Page, page_of
from resolvers.references import default_payment_method, id_of
from schema.connection import PageArguments
from serving.auth import Caller
from serving.locks import Locks
from serving.rate_limits import CardAttempts
from stripe_api import InvalidRequestError, Stripe, StripeList, StripeObject, nothing_there


class RequestContext:
    """The caller, Stripe within the operation's deadline, and the reads that the operation's fields share."""

    def __init__(
        self,
        caller: Caller,
        stripe: Stripe,
        locks: Locks,
        cursors: Cursors,
        cards: CardAttempts,
        *,
        hidden: Collection[str] = (),
    ) -> None:
        self.caller = caller
        self.stripe = stripe
        self.locks = locks
        self._cursors = cursors
        self.cards = cards
        self.key_is_given = False
        self.selection_may_change = False
        """Whether a retry of the mutation may select other fields: its key is the client's own."""
        self.known_customers: set[str] = set()
        """Those that a call of this operation has shown to exist."""
        self._hidden = hidden

    @property
    def edges(self) -> Edges:
        """How the schema's types reach each other."""
        return Edges(self)

    @cached_property
    def customers(self) -> Objects:
        """Customers by id."""
        return Objects(self._retrieve_customer)

    @cached_property
    def payment_methods(self) -> Objects:
        """Payment methods by id."""
        return Objects(self._retrieve_payment_method, self._retrieve_payment_methods)

    @cached_property
    def setup_intents(self) -> Objects:
        """SetupIntents by id."""
        return Objects(self._retrieve_setup_intent)

    @cached_property
    def pages(self) -> Pages:
        """Pages of wallets."""
        return Pages(self.list_payment_methods)

    @property
    def own(self) -> str | None:
        """The one customer that the caller is; None for callers that are none."""
        return self.caller.customer_id

    def hides(self, what: str) -> bool:
        """Whether that is hidden from the caller: fingerprint or metadata."""
        return what in self._hidden

    def owner(self, named: str | None) -> str | None:
        """The customer that a mutation is about: the caller's own, or the one that a caller of all wallets names."""
        if self.own is None:
            return named
        if named not in (None, self.own):
            raise Fault(FORBIDDEN, "A customer's own wallet alone can be named; leave customerId out.")
        return self.own

    def named_owner(self, named: str | None) -> str:
        """As `owner`, where there must be one."""
        owner = self.owner(named)
        if owner is None:
            raise invalid_input("customerId", "Name the customer by customerId: this caller has none of its own.")
        return owner

    async def prove_payment_method(self, id: str) -> StripeObject | None:
        """Before a write: the method as it is, where the caller must prove that it is theirs; None where not."""
        if self.own is None:
            return None
        with self.stripe.leaving(1):
            return await self._retrieve_payment_method(id, NOTHING)

    async def prove_setup_intent(self, id: str) -> StripeObject | None:
        """Before a write: the SetupIntent as it is, if the caller must prove that it is theirs; None if not.

        Raises InvalidRequestError, status 404, if it is not theirs.
        """
        if self.own is None:
            return None
        with self.stripe.leaving(1):
            return await self._retrieve_setup_intent(id, NOTHING)

    def expand_of_write(self, selected: Set[str], everything: Set[str]) -> list[str]:
        """What a write asks Stripe to expand.

        Where a retry may select other fields it is always everything, since Stripe demands the same parameters of a
        request with the same key.
        """
        return sorted(everything if self.selection_may_change else selected)

    def prime_customer(self, reference: object) -> None:
        """Take in a customer that came expanded with another object, so that it is not read again."""
        id = id_of(reference)
        if id is not None and isinstance(reference, Mapping):
            unexpanded = isinstance(default_payment_method(reference), str)
            self.customers.prime(id, reference, NOTHING if unexpanded else {DEFAULT_PAYMENT_METHOD})

    def forget_reads(self) -> None:
        """After a write, what was read before may be wrong; after the operation, nobody needs it.

        Without that last word the reads and this context would hold each other, and be found by the collector alone.
        """
        for name in ("customers", "payment_methods", "setup_intents", "pages"):
            vars(self).pop(name, None)

    def cursor_of(self, id: str) -> str:
        """The cursor of a payment method, as this caller may use it."""
        return id if self.own is None else self._cursors.make(self.own, id)

    def page_of(self, wallet: Wallet, arguments: PageArguments) -> Page:
        """The page that a client asks for. Raises a BAD_USER_INPUT fault that says what to change."""
        page = page_of(arguments)
        return replace(
            page,
            starting_after=self._id_at(wallet, "after", page.starting_after),
            ending_before=self._id_at(wallet, "before", page.ending_before),
        )

    def _id_at(self, wallet: Wallet, argument: str, cursor: str | None) -> str | None:
        if cursor is None:
            return None
        id = self._cursors.read(wallet.customer or "", cursor)
        if id is None and self.own is not None:
            raise no_such_entry(argument)
        return cursor if id is None else id

    async def list_payment_methods(self, wallet: Wallet, page: Page) -> StripeList:
        """One page of a wallet. Raises InvalidRequestError when there is no such customer or account."""
        if self.own is not None and wallet != Wallet(self.own):
            raise nothing_there("customer" if wallet.customer is not None else "customer_account")
        filters = {"type": page.type, "allow_redisplay": page.allow_redisplay}
        place = {"starting_after": page.starting_after, "ending_before": page.ending_before}
        options: dict[str, Any] = {**filters, "limit": page.limit, **place, "expand": sorted(page.expand)}
        if wallet.customer is None:
            account = wallet.customer_account
            return await self.stripe.payment_methods.list(customer_account=account, **options)
        listed = await self.stripe.customers.list_payment_methods(wallet.customer, **options)
        self.known_customers.add(wallet.customer)
        return listed

    async def _retrieve_customer(self, id: str, expand: frozenset[str]) -> StripeObject:
        if self.own not in (None, id):
            raise nothing_there("customer")
        return await self.stripe.customers.retrieve(id, expand=sorted(expand))

    async def _retrieve_payment_method(self, id: str, expand: frozenset[str]) -> StripeObject:
        if self.own is not None:
            method = await self.stripe.customers.retrieve_payment_method(self.own, id, expand=sorted(expand))
            self.known_customers.add(self.own)
            return method
        return await self.stripe.payment_methods.retrieve(id, expand=sorted(expand))

    async def _retrieve_setup_intent(self, id: str, expand: frozenset[str]) -> StripeObject:
        intent = await self.stripe.setup_intents.retrieve(id, expand=sorted(expand))
        if self.own is not None and id_of(intent.get("customer")) != self.own:
            raise nothing_there("setup_intent")
        return intent

    async def _retrieve_payment_methods(self, ids: Sequence[str], expand: frozenset[str]) -> Mapping[str, Found]:
        """Several methods by their customers' lists, of which one often has them all; None for those that are missing.

        A customer's are in their own list. Else one method is read, and the list of its customer; it goes on with the
        next customer while lists find more than the one method that led to them.
        """
        if self.own is not None:
            return await self._of_own_wallet(self.own, ids, expand)
        found: dict[str, Found] = {}
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

    async def _of_own_wallet(self, own: str, ids: Sequence[str], expand: frozenset[str]) -> Mapping[str, Found]:
        listed = await self._list(own, expand)
        # What a whole wallet doesn't hold need not be read: nothing else is the caller's.
        missing: Mapping[str, Found] = dict.fromkeys(ids) if listed.get("has_more") is False else {}
        return {**missing, **_entries(listed, ids)}

    async def _with_the_same_customer(self, id: str, ids: Sequence[str], expand: frozenset[str]) -> Mapping[str, Found]:
        try:
            first = await self._retrieve_payment_method(id, expand)
        except InvalidRequestError as error:
            return {id: None} if error.http_status == 404 else {}
        owner = id_of(first.get("customer"))
        return {**(_entries(await self._list(owner, expand), ids) if owner is not None else {}), id: first}

    async def _list(self, owner: str, expand: frozenset[str]) -> StripeList:
        page = Page(limit=MAX_PAGE, expand=frozenset(f"data.{path}" for path in expand))
        return await self.list_payment_methods(Wallet(owner), page)


def _entries(listed: StripeList, ids: Sequence[str]) -> dict[str, StripeObject]:
    entries = [entry for entry in listed.get("data") or () if isinstance(entry, dict)]
    return {entry["id"]: entry for entry in entries if entry.get("id") in ids}


_WORTH_A_LIST = 3
"""Methods still to be read for which it is worth trying a customer's list."""
