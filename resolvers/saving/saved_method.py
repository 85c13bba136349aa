"""The steps after a payment method was saved, for attachPaymentMethod and the completions of intents.

    1. move subscriptions               with moveSubscriptions
    2. detach the new payment method    if the customer has a duplicate, with REUSE_EXISTING or REJECT
    3. set the default                  if requested, or if a payment method that is detached was the default
    4. detach the existing duplicates   with REPLACE_EXISTING

If the new payment method is the default already, step 2 comes last. Each step has its own idempotency key. If a step
fails, those after it are not done. A retry repeats the steps, and completes what a failure left undone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import NoReturn

import msgspec

from resolvers.errors.exceptions import MutationRejected
from resolvers.errors.stripe_refusals import default_not_set, is_conflict
from resolvers.references import default_instrument, id_of
from resolvers.saving import wallet_lock
from resolvers.saving.duplicates import DuplicatePolicy
from resolvers.saving.saved_payload import Saved, SavedSelection
from resolvers.saving.subscription_moves import Moves
from resolvers.writes.write import Write
from schema.errors import DefaultNotSetError, DuplicatePaymentMethodError, NotReusableError, UserError
from schema.payment_methods.payment_method import PaymentMethod
from stripe_api import InvalidRequestError, StripeError, StripeObject


def is_attached(method: StripeObject) -> bool:
    """Whether it belongs to a customer or an Account."""
    return (id_of(method.get("customer")) or id_of(method.get("customer_account"))) is not None


def check_attached(method: StripeObject, field: str) -> None:
    """Raises MutationRejected, at the input's field, for a payment method that was detached after it was saved."""
    if not is_attached(method):
        raise MutationRejected(NotReusableError.at(field))


class SavingSteps(msgspec.Struct, frozen=True, eq=False):
    """The steps that the input asks for. `owner` is the id of the customer, or of the Account that represents it.

    `selection`: what is selected of the customer that step 3 returns. `input_field` names the payment
    method or the intent. `first`: no call of this mutation has changed anything before these steps.
    """

    write: Write
    owner: str
    on_duplicate: DuplicatePolicy
    set_as_default: bool
    selection: SavedSelection
    input_field: str
    first: bool

    async def keep(
        self,
        method: StripeObject,
        moves: Moves,
        *,
        replaced: Collection[str] = (),
        drop: StripeObject | None = None,
        default: bool = False,
        later: int = 0,
    ) -> Saved:
        """Steps 1 to 3. `drop` is detached in step 2. `default`: do step 3 in any case. `later`: further calls."""
        set_default, write = self.set_as_default or default, self.write
        later += set_default
        calls = later + (drop is not None)
        moved = await moves.to(method, replaced=replaced, becomes_default=set_default, first=self.first, later=calls)
        errors = list(moved.errors)
        if errors and set_default:  # A retry finds the subscriptions of the previous default only until it changes.
            errors.append(DefaultNotSetError.at("setAsDefault"))
        elif not errors:
            if drop is not None:
                with write.context.stripe.reserve_time(later):
                    await self._detach(drop, "drop-new")
            if set_default:
                with write.context.stripe.reserve_time(later - 1):
                    errors += await self._set_default(method, first=self.first and drop is None)
        return Saved(method, drop is not None, moved.subscriptions, errors)

    async def resolve(self, existing: Sequence[StripeObject], method: StripeObject, moves: Moves) -> Saved:
        """All steps, for a payment method with these duplicates, if any. Then raises MutationRejected with REJECT."""
        if not existing:
            return await self.keep(method, moves)
        async with self._partly_done():
            default, kept = await self._current_default(existing), existing[0]
            if self.on_duplicate is DuplicatePolicy.REPLACE_EXISTING:
                return await self._replace(existing, method, moves, default)
            if self.on_duplicate is DuplicatePolicy.REJECT:
                await self._reject(kept, method, default)
            if default == method["id"]:  # `method` stays the default until `kept` is the default.
                return msgspec.structs.replace(await self._replace([method], kept, moves, default), reused=True)
            return await self.keep(kept, moves, replaced=[method["id"]], drop=method)

    async def _replace(
        self, dropped: Sequence[StripeObject], kept: StripeObject, moves: Moves, default: str | None
    ) -> Saved:
        ids = [one["id"] for one in dropped]
        saved = await self.keep(kept, moves, replaced=ids, default=default in ids, later=len(dropped))
        for number, one in enumerate(dropped if not saved.errors else (), start=1):
            with self.write.context.stripe.reserve_time(len(dropped) - number):
                await self._detach(one, f"drop-existing {one['id']}")
        return saved

    async def _reject(self, kept: StripeObject, method: StripeObject, default: str | None) -> NoReturn:
        if default == method["id"]:  # Otherwise its detach would leave the customer without a default.
            with self.write.context.stripe.reserve_time(1):
                for error in await self._set_default(kept, first=self.first):
                    raise MutationRejected(error)
        await self._detach(method, "drop-new")
        raise MutationRejected(DuplicatePaymentMethodError.at(self.input_field, existing=PaymentMethod(kept)))

    async def _current_default(self, wallet: Sequence[StripeObject]) -> str | None:
        """The customer's default. The payment methods of the wallet have the customer, unless it is an Account's."""
        expanded = wallet_lock.customer_of(wallet)
        if expanded is None:
            with self.write.context.stripe.reserve_time(1 + len(wallet)):
                expanded = await self.write.context.stripe.customers.retrieve(self.owner)
        return default_instrument(expanded)

    async def _set_default(self, method: StripeObject, *, first: bool) -> list[UserError]:
        context = self.write.context
        try:
            updated = await self.write.send(
                "default",
                context.stripe.customers.set_default_payment_method,
                id_of(method.get("customer")) or self.owner,
                method["id"],
                expand=self.write.expand(*self.selection.customers),
            )
        except StripeError as error:  # The payment method is saved: this is an error in addition to the result.
            if first and is_conflict(error):
                raise
            return [default_not_set(error)]
        context.prime_customer(updated)
        return []

    async def _detach(self, method: StripeObject, step: str) -> None:
        detach, key = self.write.context.stripe.payment_methods.detach, self.write.key(step)
        try:
            # Not by `send`, which would drop the customer that step 3 returned.
            await detach(method["id"], idempotency_key=key)
        except InvalidRequestError as error:
            if error.condition != "not_attached":  # If it is detached already, the step is done.
                raise

    @asynccontextmanager
    async def _partly_done(self) -> AsyncIterator[None]:
        try:
            yield
        except StripeError as error:  # The payment method is saved, so this is no longer an error of the input.
            if self.first and is_conflict(error):
                raise
            raise self.write.failed(error, partly_done=True) from error
