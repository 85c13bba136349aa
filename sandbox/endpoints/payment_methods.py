"""Payment methods: create, retrieve, update and list."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.cards.test_cards import display_brand
from sandbox.endpoints.pagination import page
from sandbox.errors import CardError, StripeError
from sandbox.http.api_request import Call
from sandbox.json_objects import Json, merged, merged_billing_details
from sandbox.objects.metadata import merged_metadata
from sandbox.objects.records import PaymentMethod
from sandbox.operations.attachment import admit
from sandbox.operations.create_payment_method import ALLOW_REDISPLAY, BILLING_DETAILS, DATA, from_data, prefer
from sandbox.operations.lookups import customer_in_path, method_in_path, named_customer
from sandbox.parameters.payment_method_types import LISTABLE, US_BANK_ACCOUNT_UPDATES
from sandbox.parameters.types import PAGING, Choice, Hash, Integer, Kind, Metadata, Text, parameters
from sandbox.state.store import Store

CREATE = parameters({**DATA, "customer": Text(), "payment_method": Text()})
RETRIEVE = parameters()
UPDATE = parameters(
    {
        "allow_redisplay": ALLOW_REDISPLAY,
        "billing_details": BILLING_DETAILS,
        "card": Hash(
            {
                "exp_month": Integer(),
                "exp_year": Integer(),
                "networks": Hash({"preferred": Choice(("cartes_bancaires", "mastercard", "visa"), unset=True)}),
            }
        ),
        "metadata": Metadata(),
        "us_bank_account": Hash(US_BANK_ACCOUNT_UPDATES),
    }
)
_FILTERS: Mapping[str, Kind] = {**PAGING, "allow_redisplay": ALLOW_REDISPLAY, "type": Choice(LISTABLE)}
LIST = parameters({**_FILTERS, "customer": Text(), "customer_account": Text()})
LIST_OF_CUSTOMER = parameters(_FILTERS)


def create(store: Store, call: Call) -> Json:
    """POST /v1/payment_methods. Returns a method that is attached to nobody."""
    if "customer" in call.params:
        raise StripeError(
            "You cannot attach a PaymentMethod to a Customer during PaymentMethod creation. Create it, then attach it.",
            param="customer",
        )
    if "payment_method" in call.params:
        raise StripeError("Copying a payment method needs a connected account.", param="payment_method")
    method = from_data(store, call.params)
    admit(store, call, method)
    return method.body


def retrieve(store: Store, call: Call) -> Json:
    """GET /v1/payment_methods/{payment_method}. Returns the method; for a test token, a new one."""
    method = method_in_path(store, call.ids["payment_method"])
    admit(store, call, method)
    return method.body


def update(store: Store, call: Call) -> Json:
    """POST /v1/payment_methods/{payment_method}. Returns the method, changed; only an attached one can be."""
    method = method_in_path(store, call.ids["payment_method"])
    if method.customer is None:
        raise StripeError("You must save this PaymentMethod to a customer before you can update it.")
    changed = _changed(method.body, call.params, store.now())
    if changed != method.body:
        method.body = changed
        store.ledger.record(call, "payment_method.updated", method.id, method.customer)
    return method.body


def list_all(store: Store, call: Call) -> Json:
    """GET /v1/payment_methods. Returns a page of one customer's methods; without a customer, of nothing."""
    customer = named_customer(store, call.params)
    wallet = store.wallet(customer.id) if customer else []
    return page(_chosen(wallet, call.params), store.payment_methods, call)


def list_of_customer(store: Store, call: Call) -> Json:
    """GET /v1/customers/{customer}/payment_methods. Returns a page of the customer's methods."""
    customer = customer_in_path(store, call.ids["customer"])
    return page(_chosen(store.wallet(customer.id), call.params), store.payment_methods, call)


def retrieve_of_customer(store: Store, call: Call) -> Json:
    """GET /v1/customers/{customer}/payment_methods/{payment_method}. Returns the method if it is theirs."""
    customer = customer_in_path(store, call.ids["customer"])
    method = method_in_path(store, call.ids["payment_method"])
    if method.customer != customer.id:
        raise NotTheirs("Invalid request", param="customer")
    return method.body


class NotTheirs(StripeError):
    """The method exists, and is another customer's or nobody's."""

    status = 404


def _chosen(wallet: list[PaymentMethod], params: Mapping[str, Any]) -> list[PaymentMethod]:
    """Returns those that pass the filters; custom methods are listed only when asked for."""
    return [
        method
        for method in wallet
        if method.body["type"] == params.get("type", method.body["type"])
        and method.body["allow_redisplay"] == params.get("allow_redisplay", method.body["allow_redisplay"])
        and ("type" in params or method.body["type"] != "custom")
    ]


def _changed(body: Json, params: Mapping[str, Any], now: int) -> Json:
    changed = dict(body)
    for name in ("card", "us_bank_account"):
        if name in params:
            changed[name] = _changed_details(body, name, params[name], now)
    if "billing_details" in params:
        changed["billing_details"] = merged_billing_details(body["billing_details"], params["billing_details"])
    if "metadata" in params:
        changed["metadata"] = merged_metadata(body["metadata"], params["metadata"])
    changed["allow_redisplay"] = params.get("allow_redisplay", body["allow_redisplay"])
    return changed


def _changed_details(body: Json, name: str, given: Json, now: int) -> Json:
    if body["type"] != name:
        raise StripeError(f"This PaymentMethod is of type {body['type']}: it has no {name} to update.", param=name)
    return _changed_card(body[name], given, now) if name == "card" else merged(body[name], given)


def _changed_card(card: Json, given: Json, now: int) -> Json:
    changed = card | {name: value for name, value in given.items() if name != "networks"}
    if changed != card:
        _refuse_past(changed, now)
    if "preferred" in given.get("networks", {}):
        _refuse_foreign(card, given["networks"]["preferred"])
        prefer(changed, given["networks"]["preferred"])
        changed["display_brand"] = _displayed(changed)
    return changed


def _refuse_foreign(card: Json, network: str | None) -> None:
    available = card["networks"]["available"]
    if network is not None and network not in available:
        message = f"This card cannot prefer the network {network}. It is available on: {', '.join(available)}."
        raise StripeError(message, param="card[networks][preferred]")


def _displayed(card: Json) -> str:
    preferred = card["networks"]["preferred"]
    return display_brand(preferred if preferred in card["networks"]["available"] else card["brand"])


def _refuse_past(card: Json, now: int) -> None:
    today = datetime.fromtimestamp(now, UTC)
    if not today.year <= card["exp_year"] <= today.year + 50:
        message = "Your card's expiration year is invalid."
        raise CardError(message, code="invalid_expiry_year", param="exp_year")
    if not 1 <= card["exp_month"] <= 12 or (card["exp_year"], card["exp_month"]) < (today.year, today.month):
        message = "Your card's expiration month is invalid."
        raise CardError(message, code="invalid_expiry_month", param="exp_month")
