"""The state that the resolvers of one operation share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from functools import cached_property, partial

from changes.streams.stream import ChangeStream
from resolvers.access import NOTHING, Access
from resolvers.cursors import Cursors
from resolvers.errors.exceptions import no_such_entry
from resolvers.links import Links
from resolvers.pagination import PageRequest, Wallet, page_request
from resolvers.reads.batched_reads import retrieve_payment_methods
from resolvers.reads.dataloaders import Objects, Pages
from resolvers.reads.lookahead import DEFAULT_PAYMENT_METHOD
from resolvers.references import default_payment_method
from resolvers.writes.write_outcomes import WriteRecorder
from schema.connection import PageArguments
from serving.auth.rate_limits import CardAttempts
from serving.auth.tokens import Caller
from serving.graphql.operation_request import Device
from serving.redis.locks import Locks
from stripe_api import StripeSession, name_in


@dataclass(eq=False)
class RequestContext:
    """The caller, the caller's access to Stripe within the operation's deadline, and the loaders."""

    caller: Caller
    stripe: StripeSession
    locks: Locks
    cursors: Cursors
    cards: CardAttempts
    _: KW_ONLY
    hidden: Collection[str]
    session_features: Collection[str]
    """The features that customers may request in a customer session."""
    writes: WriteRecorder
    changes: ChangeStream
    after: str | None
    """The position in `changes` after which a subscription starts; None for now."""
    device: Device | None
    """The device that sent the operation. None unless mandates may name it."""

    @cached_property
    def access(self) -> Access:
        """The caller's access to Stripe."""
        return Access(self.stripe, self.caller.customer_id)

    @property
    def links(self) -> Links:
        """The links between the schema's types."""
        return Links(self)

    # The loaders refer to the access, never to this context: an operation leaves no reference cycle.

    @cached_property
    def customers(self) -> Objects:
        """Customers by id."""
        return Objects(self.access.retrieve_customer)

    @cached_property
    def payment_methods(self) -> Objects:
        """Payment methods by id."""
        return Objects(self.access.retrieve_payment_method, partial(retrieve_payment_methods, self.access))

    @cached_property
    def setup_intents(self) -> Objects:
        """SetupIntents by id."""
        return Objects(self.access.retrieve_setup_intent)

    @cached_property
    def payment_intents(self) -> Objects:
        """PaymentIntents by id."""
        return Objects(self.access.retrieve_payment_intent)

    @cached_property
    def subscriptions(self) -> Objects:
        """Subscriptions by id."""
        return Objects(self.access.retrieve_subscription)

    @cached_property
    def subscriptions_of_customers(self) -> Objects:
        """Lists of all subscriptions of a customer, by the customer's id."""
        return Objects(self.access.list_subscriptions)

    @cached_property
    def mandates(self) -> Objects:
        """Mandates by id."""
        return Objects(self.access.retrieve_mandate)

    @cached_property
    def pages(self) -> Pages:
        """Pages of wallets."""
        return Pages(self.access.list_payment_methods)

    def hides(self, what: str) -> bool:
        """Whether this is hidden from the caller: fingerprint or metadata."""
        return what in self.hidden

    def prime_customer(self, reference: object) -> None:
        """Keep a customer that was expanded in another object, so that it is not read again."""
        if isinstance(reference, Mapping) and (id := self.access.owner_of(reference, reference)) is not None:
            unexpanded = isinstance(default_payment_method(reference), str)
            self.customers.prime(id, reference, NOTHING if unexpanded else {DEFAULT_PAYMENT_METHOD})

    def forget_reads(self) -> None:
        """After a write, drop the results of all reads, because they may be outdated."""
        for name in _LOADERS & vars(self).keys():
            delattr(self, name)

    def cursor_of(self, id: str) -> str:
        """The cursor of a payment method for this caller."""
        own = self.access.own
        return id if own is None else self.cursors.make(self.name_of(own), id)

    def name_of(self, wallet: str) -> str:
        """The name of a customer or account among those of all connected accounts."""
        return name_in(self.caller.account, wallet)

    def page_request(self, wallet: Wallet, arguments: PageArguments) -> PageRequest:
        """The page that a client asks for. Raises a BAD_USER_INPUT error that says what to change."""
        page = page_request(arguments)
        return replace(
            page,
            starting_after=self._id_at(wallet, "after", page.starting_after),
            ending_before=self._id_at(wallet, "before", page.ending_before),
        )

    def _id_at(self, wallet: Wallet, argument: str, cursor: str | None) -> str | None:
        if cursor is None:
            return None
        id = self.cursors.read(self.name_of(wallet.id), cursor)
        if id is None and self.access.own is not None:
            raise no_such_entry(argument)
        return cursor if id is None else id


_LOADERS = {name for name, value in vars(RequestContext).items() if isinstance(value, cached_property)} - {"access"}
