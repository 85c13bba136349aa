"""Moves a customer's subscriptions to a payment method: the input `moveSubscriptions`.

The subscriptions are read before the first change, and moved before the default changes or a payment method is
detached. So a retry finds the same ones to move, with or without an idempotency key: those that are left.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import strawberry

from resolvers.access import NOTHING
from resolvers.billing_subscriptions import PAYING, inherited_instrument, is_charged, own_instrument
from resolvers.errors.exceptions import MutationRejected
from resolvers.errors.stripe_refusals import is_conflict, no_permission_for_subscriptions, subscriptions_not_moved
from resolvers.reads.dataloaders import all_settled
from resolvers.writes.write import Write
from schema.billing_subscription import BillingSubscription
from schema.errors import UserError
from schema.open_enum import enum_value
from stripe_api import InvalidRequestError, PermissionDenied, StripeError, StripeObject

_MOVABLE = PAYING | {"paused"}
"""The statuses in which Stripe lets a subscription's payment method change, and charges it later."""


@strawberry.enum(description="The subscriptions that a payment method is to pay from now on.")
class SubscriptionsToMove(enum.Enum):
    NONE = enum_value("none", "None: no subscription is changed.")
    REPLACED = enum_value(
        "replaced",
        "Those that name a payment method that this one replaces: a duplicate that is detached, or the previous "
        "default if this one becomes the default.",
    )
    ALL = enum_value(
        "all",
        "All that are charged automatically. One that names no payment method keeps following the customer's "
        "default if this one is or becomes the default.",
    )


def input_field() -> Any:
    """The input field `moveSubscriptions`."""
    return strawberry.field(
        default=SubscriptionsToMove.NONE,
        description=(
            "The subscriptions that the payment method is to pay from now on. Costs a REST call, and one for each "
            "subscription that moves."
        ),
    )


def payload_field() -> Any:
    """The payload field `movedSubscriptions`."""
    return strawberry.field(
        default_factory=list,
        description=(
            "The subscriptions that name the payment method after moveSubscriptions, newest first: those that were "
            "moved, and those that named it before. A repeated request gets the same ones. Empty with NONE."
        ),
    )


class Moved(msgspec.Struct, frozen=True, eq=False):
    """The subscriptions that name the payment method now, and an error if others were not moved."""

    subscriptions: list[BillingSubscription]
    errors: list[UserError]


class Moves(msgspec.Struct, frozen=True, eq=False):
    """The subscriptions of one customer that can move, and which of them are to."""

    write: Write
    which: SubscriptionsToMove
    subscriptions: Sequence[StripeObject] = ()

    async def to(
        self, method: StripeObject, *, replaced: Collection[str] = (), becomes_default: bool, first: bool, later: int
    ) -> Moved:
        """Move them to the payment method. `replaced` are the ids of the duplicates that it replaces.

        `first`: nothing was changed before. Then a refusal that concerns the whole request is raised. `later`: the
        number of calls that follow.
        """
        if not self.subscriptions:
            return Moved([], [])
        id = method["id"]
        moving = [one["id"] for one in self.subscriptions if self._moves(one, id, replaced, becomes_default)]
        with self.write.context.stripe.reserve_time(later):
            results = await all_settled(*(self._move(one, id) for one in moving))
        errors = _failures(dict(zip(moving, results, strict=True)))
        if first and len(errors) == len(moving):
            _raise_common_cause(errors.values())
        done = {one["id"] for one in self.subscriptions if own_instrument(one) == id} | set(moving) - set(errors)
        failed = {id: error for id, error in errors.items() if not _was_canceled(error)}
        reference = method if "object" in method else id
        named = [{**one, "default_payment_method": reference} for one in self.subscriptions if one["id"] in done]
        return Moved([BillingSubscription(one) for one in named], [subscriptions_not_moved(failed)] if failed else [])

    def _moves(self, subscription: StripeObject, id: str, replaced: Collection[str], becomes_default: bool) -> bool:
        own, inherited = own_instrument(subscription), inherited_instrument(subscription)
        if self.which is SubscriptionsToMove.ALL:
            return own != id if own is not None else not (becomes_default or inherited == id)
        return own not in (None, id) and (own in replaced or (becomes_default and own == inherited))

    async def _move(self, subscription: str, method: str) -> Any:
        change = self.write.context.stripe.subscriptions.set_default_payment_method
        return await self.write.send(f"move {subscription}", change, subscription, method)


async def read_subscriptions(write: Write, which: SubscriptionsToMove, owner: str) -> Moves:
    """The moves for a customer, or for an Account's. Raises MutationRejected if the key lacks a permission."""
    if which is SubscriptionsToMove.NONE:
        return Moves(write, which)
    try:
        listed = await write.context.access.list_subscriptions(owner, NOTHING)
    except PermissionDenied as error:
        raise MutationRejected(no_permission_for_subscriptions(error)) from None
    return Moves(write, which, [one for one in listed["data"] if _can_move(one)])


def _can_move(subscription: Any) -> bool:
    if not is_charged(subscription) or not isinstance(subscription.get("id"), str):
        return False
    return subscription.get("status") in _MOVABLE


def _failures(results: Mapping[str, Any]) -> dict[str, StripeError]:
    """Those that failed. Raises what is no error of Stripe."""
    for result in results.values():
        if isinstance(result, BaseException) and not isinstance(result, StripeError):
            raise result
    return {id: result for id, result in results.items() if isinstance(result, StripeError)}


def _was_canceled(error: StripeError) -> bool:
    """Whether the subscription was canceled after it was read. Then nothing is charged anymore."""
    return isinstance(error, InvalidRequestError) and error.code == "invalid_canceled_subscription_fields"


def _raise_common_cause(errors: Iterable[StripeError]) -> None:
    """Raises what concerns the payment method, the idempotency key or Stripe's key, and not one subscription."""
    for error in errors:
        if isinstance(error, PermissionDenied):
            raise MutationRejected(no_permission_for_subscriptions(error))
        refused = isinstance(error, InvalidRequestError) and "payment_method" in (error.param or "")
        if refused or is_conflict(error):
            raise error
