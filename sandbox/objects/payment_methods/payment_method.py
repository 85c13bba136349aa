"""Payment methods: what the sandbox stores of them, how a new one looks, and how an update changes one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.cards.test_card_lookup import TestCard, display_brand
from sandbox.errors import CardError, StripeError
from sandbox.json_object import Json, merged
from sandbox.objects.billing_details import blank_billing_details, merged_billing_details
from sandbox.objects.record import Record
from sandbox.objects.writable_members import with_params


@dataclass(slots=True, eq=False)
class PaymentMethod(Record):
    """A payment method. It is unusable once it was detached, or used without a customer."""

    test_card: TestCard | None = None
    unusable: bool = False
    # Whether the payer has proved to own the bank account.
    verified: bool = False
    # Whether a success has set it up for payments without the customer.
    is_set_up: bool = False

    @property
    def type(self) -> str:
        """Stripe's type, such as `card`."""
        return str(self.body["type"])

    @property
    def customer(self) -> str | None:
        """The id of the customer it is attached to."""
        customer: str | None = self.body["customer"]
        return customer

    @property
    def is_legacy_card(self) -> bool:
        """Whether it is a card that was saved as a source, before Stripe had payment methods."""
        return self.id.startswith("card_")


def public_body(body: Json) -> Json:
    """Returns the part of a payment method's body that a publishable key may see."""
    hidden = ("customer", "customer_account", "metadata")
    visible = {name: value for name, value in body.items() if name not in hidden}
    details = {name: value for name, value in body[body["type"]].items() if name != "fingerprint"}
    return {**visible, body["type"]: details}


def new_body(id: str, type: str, details: Json, now: int) -> Json:
    """Returns the body of a new, unattached payment method."""
    return {
        "id": id,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": blank_billing_details(),
        type: details,
        "created": now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "radar_options": None,
        "type": type,
    }


def updated_body(body: Json, params: Mapping[str, Any], now: int) -> Json:
    """Returns the body with the update applied. Raises StripeError if the update does not fit the payment method."""
    updated = dict(body)
    for name in ("card", "us_bank_account"):
        if name in params:
            updated[name] = _updated_details(body, name, params[name], now)
    if "billing_details" in params:
        updated["billing_details"] = merged_billing_details(body["billing_details"], params["billing_details"])
    return with_params(updated, params, ("allow_redisplay",))


def with_preferred_network(card: Json, network: str | None) -> Json:
    """Returns the card with its preferred network set. A network that the card lacks becomes `invalid_preference`."""
    is_valid = network is None or network in card["networks"]["available"]
    return {**card, "networks": {**card["networks"], "preferred": network if is_valid else "invalid_preference"}}


def _updated_details(body: Json, name: str, changes: Json, now: int) -> Json:
    if body["type"] != name:
        raise StripeError(f"This PaymentMethod is of type {body['type']}: it has no {name} to update.", param=name)
    return _updated_card(body[name], changes, now) if name == "card" else merged(body[name], changes)


def _updated_card(card: Json, changes: Json, now: int) -> Json:
    updated = card | {name: value for name, value in changes.items() if name != "networks"}
    if updated != card:
        _check_expiry(updated, now)
    if "preferred" not in changes.get("networks", {}):
        return updated
    network = changes["networks"]["preferred"]
    _check_network(card, network)
    return {**with_preferred_network(updated, network), "display_brand": display_brand(network or card["brand"])}


def _check_expiry(card: Json, now: int) -> None:
    today = datetime.fromtimestamp(now, UTC)
    if not today.year <= card["exp_year"] <= today.year + 50:
        message = "Your card's expiration year is invalid."
        raise CardError(message, code="invalid_expiry_year", param="exp_year")
    if not 1 <= card["exp_month"] <= 12 or (card["exp_year"], card["exp_month"]) < (today.year, today.month):
        message = "Your card's expiration month is invalid."
        raise CardError(message, code="invalid_expiry_month", param="exp_month")


def _check_network(card: Json, network: str | None) -> None:
    available = card["networks"]["available"]
    if network is not None and network not in available:
        message = f"This card cannot prefer the network {network}. It is available on: {', '.join(available)}."
        raise StripeError(message, param="card[networks][preferred]")
