"""Whether a payment method is in use: the customer's default, or the payment method of a subscription."""

from __future__ import annotations

from typing import Any

from resolvers.billing_subscriptions import list_subscriptions, pays
from resolvers.errors.exceptions import MutationRejected
from resolvers.reads.dataloaders import all_settled
from resolvers.references import default_instrument, id_of, is_deleted, object_of
from schema.errors import PaymentMethodInUseError
from stripe_api import StripeObject, StripeSession


async def check_unused(stripe: StripeSession, id: str) -> None:
    """Raises MutationRejected if the payment method is in use by any customer."""
    method = await stripe.payment_methods.retrieve(id, expand=["customer"])
    reference = method.get("customer")
    owner, customer = id_of(reference) or id_of(method.get("customer_account")), object_of(reference)
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


def all_successful(results: list[Any]) -> list[Any]:
    """The results. Raises the first exception among them."""
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results
