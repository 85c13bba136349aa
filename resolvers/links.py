"""Links between types that need a resolver: from a payment method to its customer, from a customer to the wallet."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Set
from functools import partial
from typing import TYPE_CHECKING, Any

from resolvers.access import NOTHING
from resolvers.billing_subscriptions import inherited_instrument, instrument, is_charged_to
from resolvers.pagination import Wallet, connection
from resolvers.queries import customer, mandate
from resolvers.reads.batched_reads import Found
from resolvers.reads.dataloaders import Pending, all_settled, map_result
from resolvers.reads.lookahead import (
    ConnectionSelection,
    CustomerSelection,
    PaymentMethodSelection,
    SubscriptionSelection,
)
from resolvers.references import default_payment_method, id_of, is_deleted, object_of
from schema.billing_subscription import BillingSubscription
from schema.client_access.customer_session import CustomerSession
from schema.connection import PageArguments, PaymentMethodConnection
from schema.context import Info, MaybeAwaitable
from schema.customer import Customer
from schema.payment_intents.payment_intent import PaymentIntent
from schema.payment_methods.payment_method import PaymentMethod
from schema.setup_intents.mandate import Mandate
from schema.setup_intents.setup_error import SetupError
from schema.setup_intents.setup_intent import SetupIntent
from schema.viewer import Viewer
from schema.wallet_change import WalletChange
from stripe_api import StripeObject

if TYPE_CHECKING:
    from resolvers.context import RequestContext


class Links:
    """Implements `schema.context.Links` for one operation."""

    def __init__(self, context: RequestContext) -> None:
        self._context = context

    def customer_of(
        self, owned: PaymentMethod | SetupIntent | PaymentIntent | CustomerSession, info: Info
    ) -> MaybeAwaitable[Customer | None]:
        """The customer it belongs to, read once for all objects of that customer; None if deleted or missing."""
        reference = owned.json.get("customer")
        selection = CustomerSelection.of(info)
        if not selection.needs_object:
            return customer.from_id(self._context, reference)
        if selection.payment_methods.is_selected:
            return self._customer(self._existing(owned.json), info)
        reading = self._read_customer(owned.json, selection.expand)
        return map_result(reading, _customer) if reading is not None else None

    def is_default(self, payment_method: PaymentMethod, info: Info) -> MaybeAwaitable[bool]:
        """Whether it is its customer's default. False if the reference to the customer is not readable."""
        reference = payment_method.json.get("customer")
        reading = self._read_customer(payment_method.json) if isinstance(reference, str | dict) else None
        if reading is None:
            return False
        return map_result(reading, lambda customer: _is_default(customer, payment_method))

    def default_payment_method_of(self, customer: Customer, info: Info) -> MaybeAwaitable[PaymentMethod | None]:
        """The customer's default, from the customer's own JSON if that contains what is selected."""
        return self._payment_method(default_payment_method(customer.json), info)

    def mandate_of(self, intent: SetupIntent, info: Info) -> MaybeAwaitable[Mandate | None]:
        """The mandate of a SetupIntent. It is the caller's, as the SetupIntent is. Read only if Stripe sent its id."""
        reference = intent.json.get("mandate")
        id, found = id_of(reference), object_of(reference)
        if id is None or found is not None:
            return Mandate(found) if found is not None else None
        return mandate.retrieve(info, id)

    def payment_method_of(
        self, owner: SetupIntent | PaymentIntent | SetupError | Mandate, info: Info
    ) -> MaybeAwaitable[PaymentMethod | None]:
        """The payment method that is being saved, that pays, that failed, or that a mandate is for.

        Read only if Stripe sent less than is selected.
        """
        reference = owner.json.get("payment_method")
        return None if self._belongs_to_another(reference) else self._payment_method(reference, info)

    async def payment_methods_of(
        self, customer: Customer, arguments: PageArguments, info: Info
    ) -> PaymentMethodConnection:
        """A page of the wallet. If the methods on it need their customer, it is read in parallel."""
        owner = self._context.access.owner_of(customer.json, customer.json) or customer.id
        page = self._context.page_request(Wallet(owner), arguments)
        reading = self._context.pages.load(Wallet(owner), page)
        await all_settled(reading, *self._reads_for_page(owner, ConnectionSelection.of(info)))
        return connection(page, await reading, self._context.cursor_of)

    def subscriptions_of(self, payment_method: PaymentMethod, info: Info) -> MaybeAwaitable[list[BillingSubscription]]:
        """The subscriptions that it pays, from one list for all payment methods of a customer."""
        owner = self._existing(payment_method.json)
        if owner is None:
            return []
        expand = SubscriptionSelection.of(info).expand
        reading = self._context.subscriptions_of_customers.load(owner, expand)
        return map_result(reading, partial(_charged_to, payment_method))

    def paying_method_of(self, subscription: BillingSubscription, info: Info) -> MaybeAwaitable[PaymentMethod | None]:
        """The payment method that its invoices are charged to."""
        self._context.prime_customer(subscription.json.get("customer"))
        reference = instrument(subscription.json)
        return None if self._belongs_to_another(reference) else self._payment_method(reference, info)

    async def own_customer(self, viewer: Viewer, info: Info) -> Customer | None:
        """The caller's own customer; None if the caller is not a customer."""
        return await self._customer(self._context.access.own, info)

    def changed_payment_method(self, change: WalletChange, info: Info) -> MaybeAwaitable[PaymentMethod | None]:
        """The payment method that changed; None if it is gone or not accessible."""
        return self._payment_method(change.payment_method_id, info)

    async def changed_customer(self, change: WalletChange, info: Info) -> Customer | None:
        """The customer whose wallet changed; None if it is deleted."""
        return await self._customer(change.customer_id, info)

    def _reads_for_page(self, owner: str, selection: ConnectionSelection) -> list[Awaitable[Found]]:
        """The reads of the customer that the payment methods on a page need."""
        reads: list[Awaitable[Found]] = []
        if selection.needs_customer:
            reads.append(self._context.customers.load(owner, selection.expand_in_customer))
        if any(method.subscriptions.is_selected for method in selection.methods):
            reads.append(self._context.subscriptions_of_customers.load(owner, selection.expand_in_subscriptions))
        return reads

    async def _customer(self, id: str | None, info: Info) -> Customer | None:
        if id is None:
            return None
        return await customer.retrieve_selected(self._context, id, CustomerSelection.of(info))

    def _belongs_to_another(self, reference: Any) -> bool:
        """Whether Stripe sent a payment method in full that belongs to a customer other than the caller."""
        found = object_of(reference)
        is_attached = found is not None and (found.get("customer") or found.get("customer_account")) is not None
        return found is not None and is_attached and not self._context.access.is_own(found)

    def _read_customer(self, owned: StripeObject, expand: Set[str] = NOTHING) -> Pending[Found] | None:
        id = self._existing(owned)
        return self._context.customers.load(id, expand) if id is not None else None

    def _existing(self, owned: StripeObject) -> str | None:
        """The id of an object's customer, or None if the customer is known to be deleted.

        An expanded customer is kept, so that it is not read again.
        """
        reference = owned.get("customer")
        if isinstance(reference, Mapping) and is_deleted(reference):
            return None
        self._context.prime_customer(reference)
        return self._context.access.owner_of(owned, reference)

    def _payment_method(self, reference: Any, info: Info) -> MaybeAwaitable[PaymentMethod | None]:
        id, found = id_of(reference), object_of(reference)
        if id is None or found is not None:
            return _payment_method(found)
        expand = PaymentMethodSelection.of(info).expand
        return map_result(self._context.payment_methods.load(id, expand), _payment_method)


def _is_default(customer: Found, payment_method: PaymentMethod) -> bool:
    if customer is None or is_deleted(customer):
        return False
    default = default_payment_method(customer)
    return default is not None and id_of(default) == payment_method.json.get("id")


def _charged_to(payment_method: PaymentMethod, found: Found) -> list[BillingSubscription]:
    id = payment_method.json.get("id")
    entries = found.get("data") if found is not None else None
    return [
        BillingSubscription(entry)
        for entry in entries or ()
        if isinstance(id, str) and is_charged_to(entry, id, is_default=inherited_instrument(entry) == id)
    ]


def _customer(found: Found) -> Customer | None:
    return None if found is None or is_deleted(found) else Customer(found)


def _payment_method(found: Found) -> PaymentMethod | None:
    return PaymentMethod(found) if found is not None else None
