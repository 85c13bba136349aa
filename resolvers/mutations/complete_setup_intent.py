"""completeSetupIntent: what follows after the customer's device has confirmed a SetupIntent.

The SetupIntent is read once: what it saved does not change afterwards. The steps that follow are those of
`saved_method.py`. They depend only on the current state of the wallet, so that a repeated request completes them, and
then gets the same result, with or without an idempotency key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import strawberry

from resolvers.errors.exceptions import MutationRejected, invalid_input
from resolvers.queries.setup_intent import from_json
from resolvers.reads import expansion
from resolvers.reads.lookahead import CustomerSelection, EdgeSelection, PaymentMethodSelection, SetupIntentSelection
from resolvers.reads.selection import Below, Selection, memoized
from resolvers.references import default_instrument, id_of, is_deleted, object_of
from resolvers.writes import duplicates, shared_fields, subscription_moves, wallet_lock
from resolvers.writes.duplicates import DuplicatePolicy
from resolvers.writes.payload_customer import payload_customer
from resolvers.writes.saved_method import Saved, SavingSteps, check_attached, is_attached
from resolvers.writes.subscription_moves import SubscriptionsToMove, read_subscriptions
from resolvers.writes.write import Write, mutation
from schema.billing_subscription import BillingSubscription
from schema.connection import PaymentMethodEdge
from schema.customer import Customer
from schema.errors import (
    DefaultNotSetError,
    DuplicatePaymentMethodError,
    InvalidStateError,
    NotReusableError,
    SubscriptionsNotMovedError,
    UserError,
)
from schema.payment_methods.payment_method import PaymentMethod
from schema.setup_intents.setup_intent import SetupIntent
from stripe_api import StripeObject

_SAVED_INSTEAD: Mapping[str, str] = {
    **dict.fromkeys(("bancontact", "ideal", "sofort"), "generated_sepa_debit"),
    "card_present": "generated_card",
}
"""By type that can't be saved itself: the part of the latest attempt's details that names what was saved instead."""
_EXPANDED = frozenset(
    {
        "customer",
        "payment_method",
        "latest_attempt",
        *(f"latest_attempt.payment_method_details.{kind}.{part}" for kind, part in _SAVED_INSTEAD.items()),
    }
)


@strawberry.input(description="The SetupIntent that succeeded, and what to do with the payment method that it saved.")
class CompleteSetupIntentInput:
    setup_intent_id: strawberry.ID = strawberry.field(description="Id of the SetupIntent, seti_…")
    set_as_default: bool = strawberry.field(
        default=False,
        description="Whether to make the payment method the default for invoices and subscriptions.",
    )
    on_duplicate: DuplicatePolicy = strawberry.field(
        default=DuplicatePolicy.KEEP_BOTH,
        description="The policy for a card or account that the customer already had.",
    )
    move_subscriptions: SubscriptionsToMove = subscription_moves.input_field()
    idempotency_key: str | None = shared_fields.idempotency_key()


@strawberry.type(description="The result of completing a SetupIntent.")
class CompleteSetupIntentPayload:
    setup_intent: SetupIntent | None = shared_fields.result("The SetupIntent.")
    payment_method: PaymentMethod | None = shared_fields.result(
        "The payment method in the wallet: the one that the SetupIntent saved, which is a SEPA debit for iDEAL, "
        "Bancontact and Sofort and a card for a card reader's CARD_PRESENT, or with REUSE_EXISTING the one that the "
        "customer already had."
    )
    payment_method_edge: PaymentMethodEdge | None = shared_fields.result(
        "The same payment method as an edge of the customer's list, for a client's cache."
    )
    customer: Customer | None = shared_fields.result("The customer whose wallet has the payment method.")
    reused_existing: bool = strawberry.field(
        default=False,
        description="Whether paymentMethod is one that the customer already had, because of REUSE_EXISTING.",
    )
    moved_subscriptions: list[BillingSubscription] = subscription_moves.payload_field()
    errors: list[UserError] = shared_fields.errors()


class _PayloadSelection(Selection, of=CompleteSetupIntentPayload):
    setup_intent = Below(lambda: SetupIntentSelection)
    payment_method = Below(lambda: PaymentMethodSelection)
    payment_method_edge = Below(lambda: EdgeSelection)
    customer = Below(lambda: CustomerSelection)


@mutation(
    errors=(
        InvalidStateError,
        NotReusableError,
        DuplicatePaymentMethodError,
        DefaultNotSetError,
        SubscriptionsNotMovedError,
    ),
    description=(
        "Completes saving a payment method after the customer's device has confirmed the SetupIntent: handles "
        "duplicates, moves subscriptions and sets the default. It can be sent again at any time: it does what is left "
        "to do, and returns the same result."
    ),
)
async def complete(write: Write, input: CompleteSetupIntentInput) -> CompleteSetupIntentPayload:
    selection = write.selection(_PayloadSelection)
    completion = _Completion(write, input, await _read_succeeded(write, input, selection), selection)
    await write.context.stripe.evict_wallet(completion.owner, completion.saved_id)
    if input.on_duplicate is DuplicatePolicy.KEEP_BOTH:
        return await completion.keep()
    return await completion.resolve_duplicates()


@dataclass(frozen=True)
class _Completion:
    """The steps for a SetupIntent that succeeded, with its customer, payment method and latest attempt expanded."""

    write: Write
    input: CompleteSetupIntentInput
    intent: StripeObject
    selection: _PayloadSelection

    @property
    def owner(self) -> str:
        """The id of the customer whose payment method was saved, or of the Account that represents it."""
        customer, account = self.intent.get("customer"), id_of(self.intent.get("customer_account"))
        owner = self.write.context.access.owner_of(self.intent, customer) or account
        if owner is None or (isinstance(customer, dict) and is_deleted(customer)):
            message = "This SetupIntent has no customer, or its customer is deleted. Use one for an existing customer."
            raise invalid_input("setupIntentId", message)
        return owner

    @property
    def saved_id(self) -> str:
        """The id of the payment method that was saved."""
        id = id_of(_saved(self.intent))
        if id is None:
            raise MutationRejected(InvalidStateError.at("setupIntentId"))
        return id

    async def keep(self) -> CompleteSetupIntentPayload:
        """Without a look for duplicates."""
        stripe, input = self.write.context.stripe, self.input
        later = int(input.set_as_default) + (input.move_subscriptions is not SubscriptionsToMove.NONE)
        with stripe.reserve_time(later + 1):
            method = object_of(_saved(self.intent)) or await self._retrieve()
            moves = await read_subscriptions(self.write, input.move_subscriptions, self.owner)
        check_attached(method, "setupIntentId")
        return await self._payload(await self._steps.keep(method, moves))

    async def resolve_duplicates(self) -> CompleteSetupIntentPayload:
        """Holds the wallet's lock, so that of several equal payment methods the same one stays for every request."""
        owner, input, context = self.owner, self.input, self.write.context
        async with wallet_lock.hold(self.write, self.owner) as lease:
            with context.stripe.reserve_time(3):
                wallet = await wallet_lock.read_wallet(context.access, owner)
                moves = await read_subscriptions(self.write, input.move_subscriptions, owner)
                method = await self._current_method(wallet)
            wallet_lock.check(lease)
            existing = duplicates.find(method, wallet)
            if input.on_duplicate is DuplicatePolicy.REPLACE_EXISTING or not existing:
                check_attached(method, "setupIntentId")
            steps = self._steps
            saved = await (steps.resolve(existing, method, moves) if existing else steps.keep(method, moves))
            return await self._as_of(wallet)._payload(saved)

    def _as_of(self, wallet: Sequence[Any]) -> _Completion:
        """Without the customer that came with the SetupIntent if another request changed the default since then."""
        intent, current = self.intent, wallet_lock.customer_of(wallet)
        before = object_of(intent.get("customer"))
        if current is None or before is None or default_instrument(current) == default_instrument(before):
            return self
        return replace(self, intent={**intent, "customer": id_of(before)})

    @property
    def _steps(self) -> SavingSteps:
        policy, default = self.input.on_duplicate, self.input.set_as_default
        expand = self.write.expand(_customer_expansions(self.selection), expansion.ALL_OF_CUSTOMER)
        return SavingSteps(self.write, self.owner, policy, default, expand, "setupIntentId", first=True)

    async def _current_method(self, wallet: Sequence[Any]) -> StripeObject:
        """The payment method that was saved, as it is in or after the wallet, which was read after the SetupIntent."""
        in_wallet = wallet_lock.find(wallet, self.saved_id)
        if in_wallet is not None:
            return in_wallet
        found = object_of(_saved(self.intent))
        return found if found is not None and not is_attached(found) else await self._retrieve()

    async def _retrieve(self) -> StripeObject:
        return await self.write.context.stripe.payment_methods.retrieve(self.saved_id)

    async def _payload(self, saved: Saved) -> CompleteSetupIntentPayload:
        context, intent = self.write.context, self.intent
        customer = id_of(intent.get("customer")) or self.owner
        context.access.existing_customers.add(customer)
        if saved.reused:
            intent = _with_detached(intent)
        return CompleteSetupIntentPayload(
            setup_intent=from_json(context, intent),
            payment_method=PaymentMethod(saved.method),
            payment_method_edge=PaymentMethodEdge(saved.method, context.cursor_of),
            customer=await payload_customer(context, customer, self.selection.customer),
            reused_existing=saved.reused,
            moved_subscriptions=saved.subscriptions,
            errors=saved.errors,
        )


async def _read_succeeded(write: Write, input: CompleteSetupIntentInput, selection: _PayloadSelection) -> StripeObject:
    with write.context.stripe.reserve_time(2):
        intent = await write.context.access.retrieve_setup_intent(input.setup_intent_id, _intent_expansions(selection))
    if intent.get("status") != "succeeded":
        raise MutationRejected(InvalidStateError.at("setupIntentId"))
    return intent


def _saved(intent: StripeObject) -> Any:
    """The reference to the payment method that the SetupIntent saved. None if it has not been created yet."""
    attempt = object_of(intent.get("latest_attempt")) or {}
    details = attempt.get("payment_method_details")
    kind = details.get("type") if isinstance(details, dict) else None
    saved_instead = _SAVED_INSTEAD.get(kind) if isinstance(kind, str) else None
    if saved_instead is None:
        return intent.get("payment_method")
    part = details.get(kind) if isinstance(details, dict) else None
    return part.get(saved_instead) if isinstance(part, dict) else None


def _with_detached(intent: StripeObject) -> StripeObject:
    """The SetupIntent after its payment method was detached, which clears a default that it was."""
    detached = object_of(intent.get("payment_method"))
    changed = (
        {**detached, "customer": None, "customer_account": None}
        if detached is not None
        else intent.get("payment_method")
    )
    return {**intent, "customer": id_of(intent.get("customer")), "payment_method": changed}


@memoized
def _intent_expansions(selection: _PayloadSelection) -> frozenset[str]:
    customer = (f"customer.{path}" for path in _customer_expansions(selection))
    selected = expansion.of_setup_intent(selection.setup_intent)
    return selected | _EXPANDED | {*customer}


@memoized
def _customer_expansions(selection: _PayloadSelection) -> frozenset[str]:
    """The `expand` paths of the customer, for every place in the payload that has one."""
    methods = (selection.payment_method, selection.payment_method_edge.node, selection.setup_intent.payment_method)
    owners = [selection.customer, selection.setup_intent.customer, *(method.customer for method in methods)]
    return frozenset().union(*map(expansion.of_customer, owners))
