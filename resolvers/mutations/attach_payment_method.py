"""attachPaymentMethod: one REST call, or several with a new default or a policy for duplicates.

The steps and their order. Each step has its own idempotency key, so that a retry with the same client key repeats the
same steps and completes what a failure left undone:

    1. read the wallet            with a duplicate policy
    2. attach                     always
    3. set the default            if requested, or if the replaced method was the default
    4. detach the redundant ones  the new method (REUSE_EXISTING, REJECT) or all existing ones (REPLACE_EXISTING)
"""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import strawberry

from resolvers.access import Access
from resolvers.errors.exceptions import MutationRejected
from resolvers.errors.stripe_refusals import default_not_set
from resolvers.reads import expansion
from resolvers.reads.lookahead import CustomerSelection, EdgeSelection, PaymentMethodSelection
from resolvers.reads.selection import Below, Selection, memoized
from resolvers.references import default_instrument, id_of, owner_parameter
from resolvers.writes import duplicates, shared_fields, wallet_lock
from resolvers.writes.payload_customer import payload_customer
from resolvers.writes.write import Write, mutation
from schema.connection import PaymentMethodEdge
from schema.customer import Customer
from schema.errors import (
    AlreadyAttachedError,
    CardDeclinedError,
    DeclinedError,
    DefaultNotSetError,
    DuplicatePaymentMethodError,
    NotReusableError,
    NotSaveableError,
    UserError,
)
from schema.payment_methods.payment_method import PaymentMethod
from stripe_api import InvalidRequestError, StripeError, StripeObject, StripeResponse


@strawberry.enum(
    description=(
        "The policy for a card or account that the customer already has: same fingerprint, and for a card the same "
        "expiry date."
    )
)
class DuplicatePolicy(enum.Enum):
    KEEP_BOTH = strawberry.enum_value(
        "keep_both", description="Attach the payment method without looking for duplicates."
    )
    REUSE_EXISTING = strawberry.enum_value(
        "reuse_existing",
        description=(
            "Return the existing payment method, the oldest if there are several, and permanently detach the one in "
            "the input."
        ),
    )
    REPLACE_EXISTING = strawberry.enum_value(
        "replace_existing",
        description=(
            "Keep the payment method in the input, and permanently detach all existing ones. The new one becomes the "
            "default if an existing one was."
        ),
    )
    REJECT = strawberry.enum_value(
        "reject",
        description="Fail with DuplicatePaymentMethodError, and permanently detach the payment method in the input.",
    )


@strawberry.input(description="The payment method to attach, and the customer.")
class AttachPaymentMethodInput:
    payment_method_id: strawberry.ID = strawberry.field(
        description=(
            "Id of the payment method, pm_… For a test token such as pm_card_visa, Stripe creates a payment method "
            "with an id of its own."
        )
    )
    customer_id: strawberry.ID | None = shared_fields.customer_id()
    customer_account_id: strawberry.ID | None = shared_fields.customer_account_id()
    set_as_default: bool = strawberry.field(
        default=False,
        description="Whether to make the payment method the default for invoices and subscriptions as well.",
    )
    on_duplicate: DuplicatePolicy = strawberry.field(
        default=DuplicatePolicy.KEEP_BOTH,
        description="The policy for a card or account that the customer already has.",
    )
    idempotency_key: str | None = shared_fields.idempotency_key()


@strawberry.type(description="The result of attaching a payment method.")
class AttachPaymentMethodPayload:
    payment_method: PaymentMethod | None = shared_fields.result("The payment method in the wallet.")
    payment_method_edge: PaymentMethodEdge | None = shared_fields.result(
        "The same payment method as an edge of the customer's list, for a client's cache."
    )
    customer: Customer | None = shared_fields.result(
        "The customer that the payment method is attached to. { id } alone costs no further REST call."
    )
    reused_existing: bool = strawberry.field(
        default=False,
        description="Whether paymentMethod is one that the customer already had, because of REUSE_EXISTING.",
    )
    errors: list[UserError] = shared_fields.errors()


class _PayloadSelection(Selection, of=AttachPaymentMethodPayload):
    payment_method = Below(lambda: PaymentMethodSelection)
    payment_method_edge = Below(lambda: EdgeSelection)
    customer = Below(lambda: CustomerSelection)

    @property
    def methods(self) -> tuple[PaymentMethodSelection, PaymentMethodSelection]:
        return self.payment_method, self.payment_method_edge.node


@mutation(
    tests_card=True,
    errors=(
        AlreadyAttachedError,
        NotReusableError,
        NotSaveableError,
        CardDeclinedError,
        DeclinedError,
        DuplicatePaymentMethodError,
        DefaultNotSetError,
    ),
    description=(
        "Attaches a payment method to a customer: POST /v1/payment_methods/:id/attach. Stripe recommends a SetupIntent "
        "instead, which also prepares the payment method for payments while the customer is not present."
    ),
)
async def attach(write: Write, input: AttachPaymentMethodInput) -> AttachPaymentMethodPayload:
    attachment = _Attachment(write, input, _owner(write.context.access, input), write.selection(_PayloadSelection))
    if input.on_duplicate is DuplicatePolicy.KEEP_BOTH:
        with write.context.stripe.reserve_time(int(input.set_as_default)):
            method = await attachment.attach()
        return await attachment.keep(method)
    return await attachment.attach_without_duplicates()


@dataclass(frozen=True)
class _Attachment:
    """The steps of one attach. `owner` is Stripe's parameter for the customer or the account."""

    write: Write
    input: AttachPaymentMethodInput
    owner: Mapping[str, str]
    selection: _PayloadSelection

    async def attach_without_duplicates(self) -> AttachPaymentMethodPayload:
        """Holds the wallet's lock, so that one of several equal attaches succeeds and the others find the duplicate."""
        stripe = self.write.context.stripe
        async with wallet_lock.hold(self.write, *self.owner.values()) as lease:
            with stripe.reserve_time(3):
                wallet = await wallet_lock.read_wallet(self.write.context.access, self.owner)
            wallet_lock.check(lease)
            with stripe.reserve_time(2):
                method = await self.attach()
            was_attached = any(isinstance(entry, dict) and entry.get("id") == method.get("id") for entry in wallet)
            existing = duplicates.find(method, wallet) if method.replayed or not was_attached else []
            current = _with_customer_id(method) if method.replayed else method
            return await (self._resolve(existing, current) if existing else self.keep(current))

    async def attach(self) -> StripeResponse:
        """Step 2."""
        access = self.write.context.access
        expand = self.write.expand(_method_expansions(self.selection), expansion.ALL_OF_PAYMENT_METHOD)
        method: StripeResponse = await self.write.send(
            "attach",
            access.stripe.payment_methods.attach,
            self.input.payment_method_id,
            **self.owner,
            expand=() if self.input.set_as_default else expand,
        )
        owner = id_of(method.get("customer"))
        if owner is not None:
            access.existing_customers.add(owner)
        return method

    async def keep(self, method: StripeObject, *, reused: bool = False) -> AttachPaymentMethodPayload:
        """Step 3 and the payload, for a payment method that is in the wallet."""
        errors = await self._set_default(method) if self.input.set_as_default else []
        return await self._payload(method, errors, reused=reused)

    async def _resolve(self, existing: Sequence[StripeObject], method: StripeObject) -> AttachPaymentMethodPayload:
        async with self._partly_done():
            if self.input.on_duplicate is DuplicatePolicy.REPLACE_EXISTING:
                return await self._replace(existing, method)
            with self.write.context.stripe.reserve_time(int(self.input.set_as_default)):
                await self._detach(method, "drop-new")
            if self.input.on_duplicate is DuplicatePolicy.REUSE_EXISTING:
                return await self.keep(existing[0], reused=True)
            raise MutationRejected(
                DuplicatePaymentMethodError.at("paymentMethodId", existing=PaymentMethod(existing[0]))
            )

    async def _replace(self, existing: Sequence[StripeObject], method: StripeObject) -> AttachPaymentMethodPayload:
        stripe = self.write.context.stripe
        owner = id_of(method.get("customer")) or next(iter(self.owner.values()))
        with stripe.reserve_time(1 + len(existing)):
            now = await stripe.customers.retrieve(owner)
        errors: list[UserError] = []
        if self.input.set_as_default or default_instrument(now) in [one.get("id") for one in existing]:
            with stripe.reserve_time(len(existing)):
                errors = await self._set_default(method)
        for number, one in enumerate(existing if not errors else (), start=1):
            with stripe.reserve_time(len(existing) - number):
                await self._detach(one, f"drop-existing {one['id']}")
        return await self._payload(method, errors)

    async def _set_default(self, method: StripeObject) -> list[UserError]:
        context = self.write.context
        try:
            updated = await self.write.send(
                "default",
                context.stripe.customers.set_default_payment_method,
                id_of(method.get("customer")) or next(iter(self.owner.values())),
                method["id"],
                expand=self.write.expand(_customer_expansions(self.selection), expansion.ALL_OF_CUSTOMER),
            )
        except StripeError as error:  # The attach took effect: this is an error in addition to its result.
            return [default_not_set(error)]
        context.prime_customer(updated)
        return []

    async def _detach(self, method: StripeObject, step: str) -> None:
        """Step 4."""
        detach, key = self.write.context.stripe.payment_methods.detach, self.write.key(step)
        try:
            # Not by `send`, which would drop the customer that step 3 returned.
            await detach(method["id"], idempotency_key=key)
        except InvalidRequestError as error:
            if error.condition != "not_attached":  # If it is detached already, the step is done.
                raise

    async def _payload(
        self, method: StripeObject, errors: list[UserError], *, reused: bool = False
    ) -> AttachPaymentMethodPayload:
        context = self.write.context
        return AttachPaymentMethodPayload(
            payment_method=PaymentMethod(method),
            payment_method_edge=PaymentMethodEdge(method, context.cursor_of),
            customer=await payload_customer(context, method.get("customer"), self.selection.customer),
            reused_existing=reused,
            errors=errors,
        )

    @asynccontextmanager
    async def _partly_done(self) -> AsyncIterator[None]:
        try:
            yield
        except StripeError as error:  # The attach took effect, so this is no longer an error of the input.
            raise self.write.failed(error, partly_done=True) from error


def _owner(access: Access, input: AttachPaymentMethodInput) -> Mapping[str, str]:
    """Stripe's parameter for the one customer or account to attach to."""
    return owner_parameter(access.required_owner(input.customer_id, input.customer_account_id))


def _with_customer_id(method: StripeObject) -> StripeObject:
    """A replayed payment method without its customer's object, which is outdated: later steps change the default."""
    return {**method, "customer": id_of(method.get("customer"))}


@memoized
def _method_expansions(selection: _PayloadSelection) -> frozenset[str]:
    """The `expand` paths of the attach. For the customer's id alone none: Stripe has just attached to that customer."""
    selected = filter(expansion.needs_customer, selection.methods)
    expand = frozenset[str]().union(*map(expansion.of_payment_method, selected))
    if expansion.needs_object(selection.customer):
        expand |= {"customer", *(f"customer.{path}" for path in expansion.of_customer(selection.customer))}
    return expand


@memoized
def _customer_expansions(selection: _PayloadSelection) -> frozenset[str]:
    """The `expand` paths of the customer, for every place in the payload that has one."""
    owners = [selection.customer, *(method.customer for method in selection.methods)]
    return frozenset().union(*map(expansion.of_customer, owners))
