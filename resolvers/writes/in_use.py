"""Whether a payment method is in use: its customer's default, or what pays a subscription."""

from __future__ import annotations

from typing import Any

from resolvers.errors.exceptions import MutationRejected
from resolvers.reads.dataloaders import all_settled
from resolvers.references import default_instrument, id_of, is_deleted, object_of
from schema.errors import PaymentMethodInUseError
from stripe_api import InvalidRequestError, StripeObject, StripeSession

PAYING = frozenset({"active", "trialing", "past_due", "unpaid"})
"""The statuses in which a subscription needs its payment method."""
MAX_PAGES = 10


async def check_unused(stripe: StripeSession, id: str) -> None:
    """Raises MutationRejected if the payment method is in use by any customer."""
    method = await stripe.payment_methods.retrieve(id, expand=["customer"])
    reference = method.get("customer")
    owner, customer = id_of(reference), object_of(reference)
    if owner is None or (isinstance(reference, dict) and is_deleted(reference)):
        return
    reads: list[Any] = [list_subscriptions(stripe, owner)]
    if customer is None:
        reads.append(stripe.customers.retrieve(owner))
    subscriptions, *retrieved = all_successful(await all_settled(*reads))
    check_not_in_use(id, customer or retrieved[0], subscriptions)


def check_not_in_use(id: str, owner: StripeObject, subscriptions: list[Any]) -> None:
    """Raises MutationRejected if it is its customer's default or pays a subscription.

    A deleted customer uses nothing.
    """
    if is_deleted(owner):
        return
    is_default = default_instrument(owner) == id
    count = sum(pays(subscription, id, is_default=is_default) for subscription in subscriptions)
    if is_default or count:
        raise MutationRejected(
            PaymentMethodInUseError.at("paymentMethodId", is_default=is_default, active_subscription_count=count)
        )


def pays(subscription: Any, id: str, *, is_default: bool) -> bool:
    """Whether the payment method pays the subscription: as the subscription's own, or as the default if it has none.

    A subscription whose invoices are sent to the customer is not charged automatically, so nothing pays it.
    """
    if not isinstance(subscription, dict) or subscription.get("status") not in PAYING:
        return False
    if subscription.get("collection_method") == "send_invoice":
        return False
    own = id_of(subscription.get("default_payment_method")) or id_of(subscription.get("default_source"))
    return own == id if own is not None else is_default


async def list_subscriptions(stripe: StripeSession, owner: str) -> list[Any]:
    """All subscriptions of a customer that are not canceled; none if the customer is deleted."""
    entries: list[Any] = []
    after = None
    for _ in range(MAX_PAGES):
        try:
            part = await stripe.subscriptions.list(customer=owner, starting_after=after)
        except InvalidRequestError as error:
            if error.param != "customer":
                raise
            return []  # A deleted customer has no subscriptions.
        data = part.get("data")
        entries += data if isinstance(data, list) else []
        if part.get("has_more") is not True or not data:
            break
        after = id_of(entries[-1])
    return entries


def all_successful(results: list[Any]) -> list[Any]:
    """The results. Raises the first exception among them."""
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results
