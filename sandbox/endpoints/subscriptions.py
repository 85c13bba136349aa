"""Subscriptions: retrieve and list."""

from collections.abc import Mapping
from typing import Any

from sandbox.endpoints.pagination import is_created_in, page
from sandbox.errors import MissingResource
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.subscription import Subscription
from sandbox.operations.find_objects import customer_in_params
from sandbox.state.store import Store


def retrieve(store: Store, request: ApiRequest) -> Json:
    """GET /v1/subscriptions/{subscription}. Returns the subscription."""
    id = request.ids["subscription"]
    subscription = store.subscriptions.get(id)
    if subscription is None:
        raise MissingResource("subscription", id, "id", status=404)
    return subscription.body


def list_all(store: Store, request: ApiRequest) -> Json:
    """GET /v1/subscriptions. Returns a page of subscriptions. Ended ones are included if `status` asks for them."""
    customer = customer_in_params(store, request.params)
    subscriptions = [
        subscription
        for subscription in store.subscriptions.newest_first()
        if (customer is None or subscription.customer == customer.id) and _matches(subscription, request.params)
    ]
    return page(subscriptions, store.subscriptions, request)


def _matches(subscription: Subscription, params: Mapping[str, Any]) -> bool:
    method = subscription.body["collection_method"]
    return (
        _has_status(subscription, params.get("status"))
        and _has_price(subscription, params.get("price", params.get("plan")))
        and method == params.get("collection_method", method)
        and is_created_in(subscription, params.get("created"))
    )


def _has_status(subscription: Subscription, status: str | None) -> bool:
    if status is None:
        return not subscription.has_ended
    return status in ("all", subscription.body["status"]) or (status == "ended" and subscription.has_ended)


def _has_price(subscription: Subscription, price: str | None) -> bool:
    return price is None or any(item["price"]["id"] == price for item in subscription.body["items"]["data"])
