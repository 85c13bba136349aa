"""Subscriptions, as far as they tell which payment method pays for what: retrieve and list."""

from sandbox.endpoints.pagination import created_matches, page
from sandbox.errors import MissingResource
from sandbox.http.api_request import Call
from sandbox.json_objects import Json
from sandbox.objects.records import Subscription
from sandbox.operations.lookups import named_customer
from sandbox.parameters.types import PAGING, TIMES, Anything, Choice, Text, parameters
from sandbox.state.store import Store

STATUSES = ("active", "canceled", "incomplete", "incomplete_expired", "past_due", "paused", "trialing", "unpaid")

RETRIEVE = parameters()
LIST = parameters(
    {
        **PAGING,
        **dict.fromkeys(("automatic_tax", "current_period_end", "current_period_start"), Anything()),
        "collection_method": Choice(("charge_automatically", "send_invoice")),
        "created": TIMES,
        "customer": Text(),
        "customer_account": Text(),
        "plan": Text(),
        "price": Text(),
        "status": Choice((*STATUSES, "all", "ended")),
        "test_clock": Text(),
    }
)
_ENDED = ("canceled", "incomplete_expired")


def retrieve(store: Store, call: Call) -> Json:
    """GET /v1/subscriptions/{subscription}. Returns the subscription."""
    id = call.ids["subscription"]
    subscription = store.subscriptions.get(id)
    if subscription is None:
        raise MissingResource("subscription", id, "id", status=404)
    return subscription.body


def list_all(store: Store, call: Call) -> Json:
    """GET /v1/subscriptions. Returns a page of them; canceled ones only when `status` asks for them."""
    customer = named_customer(store, call.params)
    chosen = [
        subscription
        for subscription in store.subscriptions.newest_first()
        if (customer is None or subscription.body["customer"] == customer.id)
        and _in_status(subscription.body["status"], call.params.get("status"))
        and _sells(subscription, call.params.get("price", call.params.get("plan")))
        and _is_collected(subscription.body["collection_method"], call.params.get("collection_method"))
        and created_matches(subscription, call.params.get("created"))
    ]
    return page(chosen, store.subscriptions, call)


def forget_method(store: Store, call: Call, method: str) -> None:
    """Clears a detached method from the subscriptions that name it: the customer's default pays from now on."""
    for subscription in store.subscriptions.newest_first():
        named = [name for name in ("default_payment_method", "default_source") if subscription.body[name] == method]
        if named:
            subscription.body |= dict.fromkeys(named)
            customer = subscription.body["customer"]
            store.ledger.record(call, "customer.subscription.updated", subscription.id, customer)


def end_all(store: Store, call: Call, customer: str) -> None:
    """Cancels what a deleted customer was subscribed to."""
    for subscription in store.subscriptions.newest_first():
        if subscription.body["customer"] == customer and subscription.body["status"] not in _ENDED:
            subscription.body |= {"canceled_at": store.now(), "ended_at": store.now(), "status": "canceled"}
            store.ledger.record(call, "customer.subscription.deleted", subscription.id, customer)


def _in_status(status: str, wanted: str | None) -> bool:
    if wanted is None:
        return status not in _ENDED
    return wanted == "all" or status == wanted or (wanted == "ended" and status in _ENDED)


def _is_collected(method: str, wanted: str | None) -> bool:
    return wanted is None or method == wanted


def _sells(subscription: Subscription, price: str | None) -> bool:
    return price is None or any(item["price"]["id"] == price for item in subscription.body["items"]["data"])
