"""A customer's subscriptions, and which payment method pays each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from resolvers.pagination import read_all
from resolvers.references import default_payment_method, id_of, object_of, owner_parameter
from stripe_api import InvalidRequestError, StripeList, StripeObject, StripeSession

PAYING = frozenset({"active", "trialing", "past_due", "unpaid"})
"""The statuses in which a subscription needs its payment method."""
MAX_PAGES = 10


async def list_subscriptions(stripe: StripeSession, owner: str, *, expand: Sequence[str] = ()) -> list[Any]:
    """All subscriptions that are not canceled of a customer or Account, newest first; none if it is deleted."""
    owned_by: dict[str, Any] = {**owner_parameter(owner)}

    async def page_after(id: str | None) -> StripeList:
        return await stripe.subscriptions.list(**owned_by, starting_after=id, expand=expand)

    try:
        return await read_all(page_after, max_pages=MAX_PAGES)
    except InvalidRequestError as error:
        if error.param not in ("customer", "customer_account"):
            raise
        return []  # A deleted customer has no subscriptions.


def pays(subscription: Any, id: str, *, is_default: bool) -> bool:
    """Whether the subscription needs the payment method: it is charged to it, and its status is one of PAYING."""
    return is_charged_to(subscription, id, is_default=is_default) and subscription.get("status") in PAYING


def is_charged_to(subscription: Any, id: str, *, is_default: bool) -> bool:
    """Whether a payment method pays the subscription: as the subscription's own, or as the default if it has none."""
    if not is_charged(subscription):
        return False
    own = own_instrument(subscription)
    return own == id if own is not None else is_default


def is_charged(subscription: Any) -> bool:
    """Whether it is charged automatically. Nothing pays a subscription whose invoices are sent to the customer."""
    return isinstance(subscription, Mapping) and subscription.get("collection_method") != "send_invoice"


def own_instrument(subscription: StripeObject) -> str | None:
    """The id of the payment method, or else of the legacy source, that the subscription itself names."""
    return id_of(_own(subscription))


def inherited_instrument(subscription: StripeObject) -> str | None:
    """The id of the customer's default, in a subscription whose customer is expanded."""
    return id_of(_inherited(subscription)) if isinstance(subscription, Mapping) else None


def instrument(subscription: StripeObject) -> Any:
    """The reference to what pays the subscription, whose customer is expanded. None if nothing is charged."""
    return (_own(subscription) or _inherited(subscription)) if is_charged(subscription) else None


def _own(subscription: StripeObject) -> Any:
    return subscription.get("default_payment_method") or subscription.get("default_source")


def _inherited(subscription: StripeObject) -> Any:
    customer = object_of(subscription.get("customer"))
    return (default_payment_method(customer) or customer.get("default_source")) if customer is not None else None
