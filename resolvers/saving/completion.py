"""What follows after the customer's device has confirmed an intent that saves a payment method.

The intent is read once: what it saved does not change afterwards. The steps that follow are those of
`saved_method.py`. They depend only on the current state of the wallet, so that a repeated request completes them, and
then gets the same result, with or without an idempotency key.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import strawberry

from resolvers.errors.exceptions import MutationRejected, invalid_input
from resolvers.reads.lookahead import (
    CustomerSelection,
    PaymentIntentSelection,
    SetupIntentSelection,
)
from resolvers.reads.selection import memoized
from resolvers.references import default_instrument, id_of, is_deleted, member_at, object_of
from resolvers.saving import duplicates, subscription_moves, wallet_lock
from resolvers.saving.duplicates import DuplicatePolicy
from resolvers.saving.saved_method import SavingSteps, check_attached, is_attached
from resolvers.saving.saved_payload import Saved, SavedPayload, SavedSelection, filled
from resolvers.saving.subscription_moves import SubscriptionsToMove, read_subscriptions
from resolvers.writes import shared_fields
from resolvers.writes.write import Write
from schema.errors import (
    DefaultNotSetError,
    DuplicatePaymentMethodError,
    InvalidStateError,
    NotReusableError,
    SubscriptionsNotMovedError,
)
from schema.payment_methods.payment_method import PaymentMethod
from stripe_api import StripeObject

ERRORS = (
    InvalidStateError,
    NotReusableError,
    DuplicatePaymentMethodError,
    DefaultNotSetError,
    SubscriptionsNotMovedError,
)
"""The errors of a mutation that completes an intent."""

SAVED_INSTEAD: Mapping[str, str] = {
    **dict.fromkeys(("bancontact", "ideal", "sofort"), "generated_sepa_debit"),
    "card_present": "generated_card",
}
"""By type that can't be saved itself: the part of the details of its use that names what was saved instead."""


@strawberry.input
class CompletionInput:
    """What to do with the payment method that was saved. Each mutation adds the id of its intent."""

    set_as_default: bool = shared_fields.optional(
        "Whether to make the payment method the default for invoices and subscriptions.", default=False
    )
    on_duplicate: DuplicatePolicy = shared_fields.optional(
        "The policy for a card or account that the customer already had.", default=DuplicatePolicy.KEEP_BOTH
    )
    move_subscriptions: SubscriptionsToMove = subscription_moves.input_field()
    idempotency_key: str | None = shared_fields.idempotency_key()


@strawberry.type
class CompletionPayload(SavedPayload):
    """The result. Each mutation adds its intent."""

    payment_method: PaymentMethod | None = shared_fields.result(
        "The payment method in the wallet: the one that was saved, which is a SEPA debit for iDEAL, Bancontact and "
        "Sofort and a card for a card reader's CARD_PRESENT, or with REUSE_EXISTING the one that the customer already "
        "had."
    )


P = TypeVar("P", bound=CompletionPayload)


class CompletionSelection(SavedSelection, of=CompletionPayload):
    @property
    def intent(self) -> SetupIntentSelection | PaymentIntentSelection:
        """The selection of the intent."""
        raise NotImplementedError

    @property
    @memoized
    def expand(self) -> frozenset[str]:
        """The `expand` paths of the intent, for every place in the payload."""
        customer = (f"customer.{path}" for one in self.customers for path in one.expand)
        return self.intent.expand | {"customer", "payment_method", *customer}

    @property
    def customers(self) -> Sequence[CustomerSelection]:
        return [*super().customers, self.intent.customer, self.intent.payment_method.customer]


@dataclass(frozen=True)
class Completion(Generic[P]):
    """The steps for an intent that succeeded, with its customer and payment method expanded.

    `saved` is the reference to the payment method that was saved, `id_field` the input field with the intent's id.
    `payload` makes the payload with the intent only.
    """

    write: Write
    input: CompletionInput
    selection: CompletionSelection
    intent: StripeObject
    saved: Any
    id_field: str
    payload: Callable[[StripeObject], P]

    async def run(self) -> P:
        """The payload after all steps."""
        await self.write.context.stripe.evict_wallet(self._owner, self._saved_id)
        if self.input.on_duplicate is DuplicatePolicy.KEEP_BOTH:
            return await self._keep()
        return await self._resolve_duplicates()

    @property
    def _owner(self) -> str:
        """The id of the customer whose payment method was saved, or of the Account that represents it."""
        customer, account = self.intent.get("customer"), id_of(self.intent.get("customer_account"))
        owner = self.write.context.access.owner_of(self.intent, customer) or account
        if owner is None or (isinstance(customer, dict) and is_deleted(customer)):
            message = "It has no customer, or its customer is deleted. Use one for an existing customer."
            raise invalid_input(self.id_field, message)
        return owner

    @property
    def _saved_id(self) -> str:
        """The id of the payment method that was saved."""
        id = id_of(self.saved)
        if id is None:
            raise MutationRejected(InvalidStateError.at(self.id_field))
        return id

    async def _keep(self) -> P:
        """The payload, without looking for duplicates."""
        stripe, input = self.write.context.stripe, self.input
        later = int(input.set_as_default) + (input.move_subscriptions is not SubscriptionsToMove.NONE)
        with stripe.reserve_time(later + 1):
            method = object_of(self.saved) or await self._retrieve()
            moves = await read_subscriptions(self.write, input.move_subscriptions, self._owner)
        check_attached(method, self.id_field)
        return await self._payload(await self._steps.keep(method, moves))

    async def _resolve_duplicates(self) -> P:
        """Holds the wallet's lock, so that of several equal payment methods the same one stays for every request."""
        owner, input, context = self._owner, self.input, self.write.context
        async with wallet_lock.hold(self.write, owner) as lease:
            with context.stripe.reserve_time(3):
                wallet = await wallet_lock.read_wallet(context.access, owner)
                moves = await read_subscriptions(self.write, input.move_subscriptions, owner)
                method = await self._current_method(wallet)
            wallet_lock.check(lease)
            existing = duplicates.find(method, wallet)
            if input.on_duplicate is DuplicatePolicy.REPLACE_EXISTING or not existing:
                check_attached(method, self.id_field)
            return await self._as_of(wallet)._payload(await self._steps.resolve(existing, method, moves))

    def _as_of(self, wallet: Sequence[Any]) -> Completion[P]:
        """Without the customer that came with the intent if another request changed the default since then."""
        intent, current = self.intent, wallet_lock.customer_of(wallet)
        before = object_of(intent.get("customer"))
        if current is None or before is None or default_instrument(current) == default_instrument(before):
            return self
        return dataclasses.replace(self, intent={**intent, "customer": id_of(before)})

    @property
    def _steps(self) -> SavingSteps:
        policy, default = self.input.on_duplicate, self.input.set_as_default
        return SavingSteps(self.write, self._owner, policy, default, self.selection, self.id_field, first=True)

    async def _current_method(self, wallet: Sequence[Any]) -> StripeObject:
        """The payment method that was saved, as it is in or after the wallet, which was read after the intent."""
        in_wallet = wallet_lock.find(wallet, self._saved_id)
        if in_wallet is not None:
            return in_wallet
        found = object_of(self.saved)
        return found if found is not None and not is_attached(found) else await self._retrieve()

    async def _retrieve(self) -> StripeObject:
        return await self.write.context.stripe.payment_methods.retrieve(self._saved_id)

    async def _payload(self, saved: Saved) -> P:
        context, intent = self.write.context, self.intent
        customer = id_of(intent.get("customer")) or self._owner
        context.access.existing_customers.add(customer)
        payload = self.payload(_with_detached(intent) if saved.reused else intent)
        return await filled(payload, context, saved, customer, self.selection.customer)


def saved_reference(intent: StripeObject, details: object) -> Any:
    """The reference to the payment method that the intent saved. None if it has not been created yet.

    `details` are Stripe's `payment_method_details` of the latest attempt or charge.
    """
    kind = member_at(details, "type")
    saved_instead = SAVED_INSTEAD.get(kind) if isinstance(kind, str) else None
    return intent.get("payment_method") if saved_instead is None else member_at(details, kind, saved_instead)


def _with_detached(intent: StripeObject) -> StripeObject:
    """The intent after its payment method was detached, which clears a default that it was."""
    changed = {**intent, "customer": id_of(intent.get("customer"))}
    if (detached := object_of(intent.get("payment_method"))) is not None:
        changed["payment_method"] = {**detached, "customer": None, "customer_account": None}
    return changed
