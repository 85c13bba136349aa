"""Subscriptions: create, retrieve, update, cancel and list."""

from collections.abc import Mapping
from typing import Any

from sandbox.endpoints.pagination import filtered_page
from sandbox.errors import MissingResource, StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.customers.customer import Customer
from sandbox.objects.subscriptions.subscription import Subscription, updated_body
from sandbox.operations.customers.find_customer import customer_in_params, find_customer, required_customer
from sandbox.operations.payment_methods.find_payment_method import find_attached_payment_method, find_source
from sandbox.operations.start_subscription import check_collection, started
from sandbox.parameters.subscriptions import UNSUPPORTED
from sandbox.state.store import Store

_CHANGEABLE_WHEN_CANCELED = {"cancellation_details", "metadata"}


def create(store: Store, request: ApiRequest) -> Json:
    """POST /v1/subscriptions. Returns the subscription, which is active unless the parameters say otherwise."""
    params = request.params
    _refuse(params, UNSUPPORTED)
    customer = required_customer(store, params, status=404)
    _check_sources(store, customer, params)
    subscription = store.subscriptions.add(started(store, customer, params))
    store.record_event(request, "customer.subscription.created", subscription, customer.id)
    return subscription.body


def retrieve(store: Store, request: ApiRequest) -> Json:
    """GET /v1/subscriptions/{subscription}. Returns the subscription."""
    return _subscription(store, request).body


def update(store: Store, request: ApiRequest) -> Json:
    """POST /v1/subscriptions/{subscription}. Returns the updated subscription."""
    params = request.params
    subscription = _subscription(store, request)
    _refuse(params, (*UNSUPPORTED, "items"))
    _check_changeable(subscription, params)
    if not subscription.has_ended:
        _check_sources(store, find_customer(store, subscription.customer), params)
    before = subscription.body
    now = store.now()
    changes = {**params, "trial_end": now} if params.get("trial_end") == "now" else params
    updated = Subscription(updated_body(before, changes, now))
    check_collection(updated)
    if updated.body != before:
        subscription.body = updated.body
        store.record_event(request, "customer.subscription.updated", subscription, subscription.customer, before=before)
    return subscription.body


def cancel(store: Store, request: ApiRequest) -> Json:
    """DELETE /v1/subscriptions/{subscription}. Returns the canceled subscription. A second time it is missing."""
    subscription = _subscription(store, request)
    if subscription.has_ended:
        raise MissingResource("subscription", subscription.id, "id", status=404)
    details = {"reason": "cancellation_requested", **request.params.get("cancellation_details", {})}
    subscription.body = updated_body(subscription.body, {"cancellation_details": details}, store.now())
    subscription.cancel(store.now())
    store.record_event(request, "customer.subscription.deleted", subscription, subscription.customer)
    return subscription.body


def list_all(store: Store, request: ApiRequest) -> Json:
    """GET /v1/subscriptions. Returns a page of subscriptions. Ended ones are included if `status` asks for them."""
    customer = customer_in_params(store, request.params)

    def matches(subscription: Subscription) -> bool:
        is_owned = customer is None or subscription.customer == customer.id
        return is_owned and _matches(subscription, request.params)

    return filtered_page(store.subscriptions, request, matches)


def _subscription(store: Store, request: ApiRequest) -> Subscription:
    return store.subscriptions.find(request.ids["subscription"], "id", status=404)


def _refuse(params: Mapping[str, Any], unsupported: tuple[str, ...]) -> None:
    for name in unsupported:
        if name in params:
            raise StripeError(f"This sandbox does not support {name}.", param=name)


def _check_changeable(subscription: Subscription, params: Mapping[str, Any]) -> None:
    if subscription.has_ended and params.keys() - _CHANGEABLE_WHEN_CANCELED:
        message = "A canceled subscription can only update its cancellation_details and metadata."
        raise StripeError(message, code="invalid_canceled_subscription_fields")


def _check_sources(store: Store, customer: Customer, params: Mapping[str, Any]) -> None:
    """Raises if the subscription would be paid by something that is not attached to its customer."""
    if params.get("default_payment_method"):
        id = params["default_payment_method"]
        find_attached_payment_method(store, id, customer, lookup="default_payment_method", param="payment_method")
    if params.get("default_source"):
        find_source(store, params["default_source"], customer)


def _matches(subscription: Subscription, params: Mapping[str, Any]) -> bool:
    method = subscription.body["collection_method"]
    return (
        _has_status(subscription, params.get("status"))
        and _has_price(subscription, params.get("price", params.get("plan")))
        and method == params.get("collection_method", method)
    )


def _has_status(subscription: Subscription, status: str | None) -> bool:
    if status is None:
        return not subscription.has_ended
    return status in ("all", subscription.body["status"]) or (status == "ended" and subscription.has_ended)


def _has_price(subscription: Subscription, price: str | None) -> bool:
    return price is None or any(item["price"]["id"] == price for item in subscription.body["items"]["data"])
