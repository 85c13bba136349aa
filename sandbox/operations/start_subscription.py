"""Starts a subscription: finds its prices, and decides by its payment method and amount which status it begins with."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.errors import MissingParameter, MissingResource, ParameterError, StripeError
from sandbox.json_object import Json
from sandbox.objects.customers.customer import Customer
from sandbox.objects.subscriptions.subscription import Subscription, new_body
from sandbox.objects.subscriptions.subscription_item import amount_due, new_item, new_price
from sandbox.state.ids import new_id
from sandbox.state.store import Store

_SECONDS_PER_DAY = 24 * 60 * 60


def started(store: Store, customer: Customer, params: Mapping[str, Any]) -> Subscription:
    """Returns a new subscription, not yet in the store. Raises StripeError if it can't start."""
    id, now = new_id("sub"), store.now()
    prices = [_price(store, item, index) for index, item in enumerate(params["items"])]
    if not prices:
        raise MissingParameter("items")
    trial_end = _trial_end(params, now)
    pairs = zip(prices, params["items"], strict=True)
    items = [new_item(new_id("si"), id, price, item, now, trial_end) for price, item in pairs]
    subscription = Subscription(new_body(id, customer, items, {**params, "trial_end": trial_end}, now))
    check_collection(subscription)
    if not _is_trial_or_paid(subscription):
        subscription.body["status"] = _status_after_first_payment(subscription, customer, params)
    return subscription


def check_collection(subscription: Subscription) -> None:
    """Raises if the subscription sends invoices and does not say when they are due."""
    if subscription.body["collection_method"] == "send_invoice" and subscription.body["days_until_due"] is None:
        message = "You must set `days_until_due` when `collection_method` is `send_invoice`."
        raise ParameterError(message, param="days_until_due")


def _trial_end(params: Mapping[str, Any], now: int) -> int | None:
    end: int | str | None = params.get("trial_end")
    if end is None and params.get("trial_period_days"):
        return now + int(params["trial_period_days"]) * _SECONDS_PER_DAY
    return end if isinstance(end, int) and end > now else None


def _price(store: Store, item: Mapping[str, Any], index: int) -> Json:
    if "price_data" in item:
        return new_price(new_id("price"), item["price_data"], store.now())
    if "price" not in item:
        raise MissingParameter(f"items[{index}][price]")
    for price in _reusable_prices(store):
        if price["id"] == item["price"]:
            return price
    raise MissingResource("price", item["price"], f"items[{index}][price]")


def _reusable_prices(store: Store) -> Iterator[Json]:
    """Yields the prices of the seeded subscriptions. The sandbox has no others, except those made for one item."""
    for subscription in store.subscriptions.oldest_first():
        yield from (item["price"] for item in subscription.items if item["price"]["active"])


def _is_trial_or_paid(subscription: Subscription) -> bool:
    """Returns whether the subscription starts without charging the customer."""
    body = subscription.body
    return (
        body["status"] == "trialing"
        or body["collection_method"] == "send_invoice"
        or amount_due(subscription.items) == 0
    )


def _status_after_first_payment(subscription: Subscription, customer: Customer, params: Mapping[str, Any]) -> str:
    if params.get("payment_behavior") == "default_incomplete":
        return "incomplete"
    body = subscription.body
    sources = (body["default_payment_method"], body["default_source"], *customer.default_payment_sources)
    if not any(sources):
        raise StripeError(
            "This customer has no attached payment source or default payment method. Please consider adding a default"
            " payment method. For more information, visit"
            " https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.",
            code="resource_missing",
        )
    return "active"
