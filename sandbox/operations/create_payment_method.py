"""How a payment method comes to be: from a test token, a card token, or the parameters of its type."""

from collections.abc import Mapping
from typing import Any

from sandbox.cards.test_cards import Template, card, from_card_token
from sandbox.errors import MissingResource, ParameterError, StripeError
from sandbox.json_objects import Json, blank_billing_details, merged_billing_details
from sandbox.objects.metadata import merged_metadata
from sandbox.objects.records import PaymentMethod
from sandbox.parameters.payment_method_types import CREATABLE, TYPES
from sandbox.parameters.types import (
    ADDRESS,
    Anything,
    Choice,
    Country,
    Email,
    Hash,
    Integer,
    Kind,
    Metadata,
    Text,
    missing,
)
from sandbox.state.ids import new_id
from sandbox.state.store import Store

ALLOW_REDISPLAY = Choice(("always", "limited", "unspecified"))
BILLING_DETAILS = Hash(
    {
        "address": Hash({**ADDRESS.members, "country": Country(unset=True)}, unset=True),
        "email": Email(unset=True),
        "name": Text(unset=True),
        "phone": Text(unset=True),
        "tax_id": Text(unset=True),
    }
)
_CARD = Hash(
    {
        "cvc": Text(),
        "exp_month": Integer(),
        "exp_year": Integer(),
        "networks": Hash({"preferred": Choice(("cartes_bancaires", "mastercard", "visa"))}),
        "number": Text(),
        "token": Text(),
    }
)

# What makes a method, on its own endpoint and as `payment_method_data`.
DATA: Mapping[str, Kind] = {
    **{name: type.parameters for name, type in TYPES.items()},
    "allow_redisplay": ALLOW_REDISPLAY,
    "billing_details": BILLING_DETAILS,
    "card": _CARD,
    "interac_present": Anything(),
    "metadata": Metadata(),
    "radar_options": Hash({"session": Text()}),
    "type": Choice(CREATABLE),
}


class RawCardNumber(StripeError):
    """Ordinary accounts may not send card numbers."""

    status = 402


def from_template(store: Store, template: Template) -> PaymentMethod:
    """Returns a fresh method, not yet in the store, as each mention of a test token makes one."""
    return PaymentMethod(_body(store, "card", card(template, store.now())), template=template)


def from_data(store: Store, data: Mapping[str, Any]) -> PaymentMethod:
    """Returns a fresh method, not yet in the store, made as the parameters say."""
    if "type" not in data:
        raise missing("type")
    method = _card_method(store, data) if data["type"] == "card" else _method_of_type(store, data["type"], data)
    method.body |= {
        "allow_redisplay": data.get("allow_redisplay", "unspecified"),
        "billing_details": merged_billing_details(blank_billing_details(), data.get("billing_details", {})),
        "metadata": merged_metadata({}, data.get("metadata")),
    }
    return method


def _card_method(store: Store, data: Mapping[str, Any]) -> PaymentMethod:
    given = data.get("card")
    if not given:
        raise missing("card")
    if "token" not in given:
        raise RawCardNumber(
            "Sending credit card numbers directly to the Stripe API is generally unsafe."
            " Use a test token such as tok_visa or pm_card_visa instead."
        )
    method = from_template(store, _template(given["token"]))
    preferred = given.get("networks", {}).get("preferred")
    if preferred:
        prefer(method.body["card"], preferred)
    return method


def _template(token: str) -> Template:
    if token.startswith("pm_"):
        raise ParameterError(f"Invalid token id: {token}", param="token")
    template = from_card_token(token)
    if template is None:
        raise MissingResource("token", token, "card[token]")
    return template


def prefer(card: Json, network: str | None) -> None:
    """Sets the network that a co-branded card is to run on; one that it lacks is shown to be invalid."""
    known = network is None or network in card["networks"]["available"]
    card["networks"] = {**card["networks"], "preferred": network if known else "invalid_preference"}


def _method_of_type(store: Store, name: str, data: Mapping[str, Any]) -> PaymentMethod:
    kind = TYPES[name]
    if kind.required and name not in data:
        raise missing(name)
    details = kind.shows(data.get(name, {}))
    if name == "link":
        details["email"] = data.get("billing_details", {}).get("email")
    return PaymentMethod(_body(store, name, details))


def _body(store: Store, type: str, details: Json) -> Json:
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": blank_billing_details(),
        type: details,
        "created": store.now(),
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "radar_options": None,
        "type": type,
    }
