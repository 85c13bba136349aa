"""attachPaymentMethod: one REST call, or several with a new default or a policy for duplicates.

The steps and their order. Each step has its own idempotency key, so that a retry with the same client key repeats the
same steps and completes what a failure left undone:

    1. read the wallet                with a duplicate policy
    2. read the subscriptions         with moveSubscriptions
    3. attach                         always
    4. the steps of saved_method.py   as requested
    5. set allow_redisplay            if requested, of the payment method that is in the wallet now
"""

from __future__ import annotations

import msgspec
import strawberry

from resolvers.reads.lookahead import PaymentMethodSelection
from resolvers.reads.selection import memoized
from resolvers.references import id_of, owner_parameter
from resolvers.saving import duplicates, subscription_moves, wallet_lock
from resolvers.saving.duplicates import DuplicatePolicy
from resolvers.saving.saved_method import SavingSteps, check_attached
from resolvers.saving.saved_payload import Saved, SavedPayload, SavedSelection, filled
from resolvers.saving.subscription_moves import SubscriptionsToMove, read_subscriptions
from resolvers.writes import allow_redisplay, shared_fields
from resolvers.writes.write import Write, mutation
from schema.connection import AllowRedisplay
from schema.customer import Customer
from schema.errors import (
    AllowRedisplayNotSetError,
    AlreadyAttachedError,
    CardDeclinedError,
    DeclinedError,
    DefaultNotSetError,
    DuplicatePaymentMethodError,
    NotReusableError,
    NotSaveableError,
    SubscriptionsNotMovedError,
)
from stripe_api import StripeError, StripeObject, StripeResponse


@strawberry.input(description="The payment method to attach, and the customer.")
class AttachPaymentMethodInput:
    payment_method_id: strawberry.ID = shared_fields.required(
        "Id of the payment method, pm_… For a test token such as pm_card_visa, Stripe creates a payment method "
        "with an id of its own."
    )
    customer_id: strawberry.ID | None = shared_fields.customer_id()
    customer_account_id: strawberry.ID | None = shared_fields.customer_account_id()
    set_as_default: bool = shared_fields.optional(
        "Whether to make the payment method the default for invoices and subscriptions as well.", default=False
    )
    on_duplicate: DuplicatePolicy = shared_fields.optional(
        "The policy for a card or account that the customer already has.", default=DuplicatePolicy.KEEP_BOTH
    )
    move_subscriptions: SubscriptionsToMove = subscription_moves.input_field()
    allow_redisplay: AllowRedisplay | None = shared_fields.optional(
        "Whether a later checkout may show the payment method again. Costs a further REST call. If null or omitted, it "
        "keeps its value."
    )
    idempotency_key: str | None = shared_fields.idempotency_key()


@strawberry.type(description="The result of attaching a payment method.")
class AttachPaymentMethodPayload(SavedPayload):
    customer: Customer | None = shared_fields.result(
        "The customer that the payment method is attached to. { id } alone costs no further REST call."
    )


class _Selection(SavedSelection, of=AttachPaymentMethodPayload):
    EVERYTHING = PaymentMethodSelection.EVERYTHING

    @property
    @memoized
    def expand(self) -> frozenset[str]:
        """The paths for the attach. For the customer's id alone none: Stripe has just attached to that customer."""
        expand = frozenset[str]().union(*(method.expand for method in self.methods if method.needs_customer))
        if self.customer.needs_object:
            expand |= {"customer", *(f"customer.{path}" for path in self.customer.expand)}
        return expand


@mutation(
    "Attaches a payment method to a customer: POST /v1/payment_methods/:id/attach. Stripe recommends a SetupIntent "
    "instead, which also prepares the payment method for payments while the customer is not present.",
    errors=(
        AlreadyAttachedError,
        NotReusableError,
        NotSaveableError,
        CardDeclinedError,
        DeclinedError,
        DuplicatePaymentMethodError,
        DefaultNotSetError,
        AllowRedisplayNotSetError,
        SubscriptionsNotMovedError,
    ),
    tests_card=True,
)
async def attach(write: Write, input: AttachPaymentMethodInput) -> AttachPaymentMethodPayload:
    attachment = _Attachment(
        write,
        input,
        write.context.access.required_owner(input.customer_id, input.customer_account_id),
        write.selection(_Selection),
    )
    if input.on_duplicate is not DuplicatePolicy.KEEP_BOTH:
        return await attachment.attach_without_duplicates()
    later = (
        int(input.set_as_default)
        + (input.allow_redisplay is not None)
        + (input.move_subscriptions is not SubscriptionsToMove.NONE)
    )
    with write.context.stripe.reserve_time(later + 1):
        moves = await read_subscriptions(write, input.move_subscriptions, attachment.owner)
    with write.context.stripe.reserve_time(later):
        method = await attachment.attach()
    return await attachment.payload(await attachment.steps.keep(method, moves))


class _Attachment(msgspec.Struct, frozen=True, eq=False):
    """The steps of one attach. `owner` is the id of the customer, or of the Account that represents it."""

    write: Write
    input: AttachPaymentMethodInput
    owner: str
    selection: _Selection

    @property
    def steps(self) -> SavingSteps:
        """The steps after the attach."""
        policy, default = self.input.on_duplicate, self.input.set_as_default
        return SavingSteps(self.write, self.owner, policy, default, self.selection, "paymentMethodId", first=False)

    async def attach_without_duplicates(self) -> AttachPaymentMethodPayload:
        """Holds the wallet's lock, so that one of several equal attaches succeeds and the others find the duplicate."""
        stripe, input = self.write.context.stripe, self.input
        async with wallet_lock.hold(self.write, self.owner) as lease:
            with stripe.reserve_time(3):
                wallet = await wallet_lock.read_wallet(self.write.context.access, self.owner)
                moves = await read_subscriptions(self.write, input.move_subscriptions, self.owner)
            wallet_lock.check(lease)
            with stripe.reserve_time(2):
                method = await self.attach()
            was_attached = wallet_lock.find(wallet, method["id"]) is not None
            existing = duplicates.find(method, wallet) if method.replayed or not was_attached else []
            if method.replayed and not was_attached and input.on_duplicate is DuplicatePolicy.REPLACE_EXISTING:
                await self._check_not_detached(method)
            current = _with_customer_id(method) if method.replayed else method
            return await self.payload(await self.steps.resolve(existing, current, moves))

    async def _check_not_detached(self, method: StripeObject) -> None:
        """A late retry must not detach what the customer has saved after detaching this payment method."""
        try:
            check_attached(await self.write.context.stripe.payment_methods.retrieve(method["id"]), "paymentMethodId")
        except StripeError as error:
            raise self.write.failed(error, partly_done=True) from error

    async def attach(self) -> StripeResponse:
        """Attach the payment method."""
        access = self.write.context.access
        expand = self.write.expand(self.selection)
        method: StripeResponse = await self.write.send(
            "attach",
            access.stripe.payment_methods.attach,
            self.input.payment_method_id,
            **owner_parameter(self.owner),
            expand=() if self.input.set_as_default else expand,
        )
        owner = id_of(method.get("customer"))
        if owner is not None:
            access.existing_customers.add(owner)
        return method

    async def payload(self, saved: Saved) -> AttachPaymentMethodPayload:
        """Step 5, and the payload for a payment method that is in the wallet."""
        context = self.write.context
        if self.input.allow_redisplay is not None:
            saved = await self._with_allow_redisplay(saved, self.input.allow_redisplay)
        customer = saved.method.get("customer")
        return await filled(AttachPaymentMethodPayload(), context, saved, customer, self.selection.customer)

    async def _with_allow_redisplay(self, saved: Saved, value: AllowRedisplay) -> Saved:
        expand = self.write.expand(self.selection)
        method, errors = await allow_redisplay.update(self.write, saved.method["id"], value, expand)
        return msgspec.structs.replace(
            saved, method=saved.method if method is None else method, errors=[*saved.errors, *errors]
        )


def _with_customer_id(method: StripeObject) -> StripeObject:
    """A replayed payment method without its customer's object, which is outdated: later steps change the default."""
    return {**method, "customer": id_of(method.get("customer"))}
